/** Who comes and goes: records of connect, disconnect and tcpclean, one channel ID for each connection. */
import { randomBytes } from 'node:crypto';
import { wallClockMs } from '../credentials/types.ts';
import type { Connection } from './connection.ts';

export interface PresenceRecord {
  readonly clientId: string;
  /** Wall-clock milliseconds. */
  readonly time: number;
  /** disconnect: the client said goodbye. tcpclean: its connection is gone, for whatever reason; comes after every connect. */
  readonly eventType: 'connect' | 'disconnect' | 'tcpclean';
  readonly channelId: string;
  readonly clientIp: string;
}

export class Presence {
  readonly #tell: (record: PresenceRecord) => void;
  readonly #now: () => number;
  /** Numbers start anew with each gateway: without it a restarted one would use the channel IDs of its predecessor. */
  readonly #prefix = randomBytes(6).toString('hex');
  readonly #addresses = new Map<Connection, string>();
  #channels = 0;

  constructor(tell: (record: PresenceRecord) => void, now: () => number = wallClockMs) {
    this.#tell = tell;
    this.#now = now;
  }

  connected(connection: Connection): void {
    this.#channels += 1;
    connection.channel = this.#channels;
    // Kept: a socket that is gone does not know it any more.
    this.#addresses.set(connection, connection.socket.remoteAddress ?? '');
    this.#record(connection, 'connect');
  }

  disconnected(connection: Connection): void {
    this.#record(connection, 'disconnect');
  }

  closed(connection: Connection): void {
    this.#record(connection, 'tcpclean');
    this.#addresses.delete(connection);
  }

  #record(connection: Connection, eventType: PresenceRecord['eventType']): void {
    this.#tell({
      clientId: connection.clientId,
      time: Math.floor(this.#now()),
      eventType,
      channelId: `${this.#prefix}-${connection.channel}`,
      clientIp: this.#addresses.get(connection) ?? '',
    });
  }
}
