import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../../core/random.ts';
import { backoffMs } from '../../../core/swarm/backoff.ts';
import { Outbound, type Outgoing } from '../../../core/swarm/outbound.ts';

const EMPTY = Buffer.alloc(0);

describe('Outbound', () => {
  it('never gives out an identifier in use, over several laps and with publishes stuck', () => {
    const outbound = new Outbound();
    const onWire = new Map<number, Outgoing>();
    const r = random(7, 'ids');
    const subscribe = { id: outbound.allocateId([]) };
    for (let i = 0; i < 300_000; i += 1) {
      outbound.enqueue('t', EMPTY, 1, false, i);
      const outgoing = outbound.advance([subscribe])!;
      if (outgoing.id < 1 || outgoing.id > 65_535 || outgoing.id === subscribe.id || onWire.has(outgoing.id)) {
        expect.fail(`identifier ${outgoing.id} given out twice at publish ${i}`);
      }
      onWire.set(outgoing.id, outgoing);
      // Only the newest 20 are acknowledged, so that ever more old ones (30 in the end) are stuck.
      while (onWire.size > 20 + i / 10_000) {
        const keys = [...onWire.keys()];
        const id = keys[keys.length - 1 - r.int(Math.min(20, keys.length))]!;
        const victim = onWire.get(id)!;
        onWire.delete(id);
        outbound.remove(victim);
      }
    }
    expect(outbound.inflightCount).toBe(onWire.size);
    for (const [id, outgoing] of onWire) expect(outbound.find(id)).toBe(outgoing);
  });

  it('works with all but one identifier in use', () => {
    const outbound = new Outbound();
    const all: Outgoing[] = [];
    for (let i = 0; i < 65_534; i += 1) {
      outbound.enqueue('t', EMPTY, 1, false, i);
      all.push(outbound.advance(undefined)!);
    }
    const free = new Set(Array.from({ length: 65_535 }, (_, i) => i + 1));
    for (const { id } of all) free.delete(id);
    expect([...free]).toEqual([outbound.allocateId(undefined)]);
  });

  it('keeps the order asked for, whatever is acknowledged in between', () => {
    const step = fc.oneof(
      fc.constant('enqueue' as const),
      fc.constant('advance' as const),
      fc.constant('drop' as const),
      fc.nat({ max: 30 }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const outbound = new Outbound();
        let waiting: number[] = [];
        const wire: Outgoing[] = [];
        let token = 0;
        for (const what of steps) {
          if (what === 'enqueue') {
            token += 1;
            // Several publishes may share a token.
            const shared = token % 3 === 2 ? token - 2 : token;
            outbound.enqueue('t', EMPTY, 1, false, shared);
            waiting.push(shared);
          } else if (what === 'advance') {
            const outgoing = outbound.advance(undefined);
            expect(outgoing?.token).toBe(waiting[0]);
            waiting = waiting.slice(1);
            if (outgoing !== undefined) wire.push(outgoing);
          } else if (what === 'drop') {
            const count = wire.filter((o) => o.token % 3 === 0).length + waiting.filter((one) => one % 3 === 0).length;
            const tokens = [...new Set([...wire.map((o) => o.token), ...waiting])].filter((one) => one % 3 === 0);
            expect(tokens.reduce((sum, one) => sum + outbound.drop(one), 0)).toBe(count);
            for (const one of tokens) expect(outbound.drop(one)).toBe(0);
            waiting = waiting.filter((one) => one % 3 !== 0);
            for (let i = wire.length - 1; i >= 0; i -= 1) if (wire[i]!.token % 3 === 0) wire.splice(i, 1);
          } else if (what < wire.length) {
            outbound.remove(wire.splice(what, 1)[0]!);
          }
          const listed: number[] = [];
          for (let o = outbound.head; o !== undefined; o = o.next) listed.push(o.token);
          expect(listed).toEqual([...wire.map((o) => o.token), ...waiting]);
          expect([outbound.inflightCount, outbound.waitingCount]).toEqual([wire.length, waiting.length]);
        }
      }),
    );
  });
});

describe('backoffMs', () => {
  it('draws below a ceiling that doubles up to the greatest', () => {
    const draw = (attempt: number, share: number): number =>
      backoffMs({ minMs: 200, maxMs: 5000 }, attempt, { ...random(1), between: (min, max) => min + share * (max - min) });
    expect([0, 1, 2, 3, 4, 5, 6, 1000].map((attempt) => draw(attempt, 1))).toEqual([200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
    expect(draw(3, 0)).toBe(0);
  });
});
