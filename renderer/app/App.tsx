import { AppShell, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { type ReactNode, type RefObject, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import type { Screen } from '../../core/protocol/screens.ts';
import { isActive, useCurrentRun } from '../client/currentRun.ts';
import { NetworkConsent } from '../client/networkConsent.tsx';
import { useText } from '../text/useText.tsx';
import { theme } from '../theme/theme.ts';
import './App.css';
import { Header } from './Header.tsx';
import { LinkNotice } from './LinkNotice.tsx';
import { Navigation } from './Navigation.tsx';
import { Palette } from './Palette.tsx';
import { PreferencesProvider } from './preferences.tsx';
import { useRoute } from './route.ts';
import { ScreenBoundary } from './ScreenBoundary.tsx';
import { Shortcuts } from './Shortcuts.tsx';
import { SCREEN_VIEWS } from './screens.tsx';
import { useKeys } from './useKeys.ts';

/** Stands behind a screen: when both are drawn, names the document and, after a change of screen, moves the focus to its title. */
function Arrival({ screen, from }: { readonly screen: Screen; readonly from: RefObject<Screen> }): ReactNode {
  const text = useText().shell;
  const running = isActive(useCurrentRun());
  useEffect(() => {
    document.title = `${running ? '▶ ' : ''}${text.screens[screen]} · Causeway`;
  }, [screen, running, text]);
  useEffect(() => {
    if (from.current === screen) return;
    from.current = screen;
    window.scrollTo(0, 0);
    const target = document.querySelector<HTMLElement>('[data-screen-title]') ?? document.querySelector<HTMLElement>('main');
    target?.focus({ preventScroll: true });
  }, [screen, from]);
  return null;
}

function Shell(): ReactNode {
  const { screen, argument } = useRoute();
  const text = useText();
  const shown = useRef(screen);
  const [helping, setHelping] = useState(false);
  useKeys({ help: useCallback(() => setHelping(true), []) });
  const View = SCREEN_VIEWS[screen];
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 84, breakpoint: 0 }} padding={0} transitionDuration={0}>
      <button type="button" className="cw-skip" onClick={() => document.querySelector<HTMLElement>('main')?.focus()}>
        {text.shell.skip}
      </button>
      <Header onShortcuts={() => setHelping(true)} />
      <Navigation screen={screen} />
      <AppShell.Main tabIndex={-1} className="cw-main">
        <div className="cw-content">
          <LinkNotice />
          <ScreenBoundary key={screen}>
            <Suspense fallback={<p className="cw-dim">{text.shared.loading}</p>}>
              <View argument={argument} />
              <Arrival screen={screen} from={shown} />
            </Suspense>
          </ScreenBoundary>
        </div>
      </AppShell.Main>
      <Palette />
      <Shortcuts opened={helping} onClose={() => setHelping(false)} />
      <Notifications position="bottom-right" limit={4} />
    </AppShell>
  );
}

export function App(): ReactNode {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <PreferencesProvider>
        <NetworkConsent>
          <Shell />
        </NetworkConsent>
      </PreferencesProvider>
    </MantineProvider>
  );
}
