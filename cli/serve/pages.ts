/** The files of the window over HTTP. What can be asked for is listed once: no path of a request ever reaches the file system. */
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { CausewayError } from '../../core/protocol/errors.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Styles are set by scripts (Mantine), so that they are allowed inline; scripts are not. */
const policy = (hosts: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    `connect-src 'self' ${hosts.map((host) => `ws://${host}`).join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Headers of everything that is answered. */
const headers = (hosts: readonly string[]): Record<string, string> => ({
  'Content-Security-Policy': policy(hosts),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
});

export class Pages {
  readonly #files: ReadonlyMap<string, string>;

  private constructor(files: ReadonlyMap<string, string>) {
    this.#files = files;
  }

  /** @throws CausewayError input.unreadable (the window has not been built) */
  static async of(folder: string): Promise<Pages> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    const files = new Map<string, string>();
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      files.set(`/${relative(folder, file).split(sep).join('/')}`, file);
    }
    const index = files.get('/index.html');
    if (index === undefined)
      throw new CausewayError('input.unreadable', { path: folder, reason: 'the window is not there; `npm run build` makes it' });
    files.set('/', index);
    return new Pages(files);
  }

  async answer(request: IncomingMessage, response: ServerResponse, hosts: readonly string[]): Promise<void> {
    const say = (status: number, text: string, more: Record<string, string> = {}): void => {
      response.writeHead(status, { ...headers(hosts), ...more, 'Content-Type': 'text/plain; charset=utf-8' });
      response.end(request.method === 'HEAD' ? undefined : text);
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') return say(405, 'only GET', { Allow: 'GET, HEAD' });
    const path = (request.url ?? '/').split(/[?#]/, 1)[0]!;
    const file = this.#files.get(path);
    if (file === undefined) return say(404, 'there is no such page');
    const content = await readFile(file).catch(() => undefined);
    if (content === undefined) return say(404, 'there is no such page any more');
    response.writeHead(200, {
      ...headers(hosts),
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Length': String(content.length),
      // Names of assets change with their content; the index names them.
      'Cache-Control': path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-store',
    });
    response.end(request.method === 'HEAD' ? undefined : content);
  }
}
