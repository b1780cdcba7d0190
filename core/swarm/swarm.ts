/** Many simulated MQTT clients in one thread, on one endpoint. */
import { type Clock, nowUs } from '../clock.ts';
import { CausewayError } from '../protocol/errors.ts';
import { type Random, random } from '../random.ts';
import { Arena } from './arena.ts';
import type { Backoff } from './backoff.ts';
import { checkText } from './encode.ts';
import type { Counters, Member, SwarmHost } from './host.ts';
import { LinkFactory } from './link.ts';
import { SimClient } from './simClient.ts';
import type { Endpoint, SimClientApi, SimClientOptions, SwarmEvents, SwarmStats } from './types.ts';
import { Wheel } from './wheel.ts';

/** Everything has a default that suits thousands of clients on one broker. */
export interface SwarmOptions {
  /** For the jitter of reconnects. Default: seeded with 1. */
  readonly random?: Random;
  readonly clock?: Clock;
  /** Ceilings of the first and of every wait before a reconnect. Default 200 and 5,000 ms. */
  readonly reconnect?: Backoff;
  /** Attempts to connect under way at once, so that a fleet does not overflow the broker's backlog of new connections. Default 200. */
  readonly maxConnecting?: number;
  /** Default 10,000. */
  readonly connectTimeoutMs?: number;
  /** How long `end()` waits for the broker to close before it destroys the connection. Default 1,000. */
  readonly endTimeoutMs?: number;
  /** Bytes per client not yet taken by the operating system, beyond which nothing new is written. Default 262,144. */
  readonly maxBacklogBytes?: number;
}

/**
 * A publish is stamped when it is encoded and written at the end of the turn, together with what else its client sends:
 * the write is three quarters of the price of a message (measured: 6 of 8 us on loopback). In a long turn everything is
 * written after this time, which bounds the gap between stamp and write.
 */
const FLUSH_AFTER_US = 1000;
/** Packets between two looks at the clock. */
const LOOK_EVERY = 128;
const MAX_INFLIGHT = 65_000;

/** Owns the clients, their connections and the one timer; `close()` leaves none of them. */
export class Swarm {
  private readonly clients = new Set<Member>();
  private readonly host: SwarmHost;
  private readonly counters: Counters = { connected: 0, reconnects: 0, refusedConnects: 0, bytesIn: 0, bytesOut: 0 };
  private dirty: Member[] = [];
  private spareDirty: Member[] = [];
  private flushScheduled = false;
  private dirtySinceUs = 0;
  private packets = 0;
  private doneClients: SimClientApi[] = [];
  private doneTokens: number[] = [];
  private connecting = 0;
  private readonly maxConnecting: number;
  private queue: Member[] = [];
  private queueHead = 0;
  private openLinks = 0;
  private whenNoLinks: (() => void) | undefined;
  private closing: Promise<void> | undefined;

  /** @throws CausewayError input.argument for a port or path that can't be connected to. */
  constructor(endpoint: Endpoint, events: SwarmEvents, options: SwarmOptions = {}) {
    checkEndpoint(endpoint);
    const clock = options.clock ?? nowUs;
    this.maxConnecting = options.maxConnecting ?? 200;
    this.host = {
      arena: new Arena(),
      wheel: new Wheel(clock),
      clock,
      random: options.random ?? random(1, 'swarm'),
      events,
      links: new LinkFactory(endpoint),
      counters: this.counters,
      backoff: options.reconnect ?? { minMs: 200, maxMs: 5000 },
      connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
      endTimeoutMs: options.endTimeoutMs ?? 1000,
      maxBacklogBytes: options.maxBacklogBytes ?? 256 * 1024,
      adopt: (client) => {
        if (this.closing !== undefined) throw new CausewayError('swarm.closed', { client: client.options.clientId });
        this.clients.add(client);
      },
      release: (client) => this.clients.delete(client),
      requestSlot: (client) => this.requestSlot(client),
      releaseSlot: () => this.releaseSlot(),
      markDirty: (client) => this.markDirty(client),
      countPacket: () => this.countPacket(),
      doneLater: (client, token) => this.doneLater(client, token),
      linkOpened: () => {
        this.openLinks += 1;
      },
      linkGone: () => {
        this.openLinks -= 1;
        if (this.openLinks === 0) this.whenNoLinks?.();
      },
    };
  }

  /**
   * A client that does nothing yet: call `connect()`. After `end()` it may connect again.
   * @throws CausewayError swarm.closed; input.argument for options that MQTT 3.1.1 has no room for.
   */
  add(options: SimClientOptions): SimClientApi {
    checkOptions(options);
    const client = new SimClient(options, this.host);
    this.host.adopt(client);
    return client;
  }

  /** Counts since the start; `clients` and `connected` are those of now. */
  stats(): SwarmStats {
    return { clients: this.clients.size, ...this.counters };
  }

  /** DISCONNECTs every client; resolves when all sockets are gone. What is not acknowledged by then never will be. Idempotent. */
  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async shutDown(): Promise<void> {
    this.flushDirty();
    await Promise.all([...this.clients].map((client) => client.end()));
    // Connections lost or destroyed a moment ago still have their close event to come.
    if (this.openLinks > 0) {
      await new Promise<void>((resolve) => {
        this.whenNoLinks = resolve;
      });
    }
    this.host.wheel.stop();
  }

  private requestSlot(client: Member): void {
    if (this.connecting < this.maxConnecting) this.openNow(client);
    else this.queue.push(client);
  }

  private releaseSlot(): void {
    this.connecting -= 1;
    while (this.connecting < this.maxConnecting && this.queueHead < this.queue.length) {
      const client = this.queue[this.queueHead]!;
      this.queueHead += 1;
      this.openNow(client);
    }
    if (this.queueHead === this.queue.length) {
      this.queue = [];
      this.queueHead = 0;
    }
  }

  private openNow(client: Member): void {
    this.connecting += 1;
    // It may have gone offline, or ended, while it stood in the queue.
    if (!client.open()) this.connecting -= 1;
  }

  private markDirty(client: Member): void {
    this.dirty.push(client);
    if (this.flushScheduled) return;
    this.flushScheduled = true;
    this.dirtySinceUs = this.host.clock();
    // Not setImmediate: that would let a whole round of reading pass between stamp and write.
    process.nextTick(flushLater, this);
  }

  private countPacket(): void {
    this.packets += 1;
    if (this.packets < LOOK_EVERY) return;
    this.packets = 0;
    if (this.host.clock() - this.dirtySinceUs > FLUSH_AFTER_US) this.flushDirty();
  }

  /** @internal */
  endTurn(): void {
    this.flushScheduled = false;
    this.flushDirty();
  }

  private flushDirty(): void {
    const { dirty } = this;
    if (dirty.length === 0) return;
    this.dirty = this.spareDirty;
    const at = this.host.clock();
    for (const client of dirty) client.flush(at);
    this.dirtySinceUs = this.host.clock();
    dirty.length = 0;
    this.spareDirty = dirty;
  }

  private doneLater(client: SimClientApi, token: number): void {
    if (this.host.events.onDone === undefined) return;
    // Not on nextTick: an owner who publishes on each onDone would keep the event loop from ever reading.
    if (this.doneClients.length === 0) setImmediate(() => this.reportDone());
    this.doneClients.push(client);
    this.doneTokens.push(token);
  }

  private reportDone(): void {
    const { doneClients, doneTokens } = this;
    this.doneClients = [];
    this.doneTokens = [];
    for (let i = 0; i < doneClients.length; i += 1) this.host.events.onDone?.(doneClients[i]!, doneTokens[i]!, 0);
  }
}

function flushLater(swarm: Swarm): void {
  swarm.endTurn();
}

function refuse(argument: string, value: string | number, reason: string, expected: string): never {
  throw new CausewayError('input.argument', { argument, value, reason, expected });
}

function checkEndpoint({ port, path }: Endpoint): void {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    refuse('port', port, 'it is no TCP port', 'an integer from 1 to 65535');
  if (path !== undefined && !/^\/[^\s#]*$/.test(path))
    refuse('path', path, 'it is no URL path', 'a path with a leading slash, e.g. /mqtt');
}

function checkOptions(options: SimClientOptions): void {
  const { clientId, keepAliveS, maxInflight, maxQueued, username, password, will } = options;
  checkText('clientId', clientId);
  checkText('username', username ?? '');
  checkText('password', password ?? '');
  checkText('will topic', will?.topic ?? '');
  if (clientId === '' && !options.cleanSession) {
    refuse('clientId', '""', 'it is empty with cleanSession false [MQTT-3.1.3-7]', 'an identifier, or a clean session');
  }
  if (password !== undefined && username === undefined) {
    refuse('username', 'none', 'MQTT 3.1.1 allows no password without a user name [MQTT-3.1.2-22]', 'a user name');
  }
  if (will !== undefined && will.payload.length > 65_535) {
    refuse('will payload', `${will.payload.length} bytes`, 'it is too long', 'at most 65,535 bytes');
  }
  if (!Number.isInteger(keepAliveS) || keepAliveS < 0 || keepAliveS > 65_535) {
    refuse('keepAliveS', keepAliveS, 'it is not a whole number of seconds in range', '0 (off) to 65535');
  }
  if (maxInflight !== undefined && (!Number.isInteger(maxInflight) || maxInflight < 1 || maxInflight > MAX_INFLIGHT)) {
    refuse('maxInflight', maxInflight, 'it is out of range', `an integer from 1 to ${MAX_INFLIGHT}`);
  }
  if (maxQueued !== undefined && (Number.isNaN(maxQueued) || maxQueued < 0)) {
    refuse('maxQueued', maxQueued, 'it is out of range', '0 or more');
  }
}
