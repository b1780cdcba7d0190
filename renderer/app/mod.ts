const mac = window.navigator.platform.startsWith('Mac');

/** How the modifier of shortcuts is called here. */
export const MOD = mac ? '⌘' : 'Ctrl';
/** What does again what was undone: custom differs. */
export const REDO: readonly string[] = mac ? [MOD, 'Shift', 'Z'] : [MOD, 'Y'];
