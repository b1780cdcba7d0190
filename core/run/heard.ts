import type { Incoming } from '../actors/actor.ts';

/** A message as an actor hears it; its text is looked for only when the actor asks. */
export class Heard implements Incoming {
  readonly topic: string;
  readonly #payload: Buffer;
  #fields: { readonly from?: unknown; readonly text?: unknown } | undefined;

  constructor(topic: string, payload: Buffer) {
    this.topic = topic;
    this.#payload = payload;
  }

  get sender(): string {
    return textOf(this.#parsed().from);
  }

  get text(): string {
    return textOf(this.#parsed().text);
  }

  #parsed(): { readonly from?: unknown; readonly text?: unknown } {
    if (this.#fields === undefined) {
      try {
        this.#fields = (JSON.parse(this.#payload.toString()) ?? {}) as { from?: unknown; text?: unknown };
      } catch {
        this.#fields = {};
      }
    }
    return this.#fields;
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
