/** Every row of "MQTT or MQ?" on the embedded engine, with small sizes; an engine made slow shows; cancelling cleans up. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChooseRunOptions, runChoose } from '../../../core/choose/runChoose.ts';
import type { Sizes } from '../../../core/choose/sizes.ts';
import { ChooseStore } from '../../../core/choose/store.ts';
import { type KeptRow, rowOf } from '../../../core/choose/table.ts';
import type { MqEngine } from '../../../core/mq/engine.ts';
import { CHOOSE_ROWS } from '../../../core/protocol/choose.ts';

const SMALL: Sizes = { mqttClients: 20, mqClients: 5, crowd: 5, messages: 50, rounds: 1, budgetMs: 60_000 };

async function measure(options: Partial<ChooseRunOptions>): Promise<KeptRow[]> {
  const rows: KeptRow[] = [];
  await runChoose({
    sizes: SMALL,
    signal: new AbortController().signal,
    onMeasured: (row) => {
      rows.push(row);
    },
    onFailed: (id, error) => {
      throw new Error(`${id} failed`, { cause: error });
    },
    ...options,
  });
  return rows;
}

const value = (row: KeptRow, side: 'mqtt' | 'mq', name: string) => row[side].find((one) => one.name === name)?.value;

test('every row is measured, on both sides', async () => {
  const rows = await measure({});
  expect(rows.map(({ id }) => id)).toEqual([...CHOOSE_ROWS]);
  for (const row of rows) {
    expect([row.id, row.mqtt.some((one) => one.value !== null), row.mq.some((one) => one.value !== null)]).toEqual([
      row.id,
      true,
      true,
    ]);
    for (const name of ['missing', 'lost', 'at the wrong device'])
      expect([row.id, value(row, 'mqtt', name) ?? 0, value(row, 'mq', name) ?? 0]).toEqual([row.id, 0, 0]);
    expect(rowOf(row.id, row).recommended).not.toBeNull();
  }
  const consumption = rows.find(({ id }) => id === 'consumption')!;
  expect(value(consumption, 'mqtt', 'broadcasting: copies per message')).toBe(3);
  expect(value(consumption, 'mq', 'clustering: copies per message')).toBe(1);
}, 240_000);

/** Every send, and every consumer that joins, takes longer by so much. */
const slow =
  (ms: number) =>
  (engine: MqEngine): MqEngine => {
    const wait = () => new Promise((resolve) => setTimeout(resolve, ms));
    return {
      name: engine.name,
      capabilities: engine.capabilities,
      createTopic: (spec) => engine.createTopic(spec),
      topics: () => engine.topics(),
      consume: async (spec, handler) => {
        await wait();
        return engine.consume(spec, handler);
      },
      close: () => engine.close(),
      producer: async () => {
        const producer = await engine.producer();
        return {
          send: async (message) => {
            await wait();
            return producer.send(message);
          },
          flush: () => producer.flush(),
          close: () => producer.close(),
        };
      },
    };
  };

test('a slow engine has worse figures, and other verdicts where time decides; where counts decide, the same ones', async () => {
  const rows = ['volume', 'consumption', 'churn', 'fan-out', 'processing'] as const;
  const usual = await measure({ rows });
  const slowed = await measure({ rows, wrapEngine: slow(1000) });
  const of = (measured: readonly KeptRow[], id: (typeof rows)[number]): KeptRow => measured.find((row) => row.id === id)!;
  const verdict = (measured: readonly KeptRow[], id: (typeof rows)[number]) => rowOf(id, of(measured, id)).recommended;
  for (const [id, name] of [
    ['volume', 'latency at intervals'],
    ['churn', 'time to recover'],
    ['fan-out', 'time to 100 %'],
    ['processing', 'latency p50'],
  ] as const) {
    const [before, after] = [usual, slowed].map((measured) => value(of(measured, id), 'mq', name)!);
    expect([id, after! >= 1000, after! > before!]).toEqual([id, true, true]);
  }
  for (const id of ['volume', 'churn', 'fan-out'] as const) {
    expect([id, verdict(slowed, id)]).toEqual([id, 'mqtt']);
  }
  expect(rowOf('churn', of(slowed, 'churn')).mq.holds).toBe(true);
  for (const id of ['consumption', 'processing'] as const) expect([id, verdict(slowed, id)]).toEqual([id, verdict(usual, id)]);
  expect(verdict(slowed, 'processing')).toBe('mq');
}, 240_000);

test('cancelling ends it, and nothing more is measured', async () => {
  const abort = new AbortController();
  const rows: string[] = [];
  const run = measure({
    rows: ['deployment', 'consumption', 'chat'],
    signal: abort.signal,
    onProgress: ({ id }) => {
      if (id === 'consumption') abort.abort();
    },
    onMeasured: ({ id }) => {
      rows.push(id);
    },
  });
  await expect(run).rejects.toMatchObject({ code: 'choose.cancelled' });
  expect(rows).toEqual(['deployment']);
}, 60_000);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-choose-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const KEPT: KeptRow = {
  id: 'chat',
  mqtt: [{ name: 'x', value: 1, unit: 'ms' }],
  mq: [],
  method: 'm',
  at: '2026-01-01T00:00:00.000Z',
  engine: 'e',
  seconds: 1,
  machine: 'm',
  overloaded: false,
};

test('what is kept is found again, by engine; a damaged file is told, kept aside and replaced', async () => {
  const file = join(folder, 'deep', 'choose.json');
  const store = new ChooseStore(file);
  expect((await store.rows('kafka')).rows.size).toBe(0);
  await Promise.all([store.keep('kafka', KEPT), store.keep('kafka', { ...KEPT, id: 'volume' }), store.keep('embedded', KEPT)]);
  expect([...(await new ChooseStore(file).rows('kafka')).rows.keys()]).toEqual(['chat', 'volume']);
  expect((await store.rows('embedded')).rows.get('chat')).toEqual(KEPT);

  await writeFile(file, '{"causewayChoose":1,"engines":');
  const damaged = await store.rows('kafka');
  expect(damaged.problem?.code).toBe('choose.store');
  expect(damaged.rows.size).toBe(0);
  await store.keep('kafka', KEPT);
  expect((await store.rows('kafka')).problem).toBeUndefined();
  expect(await readFile(`${file}.damaged`, 'utf8')).toContain('causewayChoose');
});
