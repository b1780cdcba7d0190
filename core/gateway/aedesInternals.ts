/**
 * The one place that knows Aedes. Aedes 1.2.0 does CONNECT (protocol versions, authentication, takeover, connect
 * timeout), keepalive, the moment of the Will, and its share of closing. What it would do with the other packets is
 * replaced, because its way can't be corrected from its hooks: it acknowledges QoS 1 before the message is stored, may
 * reorder behind an asynchronous authorizePublish, delivers to wildcard subscriptions at the publisher's QoS, lets one
 * full socket hold up the others, redelivers without DUP, reports no session when a persistent one has no
 * subscriptions, closes a client that publishes to `$SYS/`, and takes invalid UTF-8. A step to Aedes 2 changes this file.
 */
import { isUtf8 } from 'node:buffer';
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { type Duplex, Readable } from 'node:stream';
import { Aedes, type Client } from 'aedes';
import type { Packet } from 'mqtt-packet';
import { Connection, PAUSE } from './connection.ts';
import { type Acknowledgement, PacketReader } from './packetReader.ts';
import { readShared } from './sharedRead.ts';
import type { QoS } from './types.ts';
import type { IncomingPublish } from './uplinkChain.ts';

/** Called by the host. After CONNACK: `packet` gets what is neither a PUBLISH nor an acknowledgement. */
export interface HostHooks {
  /** CONNACK return code: 0 accepts, 2 identifier rejected, 4 bad user name or password, 5 not authorised. */
  admit(connection: Connection, username: string | undefined, password: Buffer | undefined): 0 | 2 | 4 | 5;
  /** The ID for a client that gave none; undefined: none is given, `admit` judges the empty one. */
  assignId(cleanSession: boolean): string | undefined;
  /** For the CONNACK of a client with clean=0. */
  sessionPresent(clientId: string): boolean;
  /** The client is registered and an older connection of the same ID is closed; CONNACK is not yet sent. */
  opened(connection: Connection): void;
  /** CONNACK is sent. */
  ready(connection: Connection): void;
  publish(connection: Connection, packet: IncomingPublish): void;
  acknowledgement(connection: Connection, cmd: Acknowledgement, id: number): void;
  packet(connection: Connection, packet: Packet): void;
  will(connection: Connection, packet: IncomingPublish): void;
  /** After the Will. Only for connections that were opened. */
  closed(connection: Connection): void;
  bytesRead(count: number): void;
}

/** A packet that announces more than this is not collected: its client is closed. Refused payloads below it are counted. */
const MAX_PACKET_BYTES = 4 << 20;
const CONNECT_TIMEOUT_MS = 10_000;

interface InsideParser extends EventEmitter {
  client: InsideClient;
  /** Reads a string at `_pos` of `_list`; null: packet too short. */
  _parseString(): string | null;
  _parseNum(): number;
  _emitError(error: Error): void;
  _list: { readonly length: number; slice(start: number, end: number): Buffer };
  _pos: number;
  packet: { readonly length: number };
  parse(chunk: Buffer): number;
  /** 0 between packets. */
  _stateCounter: number;
  error: Error | null;
}

interface InsideClient extends Client {
  _parser: InsideParser;
  _nextBatch: (error?: Error) => void;
  _eos: () => void;
  deliver0: unknown;
  deliverQoS: unknown;
  _keepaliveTimer: NodeJS.Timeout | null;
  _keepaliveInterval: number;
  _parsingBatch: number;
  _disconnected: boolean;
  connection: Connection;
  host: AedesHost;
  phase: 'new' | 'connecting' | 'open';
  /** Packets that came behind CONNECT in the same chunk, before CONNACK was sent. */
  early: Packet[] | undefined;
  /** Made with the first PUBLISH: many clients only listen. */
  reader: PacketReader | undefined;
}

type StreamOfClient = Duplex & { readonly client: InsideClient };

const inside = (client: unknown): InsideClient => client as InsideClient;

/** Every text of every packet passes here: invalid UTF-8 and U+0000 close the connection [MQTT-1.5.3-1, 1.5.3-2]. */
function strictString(this: InsideParser): string | null {
  const length = this._parseNum();
  const end = length + this._pos;
  if (length === -1 || end > this._list.length || end > this.packet.length) return null;
  const bytes = this._list.slice(this._pos, end);
  this._pos = end;
  if (!isUtf8(bytes) || bytes.includes(0)) {
    this._emitError(new Error('invalid UTF-8'));
    return '';
  }
  return bytes.toString('utf8');
}

// Listeners shared by all connections, which find their client by `this`: a closure each would cost memory per client.
function onPacket(this: InsideParser, packet: Packet): void {
  this.client.host.packet(this.client, packet);
}

function onData(this: StreamOfClient, chunk: Buffer): void {
  this.client.host.data(this.client, chunk);
}

// The same for plain TCP sockets, see sharedRead.ts.
function onChunk(this: Socket, chunk: Buffer): void {
  onData.call(this as unknown as StreamOfClient, chunk);
}

function onClose(this: StreamOfClient): void {
  this.client.host.gone(this.client);
}

/** In place of Aedes' emitter: nothing passes through it, because fan-out is the gateway's own. */
class NoEmitter {
  readonly current = 0;
  on(_topic: string, _listener: unknown, done?: () => void): this {
    done?.();
    return this;
  }
  removeListener(_topic: string, _listener: unknown, done?: () => void): this {
    done?.();
    return this;
  }
  emit(_packet: unknown, done?: () => void): this {
    done?.();
    return this;
  }
  close(done: () => void): this {
    setImmediate(done);
    return this;
  }
}

/** One reserved name, so that a persistent session without subscriptions still counts as present. */
const PLACEHOLDER = [{ topic: '$session', qos: 0 }];

/** In place of Aedes' store: sessions, retained messages and queues are the gateway's own. */
const persistenceOf = (hooks: HostHooks): Record<string, unknown> => ({
  setup: async () => {},
  subscriptionsByClient: async (client: { readonly id: string }) => (hooks.sessionPresent(client.id) ? PLACEHOLDER : []),
  subscriptionsByTopic: async () => [],
  cleanSubscriptions: async () => {},
  cleanIncoming: async () => {},
  outgoingEnqueueCombi: async () => {},
  outgoingStream: () => Readable.from([]),
  storeRetained: async () => {},
  putWill: async () => {},
  delWill: async () => {},
  async *streamWill() {},
});

export class AedesHost {
  readonly #hooks: HostHooks;
  readonly #aedes: Aedes;
  readonly #connections = new Set<Connection>();
  #toAedes: typeof onPacket | undefined;

  constructor(hooks: HostHooks) {
    this.#hooks = hooks;
    this.#aedes = new Aedes({
      mq: new NoEmitter(),
      persistence: persistenceOf(hooks),
      connectTimeout: CONNECT_TIMEOUT_MS,
      maxClientsIdLength: 65_535,
      preConnect: (client, packet, done) => {
        const connection = inside(client).connection;
        const assigned = packet.clientId === '' ? hooks.assignId(packet.clean === true) : undefined;
        if (assigned !== undefined) packet.clientId = assigned;
        connection.clientId = packet.clientId;
        connection.cleanSession = packet.clean === true;
        done(null, true);
      },
      authenticate: (client, username, password, done) => {
        const connection = inside(client).connection;
        const returnCode = hooks.admit(connection, username, password);
        if (returnCode === 0) {
          // The older connection of this ID is about to be closed by Aedes, which gives no reason.
          const older = (this.#aedes as unknown as { readonly clients: Record<string, InsideClient | undefined> }).clients[
            client.id
          ];
          if (older !== undefined) older.connection.reason ??= 'taken over';
          done(null, true);
        } else {
          connection.reason = `refused with code ${returnCode}`;
          done(Object.assign(new Error(connection.reason), { returnCode }), false);
        }
      },
      // Only Wills get here. The gateway publishes them itself, so Aedes must not: hence the error.
      authorizePublish: (client, packet, done) => {
        const connection = client === null ? undefined : inside(client).connection;
        if (connection?.session !== undefined) {
          const { topic, retain } = packet;
          const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload ?? '');
          hooks.will(connection, { topic, payload, qos: packet.qos as QoS, retain: retain === true, dup: false, id: 0 });
        }
        done(new Error('published by the gateway'));
      },
      authorizeSubscribe: (_client, subscription, done) => done(null, subscription),
    });
    this.#aedes.on('client', (client) => hooks.opened(inside(client).connection));
    this.#aedes.on('connackSent', (packet, client) => {
      if (packet.returnCode === 0) this.#ready(inside(client));
    });
    this.#aedes.on('clientDisconnect', (client) => this.#closed(inside(client).connection));
    this.#aedes.on('keepaliveTimeout', (client) => {
      inside(client).connection.reason ??= 'keepalive timeout';
    });
    this.#aedes.on('clientError', (client, error) => {
      inside(client).connection.reason ??= error.message;
    });
  }

  async start(): Promise<void> {
    await this.#aedes.listen();
  }

  /** Takes a new network connection. */
  accept(stream: Duplex, socket: Socket): void {
    const client = inside(this.#aedes.handle(stream));
    const connection = new Connection(stream, socket);
    client.connection = connection;
    client.phase = 'new';
    client.early = undefined;
    client.reader = undefined;
    client.host = this;
    this.#connections.add(connection);
    const parser = client._parser;
    parser._parseString = strictString;
    // One function for all clients, which Aedes does not export.
    this.#toAedes = parser.listeners('packet')[0] as typeof onPacket;
    parser.removeAllListeners('packet');
    parser.on('packet', onPacket);
    // Aedes reads on whenever its own count of packets under way falls to zero, which it does too early.
    stream.removeListener('readable', client._nextBatch);
    if (!readShared(stream, onChunk)) stream.on('data', onData);
    stream.on('close', onClose);
    stream.resume();
  }

  /** DISCONNECT: no Will [MQTT-3.14.4-3]. */
  disconnected(connection: Connection): void {
    const client = (connection.stream as StreamOfClient).client;
    client._disconnected = true;
    connection.destroy('disconnect');
  }

  /** Ends every connection. Idempotent. */
  async close(): Promise<void> {
    for (const connection of this.#connections) connection.reason ??= 'gateway closed';
    await new Promise<void>((resolve) => this.#aedes.close(resolve));
    for (const connection of this.#connections) connection.destroy('gateway closed');
  }

  /** Only for this file's listeners, like the next two. */
  data(client: InsideClient, chunk: Buffer): void {
    if (client.closed || client.connection.ending) return;
    this.#hooks.bytesRead(chunk.length);
    if (client._keepaliveTimer !== null && client._keepaliveInterval > 0) client._keepaliveTimer.refresh();
    const parser = client._parser;
    let rest: Buffer | undefined = chunk;
    if (client.phase === 'open') {
      // A packet cut by the end of the last chunk is completed by the general parser, with just the bytes it lacks:
      // under load every chunk ends within a packet.
      while (parser._stateCounter !== 0 && rest.length > 0 && !parser.error) {
        const lacking: number = parser.packet.length === -1 ? 1 : Math.max(1, parser.packet.length - parser._list.length);
        parser.parse(rest.subarray(0, lacking));
        rest = rest.subarray(lacking);
      }
      if (rest.length > 0 && parser._stateCounter === 0 && !client.closed) {
        client.reader ??= new PacketReader();
        rest = client.reader.read(rest, client.connection, this.#hooks);
      }
    }
    if (rest !== undefined && rest.length > 0 && !client.closed) parser.parse(rest);
    if (parser.packet.length > MAX_PACKET_BYTES) client.connection.destroy('packet too large');
  }

  gone(client: InsideClient): void {
    this.#connections.delete(client.connection);
    client.close();
    this.#closed(client.connection);
  }

  packet(client: InsideClient, packet: Packet): void {
    if (client.phase === 'open') this.#dispatch(client, packet);
    else if (client.phase === 'new') {
      client.phase = 'connecting';
      // Aedes handles a packet at once only while it counts no other under way.
      client._parsingBatch = 0;
      this.#toAedes?.call(client._parser, packet);
    } else {
      client.early ??= [];
      client.early.push(packet);
      client.connection.pause(PAUSE.connecting);
    }
  }

  #dispatch(client: InsideClient, packet: Packet): void {
    if (client.closed) return;
    const { connection } = client;
    // [MQTT-2.3.1-1]; the parser lets it pass.
    if (packet.messageId === 0) connection.destroy('packet identifier 0');
    else if (packet.cmd === 'publish') {
      const { topic, qos, retain, dup } = packet;
      const payload = packet.payload as Buffer;
      this.#hooks.publish(connection, { topic, payload, qos, retain, dup, id: packet.messageId ?? 0 });
    } else if (packet.cmd === 'puback' || packet.cmd === 'pubrec' || packet.cmd === 'pubrel' || packet.cmd === 'pubcomp') {
      this.#hooks.acknowledgement(connection, packet.cmd, packet.messageId ?? 0);
    } else this.#hooks.packet(connection, packet);
  }

  #ready(client: InsideClient): void {
    if (client.closed) return;
    client.phase = 'open';
    client.connection.ready = true;
    // Watching the stream's end takes ten listeners, and `gone` does the same: 2 kB less for each idle client, measured.
    client._eos();
    client._eos = () => {};
    client.deliver0 = undefined;
    client.deliverQoS = undefined;
    this.#hooks.ready(client.connection);
    const early = client.early;
    client.early = undefined;
    if (early !== undefined) for (const packet of early) this.#dispatch(client, packet);
    client.connection.resume(PAUSE.connecting);
  }

  #closed(connection: Connection): void {
    if (connection.closed) return;
    connection.closed = true;
    if (connection.session !== undefined) this.#hooks.closed(connection);
  }
}
