import fc from 'fast-check';
import { generate, type Packet } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { type FrameOwner, feed } from '../../../core/swarm/frames.ts';

class Recorder implements FrameOwner {
  partial: Buffer | undefined;
  partialBytes = 0;
  readonly packets: string[] = [];
  malformed: string | undefined;
  stopAfter = Number.POSITIVE_INFINITY;

  onFrame(first: number, bytes: Buffer, start: number, end: number): boolean {
    this.packets.push(`${first.toString(16)}:${bytes.toString('hex', start, end)}`);
    return this.packets.length < this.stopAfter;
  }

  onMalformed(reason: string): void {
    this.malformed = reason;
  }
}

/** As one shared read buffer would do it: every chunk stands in the same memory, the former's bytes are gone. */
function read(owner: FrameOwner, bytes: Buffer, cuts: readonly number[]): void {
  const shared = Buffer.alloc(bytes.length + 10);
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    shared.fill(0xff);
    bytes.copy(shared, 0, from, to);
    feed(owner, shared, to - from);
    from = to;
  }
}

const packet: fc.Arbitrary<Packet> = fc.oneof(
  fc.record({
    cmd: fc.constant('publish' as const),
    topic: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }).filter((t) => !/[+#]/.test(t)),
    payload: fc.uint8Array({ maxLength: 400 }).map((b) => Buffer.from(b)),
    qos: fc.constantFrom(1 as const, 2 as const),
    messageId: fc.integer({ min: 1, max: 65_535 }),
    dup: fc.boolean(),
    retain: fc.boolean(),
  }),
  fc.record({
    cmd: fc.constantFrom('puback' as const, 'pubrec' as const, 'pubrel' as const),
    messageId: fc.integer({ min: 1, max: 65_535 }),
  }),
  fc.constant({ cmd: 'pingresp' as const }),
);

function bodies(packets: readonly Packet[]): string[] {
  return packets.map((p) => {
    const bytes = generate(p);
    const header = bytes.findIndex((byte, i) => i > 0 && byte < 128) + 1;
    return `${bytes[0]!.toString(16)}:${bytes.toString('hex', header)}`;
  });
}

describe('feed', () => {
  it('finds the same packets however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(packet, { minLength: 1, maxLength: 12 }), fc.array(fc.nat(), { maxLength: 60 }), (packets, seeds) => {
        const bytes = Buffer.concat(packets.map((p) => generate(p)));
        const cuts = seeds.map((seed) => seed % (bytes.length + 1)).sort((a, b) => a - b);
        const owner = new Recorder();
        read(owner, bytes, cuts);
        expect(owner.packets).toEqual(bodies(packets));
        expect(owner.partial).toBeUndefined();
      }),
    );
  });

  it('finds them byte by byte, and keeps nothing between packets', () => {
    const packets: Packet[] = [
      { cmd: 'pingresp' },
      { cmd: 'publish', topic: 'a/b', payload: Buffer.alloc(20_000, 7), qos: 0, dup: false, retain: false },
      { cmd: 'puback', messageId: 513 },
    ];
    const bytes = Buffer.concat(packets.map((p) => generate(p)));
    const owner = new Recorder();
    read(owner, bytes, [...bytes.keys()]);
    expect(owner.packets).toEqual(bodies(packets));
    expect(owner.partial).toBeUndefined();
  });

  it.each(['whole', 'byte by byte'])('reports a remaining length of five bytes, %s', (how) => {
    const bytes = Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0x01, 0x30, 0x00]);
    const owner = new Recorder();
    if (how === 'whole') feed(owner, bytes, bytes.length);
    else for (let i = 0; i < bytes.length && owner.malformed === undefined; i += 1) feed(owner, bytes.subarray(i, i + 1), 1);
    expect(owner.malformed).toContain('remaining length');
    expect(owner.packets).toEqual([]);
  });

  it('refuses a packet of 200 MB before it has arrived', () => {
    const owner = new Recorder();
    feed(owner, Buffer.from([0x30, 0x80, 0x80, 0x80, 0x60, 1, 2, 3]), 8);
    expect(owner.malformed).toContain('refused');
    expect(owner.partial).toBeUndefined();
  });

  it('stops when the owner says that the connection is gone', () => {
    const owner = new Recorder();
    owner.stopAfter = 2;
    const ping = generate({ cmd: 'pingresp' });
    feed(owner, Buffer.concat([ping, ping, ping]), 6);
    expect(owner.packets).toHaveLength(2);
  });
});
