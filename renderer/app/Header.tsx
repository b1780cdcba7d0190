import { ActionIcon, AppShell, Kbd, Tooltip, UnstyledButton } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { IconKeyboard, IconSearch } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useLinkState } from '../client/useLinkState.ts';
import { useText } from '../text/useText.tsx';
import { CurrentRunIndicator } from './CurrentRunIndicator.tsx';
import { LanguageMenu, ThemeMenu } from './LookMenus.tsx';
import { Mark } from './Mark.tsx';
import { MOD } from './mod.ts';
import { hrefOf } from './route.ts';

export function Header({ onShortcuts }: { readonly onShortcuts: () => void }): ReactNode {
  const text = useText().shell;
  const link = useLinkState();
  return (
    <AppShell.Header className="cw-header">
      <a className="cw-brand" href={hrefOf('home')}>
        <Mark />
        <span className="cw-brand-name">Causeway</span>
        <span className="cw-brand-line cw-dim">{text.tagline}</span>
      </a>
      <div className="cw-header-middle">
        <CurrentRunIndicator />
      </div>
      <UnstyledButton className="cw-search" onClick={() => spotlight.open()}>
        <IconSearch size={16} aria-hidden="true" />
        <span>{text.search}</span>
        <Kbd size="xs">{MOD} K</Kbd>
      </UnstyledButton>
      <Tooltip label={text.link[link]}>
        <span className="cw-link-state" data-state={link} role="img" aria-label={text.link[link]} />
      </Tooltip>
      <LanguageMenu />
      <ThemeMenu />
      <Tooltip label={`${text.shortcuts} (?)`}>
        <ActionIcon size="lg" aria-label={text.shortcuts} onClick={onShortcuts}>
          <IconKeyboard size={19} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
    </AppShell.Header>
  );
}
