import { AppShell, MantineProvider, NavLink } from '@mantine/core';
import type { ComponentType, ReactNode } from 'react';
import { CompareScreen } from '../screens/compare/CompareScreen.tsx';
import { EditorScreen } from '../screens/editor/EditorScreen.tsx';
import { HomeScreen } from '../screens/home/HomeScreen.tsx';
import { InspectScreen } from '../screens/inspect/InspectScreen.tsx';
import { RunScreen } from '../screens/run/RunScreen.tsx';
import { SettingsScreen } from '../screens/settings/SettingsScreen.tsx';
import { TextProvider, useText } from '../text/useText.tsx';
import { theme } from '../theme/theme.ts';
import { go, SCREENS, type Screen, useRoute } from './route.ts';

const VIEWS: Readonly<Record<Screen, ComponentType<{ readonly argument: string | undefined }>>> = {
  home: HomeScreen,
  run: RunScreen,
  inspect: InspectScreen,
  compare: CompareScreen,
  editor: EditorScreen,
  settings: SettingsScreen,
};

function Shell(): ReactNode {
  const { screen, argument } = useRoute();
  const text = useText();
  const View = VIEWS[screen];
  return (
    <AppShell navbar={{ width: 200, breakpoint: 0 }} padding="md">
      <AppShell.Navbar p="xs">
        {SCREENS.map((name) => (
          <NavLink key={name} label={text.shell.screens[name]} active={name === screen} onClick={() => go(name)} />
        ))}
      </AppShell.Navbar>
      <AppShell.Main>
        <View argument={argument} />
      </AppShell.Main>
    </AppShell>
  );
}

export function App(): ReactNode {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <TextProvider language="en">
        <Shell />
      </TextProvider>
    </MantineProvider>
  );
}
