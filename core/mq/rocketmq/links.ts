/** Connections to servers by address: made when first asked for, and anew when one has broken. */
import type { RocketMqOptions } from './options.ts';
import { Remoting } from './remoting.ts';

export class Links {
  readonly #options: RocketMqOptions;
  /** Before anything else goes over a new connection. */
  readonly #greet: (link: Remoting) => Promise<void>;
  readonly #links = new Map<string, Promise<Remoting>>();
  #closed = false;

  constructor(options: RocketMqOptions, greet: (link: Remoting) => Promise<void> = async () => {}) {
    this.#options = options;
    this.#greet = greet;
  }

  /** @throws Disconnected, Refusal */
  async get(address: string): Promise<Remoting> {
    const known = this.#links.get(address);
    if (known !== undefined) {
      const link = await known;
      if (!link.closed || this.#closed) return link;
      // Somebody else may have begun a new one while we waited.
      if (this.#links.get(address) === known) this.#links.delete(address);
      return this.get(address);
    }
    const opening = this.#open(address);
    this.#links.set(address, opening);
    opening.catch(() => {
      if (this.#links.get(address) === opening) this.#links.delete(address);
    });
    return opening;
  }

  async #open(address: string): Promise<Remoting> {
    const link = await Remoting.open(address, this.#options);
    if (this.#closed) link.close();
    try {
      await this.#greet(link);
    } catch (error) {
      link.close();
      throw error;
    }
    return link;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const opening of this.#links.values()) (await opening.catch(() => undefined))?.close();
    this.#links.clear();
  }
}
