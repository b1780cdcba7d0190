/** How the window talks to the lab: typed calls, pushes, and the state of the connection, whatever carries them. */
import type {
  CallMessage,
  LabMessage,
  WindowAnswers,
  WindowCall,
  WindowError,
  WindowInput,
  WindowPush,
} from '../../core/protocol/window.ts';

/** Carries messages both ways: a MessagePort, a WebSocket, or a fake. */
export interface Link {
  send(message: CallMessage): void;
  /** Called once, before anything is sent. */
  open(on: { message(message: LabMessage): void; opened(): void; lost(): void }): void;
  close(): void;
  /** Tries to open a lost connection now instead of at its own time. */
  retry?(): void;
}

/** A call that the lab refused, or that a lost connection ended (`window.lost`). */
export class LabError extends Error {
  readonly code: string;
  readonly hint: string;
  readonly problems: WindowError['problems'];

  constructor(error: WindowError) {
    super(error.message);
    this.name = 'LabError';
    this.code = error.code;
    this.hint = error.hint;
    this.problems = error.problems;
  }
}

export type LinkState = 'connecting' | 'open' | 'lost';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class LabClient {
  readonly #link: Link;
  readonly #waiting = new Map<number, Waiting>();
  readonly #unsent: CallMessage[] = [];
  readonly #listeners = new Set<(push: WindowPush) => void>();
  readonly #stateListeners = new Set<() => void>();
  #seq = 0;
  #state: LinkState = 'connecting';

  constructor(link: Link) {
    this.#link = link;
    link.open({
      message: (message) => this.#take(message),
      opened: () => {
        this.#become('open');
        for (const message of this.#unsent.splice(0)) link.send(message);
      },
      lost: () => {
        this.#become('lost');
        for (const { reject } of this.#waiting.values())
          reject(
            new LabError({
              code: 'window.lost',
              message: 'the connection to the lab was lost',
              hint: 'is the lab still running?',
            }),
          );
        this.#waiting.clear();
        // Told as failed: it must not be carried out later, behind the back of who asked for it.
        this.#unsent.length = 0;
      },
    });
  }

  get state(): LinkState {
    return this.#state;
  }

  /** @throws LabError */
  call<C extends WindowCall>(call: C, input: WindowInput<C>): Promise<WindowAnswers[C]> {
    this.#seq += 1;
    const message: CallMessage = { call, seq: this.#seq, input };
    return new Promise((resolve, reject) => {
      this.#waiting.set(message.seq, { resolve: resolve as (value: unknown) => void, reject });
      if (this.#state === 'open') this.#link.send(message);
      else this.#unsent.push(message);
    });
  }

  /** Until the returned function is called. */
  onPush(listener: (push: WindowPush) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onState(listener: () => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  close(): void {
    this.#link.close();
  }

  /** Tries to get a lost connection back now; links that cannot leave it to a reload of the page. */
  retry(): void {
    if (this.#link.retry === undefined) window.location.reload();
    else this.#link.retry();
  }

  #become(state: LinkState): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
  }

  #take(message: LabMessage): void {
    if ('push' in message) {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    const waiting = this.#waiting.get(message.answer);
    if (waiting === undefined) return;
    this.#waiting.delete(message.answer);
    if (message.ok) waiting.resolve(message.value);
    else waiting.reject(new LabError(message.error));
  }
}
