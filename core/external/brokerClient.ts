/**
 * One lasting MQTT connection to a broker outside the lab, MQTT 5 or, where the broker does not speak it, 3.1.1.
 *
 * Not MQTT.js: it works off one incoming packet at a time, so that a bridge that acknowledges only what MQ has stored
 * would carry one message per journey to the MQ (docs/decisions/external-broker.md). Here many are on their way at once
 * and are acknowledged in the order in which they came.
 */
import { generate, type IConnackPacket, type IPublishPacket, type Packet, parser } from 'mqtt-packet';
import { nowUs } from '../clock.ts';
import type { QoS } from '../gateway/types.ts';
import { CausewayError } from '../protocol/errors.ts';
import { random } from '../random.ts';
import { backoffMs } from '../swarm/backoff.ts';
import { type Link, LinkFactory, type LinkOwner } from '../swarm/link.ts';
import type { Endpoint } from '../swarm/types.ts';
import { brokerError, type Failure, refusal, UNSUPPORTED_VERSION } from './brokerErrors.ts';
import { Incoming } from './incoming.ts';
import { OutgoingQueue } from './outgoing.ts';

/** A message of the broker. */
export interface Received {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: QoS;
  readonly dup: boolean;
  readonly retain: boolean;
  /** MQTT 5 only. */
  readonly userProperties: Readonly<Record<string, string | string[]>> | undefined;
  /** `nowUs()` when it had been read. */
  readonly receivedUs: number;
}

export interface BrokerClientOptions {
  readonly endpoint: Endpoint;
  /** The same for messages to people. */
  readonly url: string;
  readonly clientId: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Seconds the broker keeps the session while the bridge is away (MQTT 5; 3.1.1 has no bound). */
  readonly sessionExpiryS: number;
  /** Resolves when the message is taken on: then it is acknowledged. Rejects: the connection is given up, so that the broker sends it again. */
  onMessage(message: Received): Promise<void> | undefined;
  /** Connected again: `present` false, the broker has forgotten the session. */
  onConnected(present: boolean): void;
  onLost(reason: string): void;
  /** It could not be connected again, for a reason that was not told yet. */
  onAway(reason: string): void;
  /** Published once more, as no acknowledgement came before the connection was lost: the broker may have it twice. */
  onResent(topic: string, payload: Buffer): void;
}

const CONNECT_TIMEOUT_MS = 5000;
const KEEP_ALIVE_S = 30;
const BACKOFF = { minMs: 200, maxMs: 5000 };
/** Unacknowledged messages of the broker (MQTT 5), and ours where the broker names no number. */
const RECEIVE_MAXIMUM = 2000;
const DEFAULT_WINDOW = 100;
/** Taken on and not settled, any QoS: from here on nothing is read until half of it is. */
const MOST_PENDING = { messages: 4000, bytes: 32 * 1024 * 1024 };

interface Attempt {
  resolve(): void;
  reject(failure: Failure): void;
}

export class BrokerClient implements LinkOwner {
  readonly #options: BrokerClientOptions;
  readonly #links: LinkFactory;
  readonly #incoming = new Incoming((qos, messageId) => this.#write({ cmd: qos === 1 ? 'puback' : 'pubrec', messageId }));
  readonly #outgoing = new OutgoingQueue();
  readonly #answers = new Map<number, (packet: Packet) => void>();
  readonly #random = random(Date.now(), 'broker');
  #version: 4 | 5 = 5;
  #link: Link | undefined;
  #parser = parser();
  #attempt: Attempt | undefined;
  #connected = false;
  #ended = false;
  #attempts = 0;
  /** Why the last attempt to connect again failed. */
  #away = '';
  #connectedUs = 0;
  #timer: NodeJS.Timeout | undefined;
  #ping: NodeJS.Timeout | undefined;
  #heard = true;
  #window = DEFAULT_WINDOW;
  /** The connection that is being opened asks for a clean session. */
  #clean = false;
  #connack: IConnackPacket | undefined;
  #out: Buffer[] = [];
  #pending = 0;
  #pendingBytes = 0;
  #paused = false;
  reconnects = 0;

  /** @throws CausewayError input.argument for a port that cannot be connected to */
  constructor(options: BrokerClientOptions) {
    this.#options = options;
    this.#links = new LinkFactory(options.endpoint);
  }

  get connected(): boolean {
    return this.#connected;
  }

  get version(): '5.0' | '3.1.1' {
    return this.#version === 5 ? '5.0' : '3.1.1';
  }

  /** What the broker said when it took the connection; MQTT 3.1.1 says nothing. */
  get limits(): NonNullable<IConnackPacket['properties']> {
    return this.#connack?.properties ?? {};
  }

  /** Messages taken from the broker and not settled, and messages for it that it has not acknowledged. */
  get underWay(): { readonly up: number; readonly down: number } {
    return { up: this.#pending, down: this.#outgoing.onWire.size + this.#outgoing.waiting };
  }

  /** The first connection; from then on it comes back by itself. @throws CausewayError broker.unreachable, broker.untrusted, broker.refused */
  async connect(): Promise<void> {
    const { url, user } = this.#options;
    let failure = await this.#open(false);
    // Old brokers refuse MQTT 5 in many ways, or close without a word.
    const old = failure?.kind === 'refused' ? failure.code === UNSUPPORTED_VERSION : failure?.reason.startsWith(NO_CONNACK);
    if (old === true) {
      this.#version = 4;
      failure = await this.#open(false);
    }
    if (failure === undefined) return;
    this.#ended = true;
    throw brokerError(url, user, failure);
  }

  /** Codes per filter: the QoS granted, or 0x80 and above for a refusal. */
  async subscribe(filters: readonly { readonly filter: string; readonly qos: QoS }[]): Promise<number[]> {
    // Kept messages are not news: never again on a subscription (MQTT 5; 3.1.1 marks them with retain).
    const subscriptions = filters.map(({ filter, qos }) => ({ topic: filter, qos, ...(this.#version === 5 ? { rh: 2 } : {}) }));
    const answer = await this.#ask((messageId) => ({ cmd: 'subscribe', messageId, subscriptions }));
    return answer.cmd === 'suback' ? (answer.granted as number[]) : [];
  }

  async unsubscribe(filters: readonly string[]): Promise<void> {
    await this.#ask((messageId) => ({ cmd: 'unsubscribe', messageId, unsubscriptions: [...filters] }));
  }

  /** Resolves when the broker has acknowledged (QoS 0: when it is written); waits while there is no connection. @throws CausewayError broker.rejected, broker.closed */
  publish(topic: string, payload: Buffer, qos: QoS): Promise<void> {
    if (this.#ended) return Promise.reject(this.#closedError());
    return new Promise((resolve, reject) => {
      this.#outgoing.add({ topic, payload, qos, id: 0, released: false, resolve, reject });
      this.#advance();
    });
  }

  /** Gives the connection up and opens another: the broker sends again what is not acknowledged. */
  reconnect(reason: string): void {
    if (this.#link !== undefined) this.#lose(reason);
  }

  /** Says goodbye; `keepSession` false ends the session at the broker too. Idempotent. */
  async close(keepSession: boolean): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    if (this.#attempt !== undefined) this.#fail({ kind: 'network', reason: 'closed' });
    if (this.#connected && this.#version === 5) {
      this.#write({ cmd: 'disconnect', reasonCode: 0, ...(keepSession ? {} : { properties: { sessionExpiryInterval: 0 } }) });
    } else if (this.#connected) this.#write({ cmd: 'disconnect' });
    this.#flush();
    await this.#hangUp();
    const error = this.#closedError();
    for (const { reject } of this.#outgoing.clear()) reject(error);
    // MQTT 3.1.1 ends a session only by a connection that asks for a clean one.
    if (!keepSession && this.#version === 4 && this.#connack !== undefined && (await this.#open(true)) === undefined) {
      this.#write({ cmd: 'disconnect' });
      this.#flush();
      await this.#hangUp();
    }
  }

  onLinkOpen(link: Link): void {
    if (link !== this.#link) return;
    const { clientId, user, password, sessionExpiryS } = this.#options;
    this.#write({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: this.#version,
      clientId,
      clean: this.#clean,
      keepalive: KEEP_ALIVE_S,
      ...(user === undefined ? {} : { username: user }),
      ...(password === undefined ? {} : { password: Buffer.from(password) }),
      ...(this.#version === 5 ? { properties: { sessionExpiryInterval: sessionExpiryS, receiveMaximum: RECEIVE_MAXIMUM } } : {}),
    });
  }

  onLinkData(link: Link, bytes: Buffer, length: number): void {
    if (link !== this.#link) return;
    this.#heard = true;
    // A copy: the link's buffer is overwritten by its next read, and payloads are parts of these bytes.
    this.#parser.parse(Buffer.from(bytes.subarray(0, length)));
  }

  onLinkDrain(): void {}

  onLinkClosed(link: Link, failure: string | undefined): void {
    if (link === this.#link) this.#lose(failure ?? (this.#connected ? 'closed by the broker' : `${NO_CONNACK} it closed`));
  }

  /** One attempt to connect; undefined: it succeeded. */
  async #open(clean: boolean): Promise<Failure | undefined> {
    this.#clean = clean;
    const timeout = setTimeout(
      () => this.#lose(`${NO_CONNACK} nothing came within ${CONNECT_TIMEOUT_MS} ms`),
      CONNECT_TIMEOUT_MS,
    );
    try {
      await new Promise<void>((resolve, reject) => {
        this.#attempt = { resolve, reject };
        const own = parser({ protocolVersion: this.#version });
        this.#parser = own;
        own.on('packet', (packet) => {
          if (own === this.#parser) this.#take(packet);
        });
        own.on('error', (error: Error) => {
          if (own === this.#parser) this.#lose(`${this.#connected ? '' : NO_CONNACK} ${error.message}`);
        });
        this.#link = this.#links.open(this, undefined);
      });
      return undefined;
    } catch (failure) {
      return failure as Failure;
    } finally {
      clearTimeout(timeout);
    }
  }

  #established(connack: IConnackPacket): void {
    const { properties = {}, sessionPresent } = connack;
    const first = this.#connack === undefined;
    this.#connack = connack;
    this.#connected = true;
    this.#connectedUs = nowUs();
    this.#window = Math.min(properties.receiveMaximum ?? (this.#version === 5 ? 65_535 : DEFAULT_WINDOW), RECEIVE_MAXIMUM);
    this.#away = '';
    this.#heard = true;
    const aliveS = properties.serverKeepAlive ?? KEEP_ALIVE_S;
    // 0: the broker wants no keep-alive.
    if (aliveS > 0) this.#ping = setInterval(() => this.#keepAlive(), aliveS * 500);
    if (!sessionPresent) this.#incoming.forget();
    for (const outgoing of this.#outgoing.onWire.values()) {
      if (!sessionPresent) outgoing.released = false;
      if (outgoing.released) this.#write({ cmd: 'pubrel', messageId: outgoing.id });
      else {
        this.#options.onResent(outgoing.topic, outgoing.payload);
        this.#writePublish(outgoing, true);
      }
    }
    if (!first && !this.#clean) {
      this.reconnects += 1;
      this.#options.onConnected(sessionPresent);
    }
    this.#advance();
  }

  #keepAlive(): void {
    if (!this.#heard && !this.#paused) {
      this.#lose('nothing heard from the broker any more');
      return;
    }
    this.#heard = false;
    this.#write({ cmd: 'pingreq' });
  }

  #take(packet: Packet): void {
    if (this.#attempt !== undefined) {
      if (packet.cmd !== 'connack') {
        this.#lose(`${NO_CONNACK} a packet of type ${packet.cmd} came`);
        return;
      }
      const code = packet.reasonCode ?? packet.returnCode ?? 0;
      if (code === 0) {
        const { resolve } = this.#attempt;
        this.#attempt = undefined;
        // At once: what the session has kept comes in the same bytes.
        this.#established(packet);
        resolve();
      } else this.#fail(refusal(code));
      return;
    }
    switch (packet.cmd) {
      case 'publish':
        this.#publish(packet);
        break;
      case 'puback':
      case 'pubcomp':
      case 'pubrec':
        this.#answered(packet.cmd, packet.messageId ?? 0, packet.reasonCode ?? 0);
        break;
      case 'pubrel':
        this.#incoming.released(packet.messageId ?? 0);
        this.#write({ cmd: 'pubcomp', messageId: packet.messageId ?? 0 });
        break;
      case 'suback':
      case 'unsuback':
        this.#answers.get(packet.messageId ?? 0)?.(packet);
        this.#answers.delete(packet.messageId ?? 0);
        break;
      case 'disconnect':
        this.#lose(`the broker ends the connection (code ${packet.reasonCode})`);
        break;
    }
  }

  #publish(packet: IPublishPacket): void {
    const { qos, messageId = 0, topic, dup, retain } = packet;
    const payload = packet.payload as Buffer;
    const entry = qos === 0 ? undefined : this.#incoming.take(qos, messageId, dup, topic, payload);
    if (qos > 0 && entry === undefined) return;
    const { userProperties } = packet.properties ?? {};
    const taken = this.#options.onMessage({ topic, payload, qos, dup, retain, userProperties, receivedUs: nowUs() });
    if (taken === undefined) {
      if (entry !== undefined) this.#incoming.settled(entry);
      return;
    }
    this.#pending += 1;
    this.#pendingBytes += payload.length;
    if (!this.#paused && (this.#pending > MOST_PENDING.messages || this.#pendingBytes > MOST_PENDING.bytes)) {
      this.#paused = true;
      this.#link?.pause();
    }
    taken.then(
      () => {
        this.#settled(payload.length);
        if (entry !== undefined) this.#incoming.settled(entry);
      },
      (error: Error) => {
        this.#settled(payload.length);
        if (entry === undefined) return;
        this.#incoming.failed(entry);
        if (entry.queued && !this.#ended) this.#lose(error.message);
      },
    );
  }

  #settled(bytes: number): void {
    this.#pending -= 1;
    this.#pendingBytes -= bytes;
    if (!this.#paused || this.#pending > MOST_PENDING.messages / 2 || this.#pendingBytes > MOST_PENDING.bytes / 2) return;
    this.#paused = false;
    this.#link?.resume();
  }

  #answered(cmd: 'puback' | 'pubrec' | 'pubcomp', id: number, code: number): void {
    const outgoing = this.#outgoing.onWire.get(id);
    if (cmd === 'pubrec' && code < 0x80) {
      if (outgoing !== undefined) outgoing.released = true;
      this.#write({ cmd: 'pubrel', messageId: id });
      return;
    }
    if (outgoing === undefined) return;
    this.#outgoing.onWire.delete(id);
    // 0x10: nobody has subscribed to it, which is no failure. 0x92 at PUBCOMP: known to be complete.
    if (code < 0x80 || cmd === 'pubcomp') outgoing.resolve();
    else outgoing.reject(this.#rejected(outgoing.topic, `code ${code}`));
    this.#advance();
  }

  #advance(): void {
    while (this.#connected) {
      const outgoing = this.#outgoing.advance(this.#window);
      if (outgoing === undefined) return;
      const most = this.limits.maximumPacketSize;
      const bytes = outgoing.payload.length + Buffer.byteLength(outgoing.topic) + PACKET_OVERHEAD;
      if (most !== undefined && bytes > most) {
        this.#outgoing.onWire.delete(outgoing.id);
        outgoing.reject(this.#rejected(outgoing.topic, `${bytes} bytes, it takes packets of ${most} at most`));
        continue;
      }
      this.#writePublish(outgoing, false);
      if (outgoing.qos === 0) outgoing.resolve();
    }
  }

  #writePublish({ topic, payload, qos, id }: { topic: string; payload: Buffer; qos: QoS; id: number }, dup: boolean): void {
    const properties = this.#version === 5 ? { properties: { userProperties: { ...LOOP_MARK } } } : {};
    this.#write({
      cmd: 'publish',
      topic,
      payload,
      qos,
      dup,
      retain: false,
      ...(qos > 0 ? { messageId: id } : {}),
      ...properties,
    });
  }

  /** A request with an identifier of its own, and its answer. @throws CausewayError broker.closed when the connection ends before */
  #ask(make: (id: number) => Packet): Promise<Packet> {
    if (!this.#connected) return Promise.reject(this.#closedError());
    let id = this.#outgoing.freeId();
    while (this.#answers.has(id)) id = this.#outgoing.freeId();
    return new Promise((resolve, reject) => {
      this.#answers.set(id, (packet) => (packet.cmd === 'disconnect' ? reject(this.#closedError()) : resolve(packet)));
      this.#write(make(id));
    });
  }

  /** Packets of one turn go out together. */
  #write(packet: Packet): void {
    if (this.#link === undefined) return;
    if (this.#out.length === 0) process.nextTick(() => this.#flush());
    this.#out.push(generate(packet, { protocolVersion: this.#version }));
  }

  #flush(): void {
    const bytes = Buffer.concat(this.#out);
    this.#out = [];
    if (bytes.length > 0) this.#link?.write(bytes);
  }

  #fail(failure: Failure): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    this.#detach();
    attempt?.reject(failure);
  }

  #lose(reason: string): void {
    if (this.#attempt !== undefined) {
      this.#fail({ kind: 'network', reason: reason.trim() });
      return;
    }
    const wasConnected = this.#connected;
    // One lost at once (two bridges with one client ID, an MQ that takes nothing) does not start the waiting afresh.
    if (wasConnected && nowUs() - this.#connectedUs > BACKOFF.maxMs * 1000) this.#attempts = 0;
    this.#detach();
    if (this.#ended || !wasConnected) return;
    this.#options.onLost(reason);
    this.#again();
  }

  #again(): void {
    const waitMs = backoffMs(BACKOFF, this.#attempts, this.#random);
    this.#attempts += 1;
    this.#timer = setTimeout(async () => {
      const failure = await this.#open(false);
      if (failure === undefined || this.#ended) return;
      if (failure.reason !== this.#away) this.#options.onAway(failure.reason);
      this.#away = failure.reason;
      this.#again();
    }, waitMs);
  }

  #detach(): void {
    clearInterval(this.#ping);
    const link = this.#link;
    this.#link = undefined;
    this.#connected = false;
    this.#paused = false;
    this.#out = [];
    this.#incoming.disconnected();
    for (const answer of this.#answers.values()) answer({ cmd: 'disconnect' } as Packet);
    this.#answers.clear();
    link?.destroy();
  }

  /** After a DISCONNECT the broker closes; waits for it, though not for long. */
  async #hangUp(): Promise<void> {
    const link = this.#link;
    if (link === undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 1000);
      link.owner = {
        onLinkOpen() {},
        onLinkData() {},
        onLinkDrain() {},
        onLinkClosed() {
          clearTimeout(timer);
          resolve();
        },
      };
      link.end();
    });
    this.#detach();
  }

  #rejected(topic: string, reason: string): CausewayError {
    return new CausewayError('broker.rejected', { url: this.#options.url, topic, reason });
  }

  #closedError(): CausewayError {
    return new CausewayError('broker.closed', { url: this.#options.url });
  }
}

/** How a reason begins where something answered, but not as a broker that speaks this version. */
const NO_CONNACK = 'no CONNACK:';
/** Most that a PUBLISH has besides topic and payload, loop mark included. */
const PACKET_OVERHEAD = 64;

/** On every message that the bridge publishes over MQTT 5: not to be bridged back. */
export const LOOP_MARK = { causewayOrigin: 'mq' } as const;
