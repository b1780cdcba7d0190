/**
 * Reads whole PUBLISH packets and acknowledgements straight from a network chunk. The general parser builds an object
 * and walks a buffer list for every packet; nearly all packets of a loaded gateway are of these kinds and lie whole in
 * one chunk.
 */
import { isUtf8 } from 'node:buffer';
import type { Connection } from './connection.ts';
import type { QoS } from './types.ts';
import type { IncomingPublish } from './uplinkChain.ts';

export interface PacketSink {
  publish(connection: Connection, packet: IncomingPublish): void;
  acknowledgement(connection: Connection, cmd: Acknowledgement, id: number): void;
}

export type Acknowledgement = 'puback' | 'pubrec' | 'pubrel' | 'pubcomp';

/** By first byte; PUBREL has its reserved flags [MQTT-3.6.1-1]. */
const ACKNOWLEDGEMENTS: Readonly<Record<number, Acknowledgement>> = { 64: 'puback', 80: 'pubrec', 98: 'pubrel', 112: 'pubcomp' };

const NOTHING = Buffer.alloc(0);

export class PacketReader {
  /** The last topic and its bytes: a device publishes to few topics, and comparing is cheaper than decoding and checking. */
  #topic = '';
  #topicBytes: Buffer = NOTHING;

  /**
   * Hands on every whole, well-formed packet of these kinds from the start of the chunk. Returns what is left for the general
   * parser (another packet, an incomplete or a malformed one), undefined: nothing is left.
   */
  read(chunk: Buffer, connection: Connection, sink: PacketSink): Buffer | undefined {
    let at = 0;
    const end = chunk.length;
    while (at < end && !connection.closed && !connection.stream.destroyed) {
      const header = chunk[at]!;
      const qos = (header >> 1) & 3;
      if (header >> 4 !== 3) {
        const cmd = ACKNOWLEDGEMENTS[header];
        if (cmd === undefined || at + 4 > end || chunk[at + 1] !== 2) break;
        const id = (chunk[at + 2]! << 8) | chunk[at + 3]!;
        if (id === 0) break;
        at += 4;
        sink.acknowledgement(connection, cmd, id);
        continue;
      }
      if (qos === 3) break;
      let length = 0;
      let shift = 0;
      let next = at + 1;
      let more = true;
      while (more && next < end && shift <= 21) {
        const digit = chunk[next]!;
        length |= (digit & 0x7f) << shift;
        shift += 7;
        next += 1;
        more = digit >= 0x80;
      }
      const stop = next + length;
      if (more || stop > end || length < 2) break;
      const topicEnd = next + 2 + ((chunk[next]! << 8) | chunk[next + 1]!);
      const bodyAt = qos === 0 ? topicEnd : topicEnd + 2;
      if (bodyAt > stop) break;
      const topic = this.#text(chunk, next + 2, topicEnd);
      if (topic === undefined) break;
      const id = qos === 0 ? 0 : (chunk[topicEnd]! << 8) | chunk[topicEnd + 1]!;
      // Identifier 0 is malformed [MQTT-2.3.1-1]; the general parser says so.
      if (qos !== 0 && id === 0) break;
      at = stop;
      sink.publish(connection, {
        topic,
        payload: chunk.subarray(bodyAt, stop),
        qos: qos as QoS,
        retain: (header & 1) !== 0,
        dup: (header & 8) !== 0,
        id,
      });
    }
    return at === end || connection.closed ? undefined : at === 0 ? chunk : chunk.subarray(at);
  }

  /** The topic, or undefined when it is not valid. */
  #text(chunk: Buffer, from: number, to: number): string | undefined {
    const last = this.#topicBytes;
    if (to - from === last.length && last.length > 0 && chunk.compare(last, 0, last.length, from, to) === 0) return this.#topic;
    const bytes = chunk.subarray(from, to);
    if (!isUtf8(bytes) || bytes.includes(0)) return undefined;
    this.#topic = bytes.toString('utf8');
    this.#topicBytes = Buffer.from(bytes);
    return this.#topic;
  }
}
