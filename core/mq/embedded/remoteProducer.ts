/** A producer over the port. Sends are pipelined; frames of one turn of the event loop leave in one write. */
import { CausewayError } from '../../protocol/errors.ts';
import type { MqMessage, MqProducer, MqReceipt } from '../engine.ts';
import type { RemoteEngine } from './client.ts';

export class RemoteProducer implements MqProducer {
  readonly #engine: RemoteEngine;
  readonly #onClose: () => void;
  #pending = 0;
  #closed: Promise<void> | undefined;
  #waiting: (() => void)[] = [];

  constructor(engine: RemoteEngine, onClose: () => void) {
    this.#engine = engine;
    this.#onClose = onClose;
  }

  send(message: MqMessage): Promise<MqReceipt> {
    if (this.#closed !== undefined) return Promise.reject(new CausewayError('mq.closed'));
    return new Promise((resolve, reject) => {
      const { topic } = message;
      // Throws (and so rejects) before anything is counted when the message is refused on this side.
      this.#engine.send(
        message,
        ({ partition, offset }) => {
          resolve({ topic, partition, offset });
          this.#settled();
        },
        (error) => {
          reject(error);
          this.#settled();
        },
      );
      this.#pending += 1;
    });
  }

  flush(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): Promise<void> {
    this.#closed ??= this.flush().then(this.#onClose);
    return this.#closed;
  }

  #settled(): void {
    this.#pending -= 1;
    if (this.#pending > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
