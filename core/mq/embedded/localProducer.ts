/** A producer in the engine's own process. */
import { CausewayError } from '../../protocol/errors.ts';
import type { MqMessage, MqProducer, MqReceipt } from '../engine.ts';
import type { Broker } from './broker.ts';
import { checkMessage } from './checkMessage.ts';

export class LocalProducer implements MqProducer {
  readonly #broker: Broker;
  readonly #onClose: () => void;
  #closed = false;
  #pending = 0;
  #waiting: (() => void)[] = [];

  constructor(broker: Broker, onClose: () => void) {
    this.#broker = broker;
    this.#onClose = onClose;
  }

  send(message: MqMessage): Promise<MqReceipt> {
    if (this.#closed) return Promise.reject(new CausewayError('mq.closed'));
    try {
      checkMessage(message);
      const topic = this.#broker.topic(message.topic);
      if (topic.inMemory) {
        const { partition, offset } = topic.appendInMemory(message);
        return Promise.resolve({ topic: message.topic, partition, offset });
      }
      this.#pending += 1;
      return new Promise((resolve, reject) => {
        topic.append(message, (error, receipt) => {
          if (error === undefined) resolve(receipt!);
          else reject(error);
          this.#settled();
        });
      });
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  flush(): Promise<void> {
    if (this.#pending === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.flush();
    this.#onClose();
  }

  #settled(): void {
    this.#pending -= 1;
    if (this.#pending > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
