/** The client of the embedded engine's port: another process or thread uses the engine as if it were its own. */
import { connect, type Socket } from 'node:net';
import { answerNonce, type MqCredentials } from '../../credentials/mqGuard.ts';
import { CausewayError, ERRORS, type ErrorCode } from '../../protocol/errors.ts';
import type {
  MqConsumer,
  MqConsumerSpec,
  MqHandler,
  MqMessage,
  MqProducer,
  MqReceipt,
  MqTopicSpec,
  MqTopicStats,
} from '../engine.ts';
import { type ByteReader, Truncated } from './bytes.ts';
import { embeddedCapabilities } from './capabilities.ts';
import { checkMessage } from './checkMessage.ts';
import { type FrameHandler, FrameSocket } from './frameSocket.ts';
import { writeMessage } from './messageCodec.ts';
import type { EmbeddedMqView, MqGroupStats } from './options.ts';
import { RemoteConsumer } from './remoteConsumer.ts';
import { RemoteProducer } from './remoteProducer.ts';
import { ASK, TELL, WIRE_VERSION } from './wire.ts';

export interface EmbeddedMqConnection {
  readonly host: string;
  readonly port: number;
  /** Shown by the server's diagnostics. */
  readonly name?: string;
  /** Milliseconds to wait for the connection and the greeting. Default 5,000. */
  readonly timeoutMs?: number;
  readonly heartbeatMs?: number;
  /** For a port that asks for them; see docs/credentials.md. */
  readonly credentials?: MqCredentials;
  /** Told once when the connection ends without `close()`. There is no reconnecting: what was under way is the caller's to judge. */
  readonly onLost?: (error: CausewayError) => void;
}

/** An engine over the port. */
export interface EmbeddedMqClient extends EmbeddedMqView {
  /**
   * Shows other credentials (a new session token, say) on the same connection; nothing under way is touched. After a
   * rejection the former ones hold as long as they are good.
   * @throws CausewayError mq.refused, mq.closed, mq.connection-lost
   */
  renew(credentials: MqCredentials): Promise<void>;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export class RemoteEngine implements EmbeddedMqClient, FrameHandler {
  readonly name = 'embedded';
  capabilities = embeddedCapabilities(false);
  readonly frames: FrameSocket;
  readonly #address: string;
  readonly #onLost: ((error: CausewayError) => void) | undefined;
  readonly #requests = new Map<number, Waiting>();
  readonly #consumers = new Map<number, RemoteConsumer>();
  readonly #producers = new Set<RemoteProducer>();
  #request = 0;
  #consumer = 0;
  #closing: Promise<void> | undefined;
  #lost: CausewayError | undefined;
  #greeting: Waiting | undefined;
  readonly #credentials: MqCredentials | undefined;
  /** Access key ID shown last, for messages. */
  #user = 'nobody';
  #nonce: Buffer | undefined;
  #round = 0;
  /** Why the server does not want us any more. */
  #refusal: string | undefined;

  constructor(socket: Socket, options: EmbeddedMqConnection) {
    this.#address = `${options.host}:${options.port}`;
    this.#onLost = options.onLost;
    this.#credentials = options.credentials;
    const { heartbeatMs } = options;
    this.frames = new FrameSocket(socket, this, { beat: ASK.ping, ...(heartbeatMs === undefined ? {} : { heartbeatMs }) });
  }

  /** Exchanges greetings; resolves when the server has answered. */
  greet(name: string, timeoutMs: number): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.frames.destroy(`no answer within ${timeoutMs} ms`);
      }, timeoutMs);
      this.#greeting = {
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const at = this.frames.begin(ASK.hello);
      this.frames.writer.u8(WIRE_VERSION);
      this.frames.writer.text(name);
      this.frames.end(at);
    });
  }

  async createTopic(spec: MqTopicSpec): Promise<void> {
    await this.#ask(ASK.createTopic, spec);
  }

  async topics(): Promise<MqTopicStats[]> {
    return (await this.#ask(ASK.topics)) as MqTopicStats[];
  }

  async partitionsOf(topic: string): Promise<number | undefined> {
    return (await this.topics()).find(({ name }) => name === topic)?.partitions;
  }

  async groups(): Promise<MqGroupStats[]> {
    return (await this.#ask(ASK.groups)) as MqGroupStats[];
  }

  async producer(): Promise<MqProducer> {
    this.mustBeOpen();
    const producer = new RemoteProducer(this, () => this.#producers.delete(producer));
    this.#producers.add(producer);
    return producer;
  }

  async consume(spec: MqConsumerSpec, handler: MqHandler): Promise<MqConsumer> {
    this.mustBeOpen();
    this.#consumer += 1;
    const id = this.#consumer;
    const consumer = new RemoteConsumer(this.frames, id, spec.visibilityMs ?? 30_000, handler, async () => {
      if (this.#lost === undefined) await this.#ask(ASK.leave, undefined, id, true);
      this.#consumers.delete(id);
    });
    // Known before the answer: the first deliveries may come with it.
    this.#consumers.set(id, consumer);
    try {
      await this.#ask(ASK.consume, spec, id);
    } catch (error) {
      this.#consumers.delete(id);
      throw error;
    }
    return consumer;
  }

  /** Sends one message; the numbers of requests under way fit 32 bits. */
  send(message: MqMessage, resolve: (receipt: MqReceipt) => void, reject: (error: Error) => void): void {
    this.mustBeOpen();
    checkMessage(message);
    const request = this.#next({ resolve: resolve as (value: unknown) => void, reject });
    const { frames } = this;
    const at = frames.begin(ASK.send);
    try {
      frames.writer.u32(request);
      frames.writer.text(message.topic);
      writeMessage(frames.writer, message);
    } catch (error) {
      frames.cancel(at);
      this.#requests.delete(request);
      throw error;
    }
    frames.end(at);
  }

  async renew(credentials: MqCredentials): Promise<void> {
    this.mustBeOpen();
    // A port that asks for nothing is content with anything.
    if (this.#nonce === undefined) return;
    this.#user = credentials.accessKeyId;
    const answer = answerNonce(credentials, this.#nonce, this.#round);
    this.#round += 1;
    await this.#ask(ASK.authenticate, answer);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  mustBeOpen(): void {
    if (this.#lost !== undefined) throw this.#lost;
    if (this.#closing !== undefined) throw new CausewayError('mq.closed');
  }

  onFrame(type: number, reader: ByteReader): void {
    switch (type) {
      case TELL.deliver:
        this.#consumers.get(reader.u32())?.onDelivery(reader);
        return;
      case TELL.stored: {
        const waiting = this.#take(reader.u32());
        waiting?.resolve({ topic: '', partition: reader.u16(), offset: reader.f64() });
        return;
      }
      case TELL.done:
        this.#take(reader.u32())?.resolve(JSON.parse(reader.bytes().toString('utf8')));
        return;
      case TELL.failed: {
        const waiting = this.#take(reader.u32());
        const code = reader.text();
        const details = JSON.parse(reader.bytes().toString('utf8')) as Record<string, string | number>;
        const known: ErrorCode = Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'internal';
        waiting?.reject(new CausewayError(known, details));
        return;
      }
      case TELL.welcome: {
        const version = reader.u8();
        if (version !== WIRE_VERSION) throw new Error(`protocol version ${version}, this side speaks ${WIRE_VERSION}`);
        this.capabilities = embeddedCapabilities(reader.u8() === 1);
        this.#greeting?.resolve(undefined);
        this.#greeting = undefined;
        return;
      }
      case TELL.pong:
        return;
      case TELL.challenge:
        this.#challenged(Buffer.from(reader.bytes()));
        return;
      case TELL.refused:
        this.#refusal = reader.text();
        return;
      default:
        throw new Truncated(`unknown frame type ${type}`);
    }
  }

  onClosed(reason: string): void {
    const expected = this.#closing !== undefined;
    const refused =
      this.#refusal === undefined
        ? undefined
        : new CausewayError('mq.refused', { address: this.#address, user: this.#user, reason: this.#refusal });
    const error = expected
      ? new CausewayError('mq.closed')
      : (refused ?? new CausewayError('mq.connection-lost', { address: this.#address, reason }));
    if (!expected) this.#lost = error;
    this.#greeting?.reject(refused ?? new CausewayError('connect.failed', { address: this.#address, reason }));
    const greeted = this.#greeting === undefined;
    this.#greeting = undefined;
    const requests = [...this.#requests.values()];
    this.#requests.clear();
    for (const waiting of requests) waiting.reject(error);
    for (const consumer of this.#consumers.values()) consumer.onLost();
    if (!expected && greeted) this.#onLost?.(error);
  }

  #challenged(nonce: Buffer): void {
    this.#nonce = nonce;
    if (this.#credentials === undefined) {
      this.#refusal = 'it asks for some, and none are given';
      this.frames.destroy(this.#refusal);
      return;
    }
    this.#user = this.#credentials.accessKeyId;
    const answer = answerNonce(this.#credentials, nonce, this.#round);
    this.#round += 1;
    const at = this.frames.begin(ASK.authenticate);
    this.frames.writer.u32(0);
    this.frames.writer.bytes(Buffer.from(JSON.stringify(answer)));
    this.frames.end(at);
  }

  async #close(): Promise<void> {
    if (this.#lost === undefined) {
      await Promise.all([...this.#producers].map((producer) => producer.close()));
      await Promise.all([...this.#consumers.values()].map((consumer) => consumer.close()));
    }
    await this.frames.close();
  }

  #ask(type: number, body?: object, consumer?: number, closing = false): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!closing) this.mustBeOpen();
      // Ended while we were closing: no answer would ever come.
      if (this.frames.closed) throw new CausewayError('mq.closed');
      const request = this.#next({ resolve, reject });
      const at = this.frames.begin(type);
      this.frames.writer.u32(request);
      if (consumer !== undefined) this.frames.writer.u32(consumer);
      if (body !== undefined) this.frames.writer.bytes(Buffer.from(JSON.stringify(body)));
      this.frames.end(at);
    });
  }

  #next(waiting: Waiting): number {
    this.#request = this.#request === 0xffffffff ? 1 : this.#request + 1;
    this.#requests.set(this.#request, waiting);
    return this.#request;
  }

  #take(request: number): Waiting | undefined {
    const waiting = this.#requests.get(request);
    this.#requests.delete(request);
    return waiting;
  }
}

/** Connects to the port of an embedded engine. @throws CausewayError connect.failed, mq.refused */
export async function connectEmbeddedMq(options: EmbeddedMqConnection): Promise<EmbeddedMqClient> {
  const timeoutMs = options.timeoutMs ?? 5000;
  const socket = await reach(options, timeoutMs);
  const engine = new RemoteEngine(socket, options);
  await engine.greet(options.name ?? '', timeoutMs);
  return engine;
}

function reach({ host, port }: EmbeddedMqConnection, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const failed = (reason: string): void => {
      socket.destroy();
      clearTimeout(timer);
      reject(new CausewayError('connect.failed', { address: `${host}:${port}`, reason }));
    };
    const timer = setTimeout(() => failed(`no answer within ${timeoutMs} ms`), timeoutMs);
    const onError = (error: Error): void => failed(error.message || (error as NodeJS.ErrnoException).code || 'unknown');
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeListener('error', onError);
      resolve(socket);
    });
  });
}
