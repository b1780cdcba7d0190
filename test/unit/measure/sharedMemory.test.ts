import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { transformWithOxc } from 'vite';
import { describe, expect, it } from 'vitest';
import { defineCounters } from '../../../core/measure/sharedCounters.ts';
import { TRACE_POINTS, TraceTable } from '../../../core/measure/traceTable.ts';

describe('counters', () => {
  const layout = defineCounters(['offered', 'sent', 'pending']);

  it('are summed over threads by name', () => {
    const [a, b] = [layout.open(layout.allocate()), layout.open(layout.allocate())];
    a.add(layout.at.offered);
    a.add(layout.at.sent, 5);
    b.add(layout.at.sent, 2);
    b.set(layout.at.pending, 7);
    expect(layout.sum([a, b])).toEqual({ offered: 1, sent: 7, pending: 7 });
    const row = new Float64Array(3);
    layout.sumInto([a, b], row);
    expect([...row]).toEqual([1, 7, 7]);
  });

  it('count on where an earlier attachment left off', () => {
    const buffer = layout.allocate();
    layout.open(buffer).add(layout.at.sent, 2 ** 40);
    layout.open(buffer).add(layout.at.sent);
    expect(layout.open(buffer).get(layout.at.sent)).toBe(2 ** 40 + 1);
  });
});

describe('TraceTable', () => {
  it('shares its budget among streams, in powers of two from 8 to 65,536', () => {
    expect(TraceTable.create(1000, 2 ** 16).slots).toBe(64);
    expect(TraceTable.create(100_000, 2 ** 16).slots).toBe(8);
    expect(TraceTable.create(1).slots).toBe(65_536);
  });

  it('remembers each point of each message until its slot is needed', () => {
    const table = TraceTable.create(3, 24);
    table.mark(2, 1, TRACE_POINTS.arrived, 10.5);
    table.mark(2, 1, TRACE_POINTS.stored, 11);
    table.mark(1, 1, TRACE_POINTS.arrived, 99);
    expect(table.read(2, 1, TRACE_POINTS.arrived)).toBe(10.5);
    expect(table.read(2, 1, TRACE_POINTS.stored)).toBe(11);
    expect(table.read(2, 1, TRACE_POINTS.taken)).toBeUndefined();
    expect(table.read(2, 9, TRACE_POINTS.arrived)).toBeUndefined();
    table.mark(2, 9, TRACE_POINTS.arrived, 20);
    expect(table.read(2, 9, TRACE_POINTS.arrived)).toBe(20);
    expect(table.read(2, 1, TRACE_POINTS.arrived)).toBeUndefined();
    expect(table.read(2, 1, TRACE_POINTS.stored)).toBe(11);
    expect(table.read(1, 1, TRACE_POINTS.arrived)).toBe(99);
  });

  it('keeps the first time of a message that passes twice', () => {
    const table = TraceTable.create(2, 16);
    table.mark(1, 5, TRACE_POINTS.arrived, 100);
    table.mark(1, 5, TRACE_POINTS.arrived, 900);
    expect(table.read(1, 5, TRACE_POINTS.arrived)).toBe(100);
  });

  it('ignores streams it does not have', () => {
    const table = TraceTable.create(2, 16);
    table.mark(2, 1, TRACE_POINTS.taken, 1);
    expect(table.read(2, 1, TRACE_POINTS.taken)).toBeUndefined();
  });

  it('never gives the time of another message while a thread overwrites the slots', async () => {
    const table = TraceTable.create(1, 8);
    // A writer that laps the ring as fast as it can; each time tells the sequence it belongs to.
    // Threads of Node 20 run JavaScript only, so it is given the table's source without its types.
    const path = new URL('../../../core/measure/traceTable.ts', import.meta.url);
    const { code } = await transformWithOxc(await readFile(path, 'utf8'), 'traceTable.ts');
    const worker = new Worker(
      `const { workerData } = require('node:worker_threads');
       import(workerData.module).then(({ TraceTable }) => {
         const table = new TraceTable(workerData.memory);
         for (let seq = 1; seq <= 3_000_000; seq += 1) table.mark(0, seq, 0, seq * 10);
       });`,
      {
        eval: true,
        workerData: { memory: table.memory, module: `data:text/javascript,${encodeURIComponent(code)}` },
      },
    );
    let ended = false;
    const done = new Promise<void>((resolve, reject) => {
      worker.once('exit', () => resolve());
      worker.once('error', reject);
    }).finally(() => {
      ended = true;
    });
    let guess = 1;
    while (!ended) {
      for (let i = 0; i < 20_000; i += 1) {
        const us = table.read(0, guess, 0);
        if (us === undefined) {
          guess = guess >= 3_000_000 ? 1 : guess + 1;
          continue;
        }
        if (us !== guess * 10) throw new Error(`sequence ${guess} was given the time of ${us / 10}`);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await done;
    for (let seq = 2_999_993; seq <= 3_000_000; seq += 1) expect(table.read(0, seq, 0)).toBe(seq * 10);
  });
});
