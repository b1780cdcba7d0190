/** "MQTT or MQ?" as the window asks for it: one measurement at a time and no run beside it, cancelled at once, told when something is wrong. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ChooseTable } from '../../../core/protocol/choose.ts';
import { type TestLab, type TestWindow, testLab } from '../../helpers/labHost.ts';
import { waitFor } from '../../helpers/waitFor.ts';

const engine = 'embedded';
let lab: TestLab;
let window: TestWindow;
beforeEach(async () => {
  lab = await testLab();
  window = lab.window();
});
afterEach(() => lab.close());

const over = (): Promise<unknown> => waitFor('the end', () => window.pushed('choose').at(-1)?.running === null, 60_000);
const isMeasured = ({ rows }: ChooseTable, id: string): boolean => rows.find((row) => row.id === id)?.measured !== null;

it('measures what was asked for, nothing beside it, and keeps it', async () => {
  await window.call('choose.run', { engine, rows: ['deployment', 'connections'] });
  expect(await window.refusal('choose.run', { engine })).toBe('choose.busy');
  expect(await window.refusal('runs.start', { scenario: { text: 'causeway: 1', name: 'x' } })).toBe('choose.busy');
  await waitFor('the second row', () => window.pushed('choose').some(({ row }) => row?.id === 'connections'), 60_000);
  await over();
  const table = await window.call('choose.table', { engine });
  expect([isMeasured(table, 'deployment'), isMeasured(table, 'connections'), isMeasured(table, 'chat')]).toEqual([
    true,
    true,
    false,
  ]);
  expect(table.running).toBeNull();
  expect(isMeasured(await window.call('choose.table', { engine: 'kafka' }), 'deployment')).toBe(false);
}, 120_000);

it('ends when cancelled, and can be asked again', async () => {
  await window.call('choose.run', { engine });
  await waitFor('a row', () => window.pushed('choose').some(({ running }) => running !== null), 60_000);
  await window.call('choose.cancel', {});
  expect(window.pushed('choose').at(-1)).toMatchObject({ running: null, error: null });
  expect(isMeasured(await window.call('choose.table', { engine }), 'chat-analysis')).toBe(false);
  expect(await window.refusal('choose.run', { engine, rows: ['deployment'] })).toBeUndefined();
  await over();
}, 120_000);

it('tells that the store is damaged, counts it as empty, and is whole again after the next measurement', async () => {
  await writeFile(join(lab.folder, 'choose.json'), '{"causewayChoose": 7');
  const table = await window.call('choose.table', { engine });
  expect(table.problem).toContain('choose.json');
  expect(table.rows.every(({ measured }) => measured === null)).toBe(true);
  await window.call('choose.run', { engine, rows: ['deployment'] });
  await waitFor('the row', () => window.pushed('choose').some(({ row }) => row?.id === 'deployment'), 60_000);
  await over();
  const after = await window.call('choose.table', { engine });
  expect([after.problem, isMeasured(after, 'deployment')]).toEqual([null, true]);
}, 120_000);

it('says why nothing can be measured when the engine is not there', async () => {
  await window.call('settings.set', { engines: { rabbitmq: { address: '127.0.0.1:1' } } });
  await window.call('choose.run', { engine: 'rabbitmq', rows: ['deployment'] });
  await waitFor('the reason', () => window.pushed('choose').some(({ error }) => error !== null), 60_000);
  expect(window.pushed('choose').at(-1)).toMatchObject({ running: null, row: null });
}, 120_000);
