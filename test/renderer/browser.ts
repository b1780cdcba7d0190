/** What happy-dom lacks and the window's components ask for. Import it first in a test of components. */
import { notifications } from '@mantine/notifications';
import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

class NoResizes {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

globalThis.ResizeObserver ??= NoResizes as unknown as typeof ResizeObserver;
// Text areas that grow ask when fonts have come.
(document as { fonts?: unknown }).fonts ??= new EventTarget();
Element.prototype.scrollIntoView ??= () => {};
(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

// Looking for a role without computing the style of all that is above it: many times faster. And no page of HTML in a failure.
configure({ defaultHidden: true, asyncUtilTimeout: 30_000, getElementError: (message) => new Error(message?.slice(0, 600)) });

afterEach(() => {
  cleanup();
  // They stand in a store of their own, and would still be there in the next test.
  notifications.clean();
  window.location.hash = '';
});
