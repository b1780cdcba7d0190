/** Every row of "MQTT or MQ?" on the embedded engine, with small sizes; an engine made slow, or lossy, shows; cancelling cleans up. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { churn } from '../../../core/choose/experiments/churn.ts';
import type { Experiment } from '../../../core/choose/experiments/types.ts';
import { type ChooseRunOptions, runChoose } from '../../../core/choose/runChoose.ts';
import type { Sizes } from '../../../core/choose/sizes.ts';
import { ChooseStore } from '../../../core/choose/store.ts';
import { type KeptRow, rowOf } from '../../../core/choose/table.ts';
import type { MqEngine } from '../../../core/mq/engine.ts';
import { CHOOSE_ROWS, type ChooseFigure, type ChooseRowId } from '../../../core/protocol/choose.ts';
import { expectMeasured } from './required.ts';

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
    expectMeasured(row);
    for (const name of ['missing', 'lost', 'at the wrong device', 'not connected'])
      expect([row.id, value(row, 'mqtt', name) ?? 0, value(row, 'mq', name) ?? 0]).toEqual([row.id, 0, 0]);
    expect(rowOf(row.id, row).recommended).not.toBeNull();
  }
  const consumption = rows.find(({ id }) => id === 'consumption')!;
  expect(rowOf('consumption', consumption)).toMatchObject({ mqtt: { holds: true }, mq: { holds: true }, recommended: 'both' });
  // A recorder with a session gets what was commanded while it was away; one that comes later gets nothing over MQTT.
  const control = rows.find(({ id }) => id === 'control')!;
  const known = (side: 'mqtt' | 'mq') =>
    ['was away', 'comes later'].map((who) => value(control, side, `commands known to a service that ${who}`));
  expect([known('mqtt'), known('mq')]).toEqual([
    [20, 0],
    [20, 20],
  ]);
  expect(rowOf('control', control).recommended).toBe('mq');
  const credentials = rows.find(({ id }) => id === 'credentials')!;
  expect(rowOf('credentials', credentials)).toMatchObject({ mqtt: { holds: true }, mq: { holds: true }, recommended: 'both' });
}, 240_000);

/** What an engine is made to do besides its work. */
interface Harm {
  /** Every send, and every consumer that joins, takes longer by so much. */
  readonly waitMs?: number;
  /** One message in so many is acknowledged and never handed over. */
  readonly loseOneIn?: number;
}
const harmed =
  ({ waitMs = 0, loseOneIn }: Harm) =>
  (engine: MqEngine): MqEngine => {
    const wait = () => new Promise((resolve) => setTimeout(resolve, waitMs));
    let received = 0;
    return {
      name: engine.name,
      capabilities: engine.capabilities,
      createTopic: (spec) => engine.createTopic(spec),
      topics: () => engine.topics(),
      partitionsOf: (topic) => engine.partitionsOf(topic),
      consume: async (spec, handler) => {
        await wait();
        return engine.consume(spec, async (delivery) => {
          received += 1;
          if (loseOneIn === undefined || received % loseOneIn !== 0) await handler(delivery);
        });
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

const of = (measured: readonly KeptRow[], id: ChooseRowId): KeptRow => measured.find((row) => row.id === id)!;
const verdict = (measured: readonly KeptRow[], id: ChooseRowId) => rowOf(id, of(measured, id));

/** `churn` as it is, but for MQTT clients that take 300 ms to be back: more than members of a quick engine, less than of a slow one. */
const slowMqttChurn: Experiment = async (scope) => {
  const measured = await churn(scope);
  const slowed = (one: ChooseFigure): ChooseFigure => (one.name === 'time to recover' ? { ...one, value: 300 } : one);
  return { ...measured, mqtt: measured.mqtt.map(slowed) };
};

test('a slow engine has worse figures, and other verdicts where time decides; where counts decide, the same ones', async () => {
  const rows = ['volume', 'consumption', 'churn', 'command-one', 'fan-out', 'processing'] as const;
  const experiments = { churn: slowMqttChurn };
  const usual = await measure({ rows, experiments });
  const slowed = await measure({ rows, experiments, wrapEngine: harmed({ waitMs: 1000 }) });
  for (const [id, name] of [
    ['volume', 'latency at intervals'],
    ['churn', 'time to recover'],
    ['command-one', 'latency p50'],
    ['fan-out', 'time to 100 %'],
    ['processing', 'latency p50'],
  ] as const) {
    const [before, after] = [usual, slowed].map((measured) => value(of(measured, id), 'mq', name)!);
    expect([id, after! >= 1000, after! > before!]).toEqual([id, true, true]);
  }
  for (const id of ['volume', 'churn', 'command-one', 'fan-out'] as const) {
    expect([id, verdict(slowed, id).recommended]).toEqual([id, 'mqtt']);
  }
  // Some milliseconds, or more than a second, against 300 ms.
  expect([verdict(usual, 'churn').recommended, verdict(slowed, 'churn').recommended]).toEqual(['mq', 'mqtt']);
  expect([verdict(usual, 'churn').mq.holds, verdict(slowed, 'churn').mq.holds]).toEqual([false, true]);
  for (const id of ['consumption', 'processing'] as const)
    expect([id, verdict(slowed, id).recommended]).toEqual([id, verdict(usual, id).recommended]);
  expect(verdict(slowed, 'processing').recommended).toBe('mq');
}, 240_000);

test('an engine that loses messages is found out, and not recommended for what it was recommended before', async () => {
  const rows = ['consumption', 'sequence', 'processing', 'chat-analysis'] as const;
  const usual = await measure({ rows });
  const lossy = await measure({ rows, wrapEngine: harmed({ loseOneIn: 7 }) });
  expect(rows.map((id) => verdict(usual, id).recommended)).toEqual(['both', 'mq', 'mq', 'mq']);
  // Order is looked at behind the bridge too, where the engine loses what came from devices: neither side did it all.
  expect(rows.map((id) => verdict(lossy, id).recommended)).toEqual(['mqtt', null, 'mqtt', 'mqtt']);
  expect(verdict(lossy, 'consumption').mq.holds).toBe(false);
  expect(verdict(lossy, 'sequence').mq.holds).toBe(false);
  expect(verdict(lossy, 'processing').reason).toContain('missing');
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
