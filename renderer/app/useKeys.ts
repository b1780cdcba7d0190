/** Keys of the whole window: `?` for help, `g` and a digit for a screen. Not while something is typed. */
import { useEffect } from 'react';
import { keyOfScreen, SCREENS } from '../../core/protocol/screens.ts';
import { go } from './route.ts';

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest('input, textarea, select, [role="textbox"], [role="dialog"]') !== null);

export function useKeys({ help }: { readonly help: () => void }): void {
  useEffect(() => {
    let going = false;
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) {
        going = false;
        return;
      }
      const screen = going ? SCREENS.find((name) => keyOfScreen(name) === event.key) : undefined;
      if (event.key !== 'Shift') going = event.key === 'g';
      if (event.key === '?') help();
      else if (screen !== undefined) go(screen);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [help]);
}
