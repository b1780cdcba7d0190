/** Who may speak to the lab over HTTP: pages of this very server, opened by somebody who was given the token. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export class Access {
  readonly token = randomBytes(24).toString('base64url');
  #hosts: readonly string[] = [];

  /** Once the port is known. */
  listening(port: number): void {
    this.#hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  }

  get hosts(): readonly string[] {
    return this.#hosts;
  }

  /** A page of another site whose name was made to point here (DNS rebinding) shows that name. */
  knowsHost({ headers }: IncomingMessage): boolean {
    return headers.host !== undefined && this.#hosts.includes(headers.host.toLowerCase());
  }

  /** May it open the lab's WebSocket? Browsers name the page's origin there, and pages cannot change it. */
  admits(request: IncomingMessage): boolean {
    const { origin, host } = request.headers;
    if (!this.knowsHost(request) || origin === undefined || host === undefined) return false;
    if (origin.toLowerCase() !== `http://${host.toLowerCase()}`) return false;
    // Taken apart by hand: what is asked for may be no address at all, and `URL` throws at that.
    const [path, query = ''] = (request.url ?? '').split('?', 2);
    return path === '/lab' && same(new URLSearchParams(query).get('token') ?? '', this.token);
  }
}

/** Takes the same time whatever is compared. */
function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
