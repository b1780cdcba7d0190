/** The `app://` scheme: the window's files out of one folder, and nothing else of the disk. */
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { protocol } from 'electron';
import { fileOf, TYPES } from './addresses.ts';

/** No script but the bundle's own; styles inline, since the component library sets them so. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves `folder` (absolute) to the windows. */
export function serveAppScheme(folder: string): void {
  protocol.handle('app', async (request) => {
    const file = request.method === 'GET' ? fileOf(request.url, folder) : undefined;
    const body = file === undefined ? undefined : await readFile(file).catch(() => undefined);
    if (file === undefined || body === undefined) return new Response('not found', { status: 404 });
    return new Response(new Uint8Array(body), {
      headers: {
        'content-type': TYPES[extname(file)]!,
        'content-security-policy': POLICY,
        'x-content-type-options': 'nosniff',
      },
    });
  });
}
