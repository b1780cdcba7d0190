/** The screens: their icons and what draws them. All but Home come when they are first opened. */
import {
  type Icon,
  IconArrowsLeftRight,
  IconChartDots3,
  IconFileCode,
  IconHome2,
  IconMap2,
  IconPlayerPlay,
  IconScale,
  IconSettings,
} from '@tabler/icons-react';
import { type ComponentType, lazy } from 'react';
import type { Screen } from '../../core/protocol/screens.ts';
import { HomeScreen } from '../screens/home/HomeScreen.tsx';

export type ScreenView = ComponentType<{ readonly argument: string | undefined }>;

export const SCREEN_VIEWS: Readonly<Record<Screen, ScreenView>> = {
  home: HomeScreen,
  run: lazy(async () => ({ default: (await import('../screens/run/RunScreen.tsx')).RunScreen })),
  fleet: lazy(async () => ({ default: (await import('../screens/fleet/FleetScreen.tsx')).FleetScreen })),
  compare: lazy(async () => ({ default: (await import('../screens/compare/CompareScreen.tsx')).CompareScreen })),
  inspect: lazy(async () => ({ default: (await import('../screens/inspect/InspectScreen.tsx')).InspectScreen })),
  choose: lazy(async () => ({ default: (await import('../screens/choose/ChooseScreen.tsx')).ChooseScreen })),
  editor: lazy(async () => ({ default: (await import('../screens/editor/EditorScreen.tsx')).EditorScreen })),
  settings: lazy(async () => ({ default: (await import('../screens/settings/SettingsScreen.tsx')).SettingsScreen })),
};

export const SCREEN_ICONS: Readonly<Record<Screen, Icon>> = {
  home: IconHome2,
  run: IconPlayerPlay,
  fleet: IconMap2,
  compare: IconChartDots3,
  inspect: IconArrowsLeftRight,
  choose: IconScale,
  editor: IconFileCode,
  settings: IconSettings,
};
