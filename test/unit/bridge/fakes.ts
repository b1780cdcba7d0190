import type { DownMessage, DownReport, Gateway, UpPublish } from '../../../core/gateway/types.ts';
import type {
  MqConsumer,
  MqConsumerSpec,
  MqDelivery,
  MqEngine,
  MqHandler,
  MqMessage,
  MqProducer,
  MqReceipt,
} from '../../../core/mq/engine.ts';
import { CausewayError } from '../../../core/protocol/errors.ts';

interface Send {
  readonly message: MqMessage;
  readonly answer: (error?: Error) => void;
}

/** An engine whose acknowledgements a test gives by hand (`manual`), and whose deliveries a test makes. */
export class FakeEngine implements MqEngine {
  readonly name = 'fake';
  readonly capabilities: MqEngine['capabilities'];
  readonly sent: MqMessage[] = [];
  readonly open: Send[] = [];
  readonly consumers: { readonly spec: MqConsumerSpec; readonly handler: MqHandler }[] = [];
  readonly existing = new Set<string>();
  closedProducers = 0;
  closedConsumers = 0;
  manual = false;
  failNext = 0;

  constructor(topics: readonly string[], filter = true) {
    for (const topic of topics) this.existing.add(topic);
    this.capabilities = {
      durable: false,
      keyOrder: true,
      broadcasting: true,
      delayed: false,
      filter,
      redelivery: true,
      deadLetter: true,
      history: true,
    };
  }

  async createTopic(spec: { readonly name: string }): Promise<void> {
    this.existing.add(spec.name);
  }

  async topics(): ReturnType<MqEngine['topics']> {
    return [...this.existing].map((name) => ({ name, partitions: 1, stored: 0, retained: 0, retainedBytes: 0 }));
  }

  async partitionsOf(topic: string): Promise<number | undefined> {
    return this.existing.has(topic) ? 1 : undefined;
  }

  async producer(): Promise<MqProducer> {
    return {
      send: (message) => this.send(message),
      flush: async () => undefined,
      close: async () => {
        this.closedProducers += 1;
      },
    };
  }

  async consume(spec: MqConsumerSpec, handler: MqHandler): Promise<MqConsumer> {
    this.consumers.push({ spec, handler });
    return {
      close: async () => {
        this.closedConsumers += 1;
      },
    };
  }

  async close(): Promise<void> {}

  /** Hands a message to the bridge's consumer; settles as its handler does. */
  async give(delivery: MqDelivery): Promise<void> {
    await this.consumers[0]!.handler(delivery);
  }

  bodies(): string[] {
    return this.sent.map((message) => Buffer.from(message.body).toString());
  }

  private send(message: MqMessage): Promise<MqReceipt> {
    if (this.failNext > 0) {
      this.failNext -= 1;
      return Promise.reject(new CausewayError('mq.closed'));
    }
    this.sent.push(message);
    const receipt = { topic: message.topic, partition: 0, offset: this.sent.length - 1 };
    if (!this.manual) return Promise.resolve(receipt);
    return new Promise((resolve, reject) => {
      this.open.push({ message, answer: (error) => (error === undefined ? resolve(receipt) : reject(error)) });
    });
  }
}

/** A gateway that notes what it is given. */
export class FakeGateway implements Gateway {
  readonly addresses = [];
  readonly ca = undefined;
  readonly delivered: DownMessage[] = [];
  report: DownReport = { online: 1, stored: 0, dropped: 0 };
  /** What `deliver` waits for; replaced by a test. */
  gate: Promise<void> = Promise.resolve();

  async deliver(message: DownMessage): Promise<DownReport> {
    this.delivered.push(message);
    await this.gate;
    return this.report;
  }

  stats(): never {
    throw new Error('not part of this fake');
  }

  online(): boolean {
    return false;
  }

  session(): undefined {
    return undefined;
  }

  async close(): Promise<void> {}
}

export function up(clientId: string, body: string | Buffer, topic = 'p/a'): UpPublish {
  return {
    clientId,
    topic,
    parent: topic.split('/')[0]!,
    payload: Buffer.from(body),
    qos: 1,
    retain: false,
    dup: false,
    cleanSession: true,
    will: false,
    receivedUs: 5,
  };
}

/** Lets everything run that waits for nothing but other promises. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
