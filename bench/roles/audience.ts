/**
 * One publisher and many subscribers of one topic. The subscribers count bytes and nothing else, because a receiver that
 * reads messages would be busier than the broker that sends them.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { encodeConnect, encodePublish, encodeSubscribe, publishBound } from '../../core/swarm/encode.ts';

export interface AudiencePlan {
  readonly port: number;
  readonly subscribers: number;
  readonly payloadBytes: number;
}

export interface StreamPlan {
  readonly ms: number;
  /** Messages that may be under way at once. */
  readonly window: number;
}

const TOPIC = 'bench/all';
const CONNACK_BYTES = 4;
const SUBACK_BYTES = 5;

class Audience {
  readonly #packet: Buffer;
  readonly #subscribers: number;
  readonly #received: Float64Array;
  #publisher: Socket | undefined;
  #total = 0;
  #awaited = Number.POSITIVE_INFINITY;
  #arrived: () => void = () => {};

  constructor({ subscribers, payloadBytes }: AudiencePlan) {
    const payload = Buffer.alloc(payloadBytes, 'x');
    const packet = Buffer.alloc(publishBound(TOPIC, payload));
    this.#packet = packet.subarray(0, encodePublish(packet, 0, TOPIC, payload, 0, false, false, 0));
    this.#subscribers = subscribers;
    this.#received = new Float64Array(subscribers);
  }

  async connect(port: number): Promise<void> {
    const shared = Buffer.alloc(64 * 1024);
    for (let i = 0; i < this.#subscribers; i += 1) {
      const callback = (bytes: number): boolean => {
        this.#received[i]! += bytes;
        this.#total += bytes;
        if (this.#total >= this.#awaited) this.#arrived();
        return true;
      };
      const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: shared, callback } });
      await once(socket, 'connect');
      socket.write(encodeConnect({ clientId: `listener-${i}`, cleanSession: true, keepAliveS: 0 }));
      socket.write(encodeSubscribe(1, [{ filter: TOPIC, qos: 0 }]));
    }
    this.#publisher = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(this.#publisher, 'connect');
    this.#publisher.write(encodeConnect({ clientId: 'speaker', cleanSession: true, keepAliveS: 0 }));
    await once(this.#publisher, 'data');
    await this.#until(this.#subscribers * (CONNACK_BYTES + SUBACK_BYTES));
  }

  /** @returns deliveries, and the seconds from the first publish to the last delivery. @throws Error when one is missing */
  async stream({ ms, window }: StreamPlan): Promise<{ readonly deliveries: number; readonly seconds: number }> {
    const before = Float64Array.from(this.#received);
    const from = this.#total;
    const each = this.#packet.length * this.#subscribers;
    // Half a window at a time: the other half keeps the broker busy meanwhile.
    const step = Math.max(1, window >> 1);
    const burst = Buffer.concat(Array.from({ length: step }, () => this.#packet));
    const start = performance.now();
    let sent = 0;
    while (performance.now() - start < ms) {
      this.#publisher!.write(burst);
      sent += step;
      await this.#until(from + (sent + step - window) * each);
    }
    await this.#until(from + sent * each);
    const seconds = (performance.now() - start) / 1000;
    for (let i = 0; i < this.#subscribers; i += 1) {
      const got = (this.#received[i]! - before[i]!) / this.#packet.length;
      if (got !== sent) throw new Error(`subscriber ${i} got ${got} of ${sent} messages`);
    }
    return { deliveries: sent * this.#subscribers, seconds };
  }

  async #until(bytes: number): Promise<void> {
    if (this.#total >= bytes) return;
    await new Promise<void>((resolve, reject) => {
      // Broken or lossy brokers must not hang the program.
      const tooLong = setTimeout(() => reject(new Error(`${this.#total} of ${bytes} bytes after 10 s`)), 10_000);
      this.#awaited = bytes;
      this.#arrived = () => {
        this.#awaited = Number.POSITIVE_INFINITY;
        clearTimeout(tooLong);
        resolve();
      };
    });
  }
}

let audience: Audience | undefined;

export const role = {
  async connect(plan: AudiencePlan): Promise<null> {
    audience = new Audience(plan);
    await audience.connect(plan.port);
    return null;
  },

  async stream(plan: StreamPlan): Promise<{ readonly deliveries: number; readonly seconds: number }> {
    if (audience === undefined) throw new Error('stream before connect');
    return audience.stream(plan);
  },
};
