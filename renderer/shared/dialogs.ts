const isOpen = (): boolean => document.querySelector('[role="dialog"]') !== null;

// Heard before any dialog hears of the key, as main.tsx loads this before the first is drawn: one that Esc closes is gone by the
// time others ask.
let wasOpen = false;
window.addEventListener('keydown', () => (wasOpen = isOpen()), true);

/** Is a dialog (palette, help) open, or was one when the latest key went down? Then that key was the dialog's. */
export const dialogHasKeys = (): boolean => wasOpen || isOpen();
