/** Which addresses the window may use: files of its own, and a few pages outside. No Electron in here, so that it is easily tested. */
import { extname, resolve, sep } from 'node:path';

export const APP_ORIGIN = 'app://causeway';

/** What the window's folder may hold; anything else is not served. */
export const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** Pages that the window's links may open in the system's browser. */
const OUTSIDE: readonly string[] = [
  'github.com',
  'docs.oasis-open.org',
  'kafka.apache.org',
  'rocketmq.apache.org',
  'www.rabbitmq.com',
];

/** The file that an address of the scheme means; undefined where it means none, or one outside the folder. */
export function fileOf(address: string, folder: string): string | undefined {
  let path: string;
  try {
    const url = new URL(address);
    if (url.protocol !== 'app:' || url.host !== 'causeway') return undefined;
    path = decodeURIComponent(url.pathname);
  } catch {
    return undefined;
  }
  if (path.includes('\0') || path.includes('\\')) return undefined;
  const file = resolve(folder, `.${path === '/' ? '/index.html' : path}`);
  return file.startsWith(folder + sep) && TYPES[extname(file)] !== undefined ? file : undefined;
}

/** Is this an address that may be opened outside? */
export function mayOpenOutside(address: string): boolean {
  try {
    const url = new URL(address);
    return url.protocol === 'https:' && url.username === '' && url.port === '' && OUTSIDE.includes(url.hostname);
  } catch {
    return false;
  }
}

/** Does this address belong to the window itself? */
export function isOwnPage(address: string): boolean {
  return address === APP_ORIGIN || address.startsWith(`${APP_ORIGIN}/`);
}
