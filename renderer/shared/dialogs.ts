const isOpen = (): boolean => document.querySelector('[role="dialog"]') !== null;

// Heard before any dialog hears of the key, as main.tsx loads this before the first is drawn: one that Esc closes is gone by the
// time others ask.
let escaped = false;
window.addEventListener('keydown', ({ key }) => (escaped = key === 'Escape' && isOpen()), true);

/** Is a dialog (palette, help) open, or was the latest key an Esc that met one? Then that key was the dialog's. */
export const dialogHasKeys = (): boolean => escaped || isOpen();
