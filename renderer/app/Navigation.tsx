import { AppShell } from '@mantine/core';
import type { ReactNode } from 'react';
import { SCREENS, type Screen } from '../../core/protocol/screens.ts';
import { useText } from '../text/useText.tsx';
import { hrefOf } from './route.ts';
import { SCREEN_ICONS } from './screens.tsx';

/** The rail on the left: one link a screen, settings at the bottom. */
export function Navigation({ screen }: { readonly screen: Screen }): ReactNode {
  const text = useText().shell;
  return (
    <AppShell.Navbar className="cw-nav" aria-label={text.navigation}>
      {SCREENS.map((name) => {
        const Icon = SCREEN_ICONS[name];
        return (
          <a
            key={name}
            className="cw-nav-link"
            href={hrefOf(name)}
            aria-current={name === screen ? 'page' : undefined}
            data-screen={name}
          >
            <Icon size={21} stroke={1.6} aria-hidden="true" />
            <span>{text.nav[name]}</span>
          </a>
        );
      })}
    </AppShell.Navbar>
  );
}
