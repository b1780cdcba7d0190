/** What no page may do, whatever it shows: navigate, open windows, embed pages, ask for permissions. */
import { app, type Session, session, shell } from 'electron';
import { isOwnPage, mayOpenOutside } from './addresses.ts';

/** Call once, before the first window. */
export function secureContents(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (!isOwnPage(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (mayOpenOutside(url)) void shell.openExternal(url);
      return { action: 'deny' };
    });
  });
}

/** Call when the app is ready. Two things remain: writing to the clipboard, and the window's own page filling the screen. */
export function denyPermissions(of: Session = session.defaultSession): void {
  of.setPermissionRequestHandler((_contents, permission, answer, { isMainFrame, requestingUrl }) =>
    answer(mayHave(permission, isMainFrame, requestingUrl)),
  );
  of.setPermissionCheckHandler((_contents, permission, _origin, { isMainFrame, requestingUrl }) =>
    mayHave(permission, isMainFrame, requestingUrl),
  );
  of.setDevicePermissionHandler(() => false);
}

function mayHave(permission: string, isMainFrame: boolean, address = ''): boolean {
  if (permission === 'clipboard-sanitized-write') return true;
  return (permission === 'fullscreen' || permission === 'automatic-fullscreen') && isMainFrame && isOwnPage(address);
}
