/** The window's screens, in the order of its navigation: the key of a screen is its place in it, from 1, wherever it can be pressed. */
export const SCREENS = ['home', 'run', 'fleet', 'compare', 'inspect', 'choose', 'editor', 'settings'] as const;
export type Screen = (typeof SCREENS)[number];

/** The digit that leads to a screen: after `G` in the window, with Ctrl or ⌘ in the desktop's menu. */
export const keyOfScreen = (screen: Screen): string => String(SCREENS.indexOf(screen) + 1);
