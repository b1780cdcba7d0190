import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arena, Batch } from '../../../core/swarm/arena.ts';

class Sink {
  chunks: Buffer[] = [];
  corked = 0;
  write(chunk: Buffer): void {
    this.chunks.push(chunk);
  }
  cork(): void {
    this.corked += 1;
  }
  uncork(): void {
    this.corked -= 1;
  }
}

function put(arena: Arena, batch: Batch, bytes: Uint8Array): void {
  arena.reserve(bytes.length);
  arena.slab.set(bytes, arena.position);
  batch.commit(arena, arena.position + bytes.length);
}

describe('Batch', () => {
  it('gives each client exactly its own bytes, in order, however clients take turns', () => {
    const step = fc.record({
      client: fc.nat({ max: 3 }),
      kind: fc.constantFrom('put', 'put', 'put', 'append', 'flush'),
      bytes: fc.uint8Array({ maxLength: 200 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), fc.nat({ max: 300 }), (steps, room) => {
        const arena = new Arena();
        // Close to the end of the slab, so that it is changed in the middle.
        arena.position = arena.slab.length - room;
        const batches = [0, 1, 2, 3].map(() => new Batch());
        const sinks = [0, 1, 2, 3].map(() => new Sink());
        const expected: Uint8Array[][] = [[], [], [], []];
        for (const { client, kind, bytes } of steps) {
          const batch = batches[client]!;
          if (kind === 'flush') {
            batch.flush(sinks[client]!);
            expect(batch.bytes).toBe(0);
          } else {
            expected[client]!.push(bytes);
            if (kind === 'put') put(arena, batch, bytes);
            else batch.append(Buffer.from(bytes));
          }
        }
        for (const [i, batch] of batches.entries()) {
          batch.flush(sinks[i]!);
          expect(Buffer.concat(sinks[i]!.chunks).equals(Buffer.concat(expected[i]!))).toBe(true);
          expect(sinks[i]!.corked).toBe(0);
        }
      }),
    );
  });

  it('writes packets that follow each other as one chunk', () => {
    const arena = new Arena();
    const batch = new Batch();
    const sink = new Sink();
    for (let i = 0; i < 10; i += 1) put(arena, batch, Buffer.from([i]));
    batch.flush(sink);
    expect(sink.chunks).toEqual([Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])]);
  });

  it('takes a packet larger than a slab', () => {
    const arena = new Arena();
    const batch = new Batch();
    const sink = new Sink();
    put(arena, batch, Buffer.alloc(10, 1));
    put(arena, batch, Buffer.alloc(300_000, 2));
    put(arena, batch, Buffer.alloc(10, 3));
    batch.flush(sink);
    expect(
      Buffer.concat(sink.chunks).equals(Buffer.concat([Buffer.alloc(10, 1), Buffer.alloc(300_000, 2), Buffer.alloc(10, 3)])),
    ).toBe(true);
  });
});
