/** One connection to the broker that comes back by itself. What was open over it is opened again by whoever opened it. */
import { type Channel, type ChannelModel, type ConfirmChannel, connect, type Options, type SocketOptions } from 'amqplib';
import { CausewayError } from '../../protocol/errors.ts';
import { connectError, RABBITMQ_VERSIONS, type RabbitMqPlace, rabbitMqError } from './errors.ts';
import type { RabbitMqOptions } from './options.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** Seconds. A connection over which nothing comes for twice as long is dead. */
const HEARTBEAT_S = 10;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
/** Whoever needs a channel waits so long for the connection to come back. */
const PATIENCE_MS = 20_000;
/** A request may wait in the broker for a queue that is not back yet after a crash; it is not waited for longer. */
const ANSWER_MS = 15_000;
const CLOSE_MS = 5_000;

/** The one thing of the library's insides that is used here. */
type Sockets = ChannelModel['connection'] & { readonly stream?: { destroy(): void } };

type Waiter = (model: ChannelModel | CausewayError) => void;

export class Link {
  readonly place: RabbitMqPlace;
  /** Why the connection was lost the last time. */
  lostBecause = 'the connection was closed';
  readonly #options: RabbitMqOptions;
  readonly #purpose: string;
  /** What the connection ended with the last time; its channels end without a word. */
  #lostWith: Error | undefined;
  #model: ChannelModel | undefined;
  #waiters: Waiter[] = [];
  #pause: NodeJS.Timeout | undefined;
  #endPause: () => void = () => {};
  #reconnecting: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** `purpose`: shown in RabbitMQ's list of connections. */
  constructor(options: RabbitMqOptions, purpose: string) {
    this.#options = options;
    this.#purpose = purpose;
    this.place = placeOf(options);
  }

  /** The first contact. @throws CausewayError connect.failed, mq.refused, mq.denied, mq.version, input.argument (vhost) */
  async open(): Promise<void> {
    try {
      this.#use(await this.#connect());
    } catch (error) {
      throw connectError(error, this.place);
    }
  }

  /** @throws CausewayError mq.closed, mq.connection-lost when the broker stays away */
  async channel(): Promise<Channel> {
    return this.#guard(() => this.#opened((model) => model.createChannel()));
  }

  /** A channel whose messages the broker acknowledges. */
  async confirmChannel(): Promise<ConfirmChannel> {
    return this.#guard(() => this.#opened((model) => model.createConfirmChannel()));
  }

  /** The error of a send or a request that the connection took with it. */
  lost(): CausewayError {
    return new CausewayError('mq.connection-lost', { address: this.place.address, reason: this.lostBecause });
  }

  /** `topic`: what it was about, if it was about one. */
  error(error: unknown, topic = ''): CausewayError {
    const wordless = error instanceof Error && /^Channel (ended|clos)/.test(error.message) && !('code' in error);
    return rabbitMqError(wordless ? (this.#lostWith ?? error) : error, this.place, topic);
  }

  /** What was asked of the broker. @throws CausewayError mq.connection-lost when it does not answer */
  async answered<T>(request: Promise<T>): Promise<T> {
    return within(ANSWER_MS, request);
  }

  /** Never fails, and does not wait for long: a channel that cannot be closed ends with its connection. */
  async closeChannel(channel: Channel | undefined): Promise<void> {
    if (channel !== undefined) await within(CLOSE_MS, channel.close()).catch(() => {});
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#endPause();
    this.#wake(new CausewayError('mq.closed'));
    const model = this.#model;
    this.#model = undefined;
    // A broker that does not read answers nothing, and its open socket would keep the process alive.
    if (model !== undefined) await within(CLOSE_MS, model.close()).catch(() => (model.connection as Sockets).stream?.destroy());
    await this.#reconnecting;
  }

  async #guard<T extends Channel>(open: () => Promise<T>): Promise<T> {
    const channel = await open();
    // Without a listener an error of a channel would end the process. Whoever waits for something learns it there.
    channel.on('error', () => {});
    return channel;
  }

  async #opened<T>(open: (model: ChannelModel) => Promise<T>): Promise<T> {
    for (;;) {
      const model = this.#model ?? (await this.#up());
      try {
        return await open(model);
      } catch (error) {
        // The connection ended in between: wait for the next one. Anything else (too many channels) is final.
        if (this.#model === model) throw error;
      }
    }
  }

  #up(): Promise<ChannelModel> {
    if (this.#closing !== undefined) return Promise.reject(new CausewayError('mq.closed'));
    return new Promise((resolve, reject) => {
      const waiter: Waiter = (result) => {
        clearTimeout(timer);
        if (result instanceof CausewayError) reject(result);
        else resolve(result);
      };
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((one) => one !== waiter);
        reject(this.lost());
      }, PATIENCE_MS);
      this.#waiters.push(waiter);
    });
  }

  #wake(result: ChannelModel | CausewayError): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter(result);
  }

  #use(model: ChannelModel): void {
    this.#model = model;
    const { onLog } = this.#options;
    model.on('error', (error: Error) => {
      this.lostBecause = error.message;
      this.#lostWith = error;
    });
    model.on('blocked', (reason) => onLog?.(`RabbitMQ at ${this.place.address} takes no messages: ${reason}`));
    model.on('unblocked', () => onLog?.(`RabbitMQ at ${this.place.address} takes messages again`));
    model.on('close', (error?: Error) => {
      if (error !== undefined) this.lostBecause = error.message;
      if (this.#model !== model) return;
      this.#model = undefined;
      if (this.#closing !== undefined) return;
      onLog?.(`lost the connection to RabbitMQ at ${this.place.address}: ${this.lostBecause}`);
      this.#reconnecting = this.#reconnect();
    });
    this.#wake(model);
  }

  async #reconnect(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; this.#closing === undefined; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
      await new Promise<void>((resolve) => {
        this.#endPause = resolve;
        this.#pause = setTimeout(resolve, pause);
      });
      clearTimeout(this.#pause);
      if (this.#closing !== undefined) return;
      try {
        const model = await this.#connect();
        if (this.#closing !== undefined) {
          await model.close().catch(() => {});
          return;
        }
        this.#options.onLog?.(`connected to RabbitMQ at ${this.place.address} again`);
        this.#use(model);
        return;
      } catch (error) {
        const because = connectError(error, this.place).message;
        if (because !== this.lostBecause) this.#options.onLog?.(because);
        this.lostBecause = because;
      }
    }
  }

  async #connect(): Promise<ChannelModel> {
    const { connectTimeoutMs = CONNECT_TIMEOUT_MS } = this.#options;
    const url: Options.Connect = {
      protocol: this.#options.tls === undefined ? 'amqp' : 'amqps',
      hostname: this.#options.host,
      port: portOf(this.#options),
      username: this.place.user,
      password: this.#options.password ?? 'guest',
      // The library takes it for a part of a URL.
      vhost: encodeURIComponent(this.place.vhost),
      heartbeat: HEARTBEAT_S,
    };
    const connecting = connect(url, socketOptions(this.#options, connectTimeoutMs, this.#purpose));
    // Something else may listen there and never say a word, or never the right one.
    const model = await within(connectTimeoutMs, connecting).catch((error: unknown) => {
      connecting.then((late) => late.close()).catch(() => {});
      throw error;
    });
    try {
      checkVersion(model, this.place);
    } catch (error) {
      model.on('error', () => {});
      await model.close().catch(() => {});
      throw error;
    }
    return model;
  }
}

function socketOptions(options: RabbitMqOptions, timeout: number, purpose: string): SocketOptions {
  const { tls } = options;
  return {
    timeout,
    noDelay: true,
    clientProperties: { connection_name: `causeway ${purpose}` },
    ...(tls === undefined ? {} : { rejectUnauthorized: tls.verify ?? true }),
    ...(tls?.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls?.cert === undefined ? {} : { cert: tls.cert }),
    ...(tls?.key === undefined ? {} : { key: tls.key }),
  };
}

async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([answer, over]);
  } finally {
    clearTimeout(timer);
  }
}

function checkVersion(model: ChannelModel, { address }: RabbitMqPlace): void {
  const { product, version } = model.connection.serverProperties;
  const [major = 0, minor = 0] = String(version).split('.').map(Number);
  if (product === 'RabbitMQ' && (major > 3 || (major === 3 && minor >= 8))) return;
  throw new CausewayError('mq.version', { address, reason: `it is ${product} ${version}`, expected: RABBITMQ_VERSIONS });
}

const portOf = ({ port, tls }: RabbitMqOptions): number => port ?? (tls === undefined ? 5672 : 5671);

function placeOf(options: RabbitMqOptions): RabbitMqPlace {
  return { address: `${options.host}:${portOf(options)}`, user: options.user ?? 'guest', vhost: options.vhost ?? '/' };
}
