// @vitest-environment happy-dom
import '../browser.ts';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import axe from 'axe-core';
import { describe, expect, it } from 'vitest';
import type { ChooseAdvice, ChoosePush, ChooseRow } from '../../../core/protocol/choose.ts';
import { windowCalls } from '../../../core/protocol/window.ts';
import { fakeAdvice, fakeChooseTable, fakeMeasuredRow } from '../../../renderer/client/fakeChoose.ts';
import { HOSTILE } from '../../../renderer/client/fakeData.ts';
import { createFakeLab } from '../../../renderer/client/fakeLab.ts';
import { PRESET_NAMES, PRESETS, RATE_STEPS, samePreset } from '../../../renderer/screens/choose/answers.ts';
import { architectureOf } from '../../../renderer/screens/choose/architecture.ts';
import { ChooseScreen } from '../../../renderer/screens/choose/ChooseScreen.tsx';
import { tableHtml } from '../../../renderer/screens/choose/exportTable.ts';
import { figureText, keyPairs, pairsOf } from '../../../renderer/screens/choose/figures.ts';
import { bufferOf } from '../../../renderer/screens/editor/scenarioBuffer.ts';
import { formatFor } from '../../../renderer/shared/format.ts';
import { en } from '../../../renderer/text/en.ts';
import { show } from '../show.tsx';

const words = en.choose;
const format = formatFor('en');
const push = (change: Partial<ChoosePush>): ChoosePush => ({
  push: 'choose',
  engine: 'embedded',
  running: null,
  text: '',
  step: 0,
  steps: 0,
  row: null,
  error: null,
  ...change,
});
const button = (name: string): HTMLButtonElement => screen.getByRole<HTMLButtonElement>('button', { name });
const bodyOf = (id: string): HTMLElement => document.getElementById(`choose-${id}`) as HTMLElement;

async function open({ rows = [], argument }: { readonly rows?: readonly ChooseRow[]; readonly argument?: string } = {}) {
  const lab = createFakeLab();
  lab.answer('choose.table', ((input: { readonly engine: string }) => {
    const table = fakeChooseTable(input.engine);
    return { ...table, rows: table.rows.map((row) => rows.find(({ id }) => id === row.id) ?? row) };
  }) as never);
  const shown = show(<ChooseScreen argument={argument} />, { link: lab.link });
  await screen.findByText(argument === 'advisor' ? words.advisor.drawing : words.tables.feature);
  return { lab, ...shown };
}

describe('figures side by side', () => {
  const row = fakeMeasuredRow('connections');
  it('pairs what both sides have in the same unit, and keeps what one side alone has', () => {
    const pairs = pairsOf(row);
    expect(pairs.find(({ name }) => name === 'latency p50')).toMatchObject({ better: 'mqtt', bars: { mqtt: 1 / 2.4, mq: 1 } });
    expect(pairs.find(({ name }) => name === 'clients')?.better).toBeNull();
    expect(pairs.find(({ name }) => name === 'memory per client')).toMatchObject({ mq: null, bars: null, better: null });
    expect(keyPairs(row, 2).map(({ name }) => name)).toEqual(['latency p50', 'latency p99']);
    expect(keyPairs(row).at(-1)?.name).toBe('memory per client');
  });
  it('marks a side as better only where the lab says that it is ahead', () => {
    const better = (left: number, right: number, overloaded = false) => {
      const side = (value: number) => ({ ...row.mqtt, figures: [{ name: 'a', value, unit: 'ms', better: 'lower' as const }] });
      return pairsOf({ mqtt: side(left), mq: side(right), measured: { ...row.measured!, overloaded } })[0]?.better;
    };
    expect([better(10, 14), better(10, 15), better(10, 15, true), better(10, 30, true), better(0.1, 0.9)]).toEqual([
      null,
      'mqtt',
      null,
      'mqtt',
      null,
    ]);
  });
  it('says of a bound which way it is one', () => {
    const figure = { name: 'x', value: 10, unit: 'KiB' };
    expect(figureText({ ...figure, bound: 'at most' }, words, format)).toBe('≤ 10 KiB');
    expect(figureText({ ...figure, bound: 'at least' }, words, format)).toBe('≥ 10 KiB');
  });
  it('does not compare figures of different units, nor what was not measured', () => {
    const other = pairsOf({
      mqtt: { ...row.mqtt, figures: [{ name: 'a', value: 1, unit: 'ms' }] },
      mq: { ...row.mq, figures: [{ name: 'a', value: 1, unit: 's' }] },
    });
    expect(other).toHaveLength(2);
    const missing = pairsOf({
      mqtt: { ...row.mqtt, figures: [{ name: 'a', value: null, unit: 'ms', better: 'lower' }] },
      mq: { ...row.mq, figures: [{ name: 'a', value: 1, unit: 'ms', better: 'lower' }] },
    });
    expect(missing[0]).toMatchObject({ bars: null, better: null });
  });
  it('says values with about as many digits as mean something', () => {
    const say = (value: number | null, unit = 'ms'): string => figureText({ name: 'x', value, unit }, words, format);
    expect([say(1.2744), say(23.46), say(12_345.6, 'clients'), say(0, 'messages'), say(null)]).toEqual([
      '1.27 ms',
      '23.5 ms',
      '12,346 clients',
      '0 messages',
      '–',
    ]);
    expect([say(1, 'yes/no'), say(0, 'yes/no')]).toEqual([words.yes, words.no]);
  });
});

describe('the tables', () => {
  it('offer the one thing to do where nothing is measured', async () => {
    const { lab } = await open();
    expect(screen.getByText(words.embedded)).toBeTruthy();
    fireEvent.click(button(words.everything('2')));
    await waitFor(() => expect(lab.inputs('choose.run')).toEqual([{ engine: 'embedded' }]));
  });
  it('measure one row, follow what the lab tells, and can be cancelled', async () => {
    const { lab } = await open({ rows: [fakeMeasuredRow('volume')] });
    fireEvent.click(button(words.runRow(words.run, 'Client connections')));
    await waitFor(() => expect(lab.inputs('choose.run')).toEqual([{ engine: 'embedded', rows: ['connections'] }]));
    lab.push(push({ running: 'connections', text: 'connecting', step: 1, steps: 4 }));
    await waitFor(() => expect(bodyOf('connections').dataset.running).toBe('true'));
    expect(screen.getByRole('status').textContent).toContain(words.stepOf('1', '4'));
    expect(button(words.runRow(words.run, 'Order')).disabled).toBe(true);
    fireEvent.click(button(words.cancel));
    await waitFor(() => expect(lab.inputs('choose.cancel')).toHaveLength(1));
    lab.push(push({ running: 'connections', step: 4, steps: 4, row: fakeMeasuredRow('connections') }));
    lab.push(push({}));
    await waitFor(() => expect(within(bodyOf('connections')).getAllByText(words.holds.yes)).toHaveLength(2));
    expect(button(words.runRow(words.run, 'Order')).disabled).toBe(false);
  });
  it('tell which of all rows is measured', async () => {
    const { lab } = await open({ rows: [fakeMeasuredRow('volume')] });
    fireEvent.click(button(words.runAll));
    lab.push(push({ running: 'deployment', text: 'x' }));
    await waitFor(() => expect(screen.getByRole('status').textContent).toContain(words.rowOf('3', '15')));
  });
  it('do not mix engines: a row of another one changes nothing, and is said to be measured', async () => {
    const { lab } = await open();
    lab.push(push({ engine: 'kafka', running: 'connections', row: fakeMeasuredRow('connections') }));
    await waitFor(() => expect(screen.getByRole('status').textContent).toContain(words.otherEngine('kafka')));
    expect(within(bodyOf('connections')).queryByText(words.holds.yes)).toBeNull();
    lab.push(push({ engine: 'kafka' }));
    fireEvent.click(await screen.findByRole('radio', { name: 'Kafka' }));
    await waitFor(() => expect(lab.inputs('choose.table')).toContainEqual({ engine: 'kafka' }));
    await waitFor(() => expect(screen.queryByText(words.embedded)).toBeNull());
  });
  it('say why a row could not be measured, and why nothing could', async () => {
    const { lab } = await open();
    lab.push(push({ running: 'churn', error: 'the engine went away' }));
    await waitFor(() => expect(bodyOf('churn').textContent).toContain('the engine went away'));
    lab.push(push({ error: 'no broker there' }));
    expect((await screen.findByRole('alert')).textContent).toContain('no broker there');
    lab.refuse('choose.run', { code: 'choose.busy', message: 'a run is under way', hint: 'wait' });
    fireEvent.click(button(words.runRow(words.run, 'Order')));
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('a run is under way'));
    expect(button(words.runRow(words.run, 'Order')).disabled).toBe(false);
  });
  it('say that what was measured before cannot be read, and can be measured again', async () => {
    const lab = createFakeLab();
    lab.answer('choose.table', () => fakeChooseTable('embedded', { problem: `${HOSTILE} is damaged` }));
    const { container } = show(<ChooseScreen argument={undefined} />, { link: lab.link });
    await screen.findByText(words.problem);
    expect(container.querySelector('img')).toBeNull();
    fireEvent.click(button(words.everything('2')));
    await waitFor(() => expect(lab.inputs('choose.run')).toHaveLength(1));
  });
  it('tell how a row was measured, on what', async () => {
    const row = fakeMeasuredRow('sequence');
    await open({ rows: [{ ...row, measured: { ...row.measured!, overloaded: true } }] });
    fireEvent.click(button(`${words.how} Order`));
    const body = bodyOf('sequence');
    for (const told of [row.method, row.measured!.engine, row.measured!.machine, row.mqtt.note, words.overloaded])
      expect(body.textContent).toContain(told);
  });
  it('show hostile texts as texts, on the screen and in the exported page', async () => {
    const row = fakeMeasuredRow('connections');
    const figures = [{ name: HOSTILE, value: 1, unit: HOSTILE, note: HOSTILE }];
    const hostile: ChooseRow = {
      ...row,
      title: HOSTILE,
      reason: HOSTILE,
      method: HOSTILE,
      mqtt: { ...row.mqtt, claim: HOSTILE, note: HOSTILE, figures },
      mq: { ...row.mq, figures },
    };
    const { container } = await open({ rows: [hostile] });
    expect(container.querySelector('img')).toBeNull();
    expect(bodyOf('connections').textContent).toContain('<img src=x');
    expect(container.textContent).not.toContain('\u202e');
    const page = tableHtml({ ...fakeChooseTable(), rows: [hostile] }, words, format, 'en');
    const read = new DOMParser().parseFromString(page, 'text/html');
    expect(read.querySelector('img')).toBeNull();
    expect(read.body.textContent).toContain(words.embedded);
    expect(page).not.toContain('\u202e');
  });
});

describe('the advisor', () => {
  it('starts from cases that the lab takes and the sliders can show', () => {
    for (const name of PRESET_NAMES) {
      expect(windowCalls['choose.advise'].safeParse({ engine: 'kafka', ...PRESETS[name] }).success).toBe(true);
      expect(RATE_STEPS).toContain(PRESETS[name].messagesPerSecondPerClient);
      expect(samePreset({ ...PRESETS[name] })).toBe(name);
    }
  });
  it('asks again when an answer changes, and draws what is needed', async () => {
    const { lab, container } = await open({ argument: 'advisor' });
    const part = (name: string): string | undefined =>
      container.querySelector<HTMLElement>(`[data-part="${name}"]`)?.dataset.needed;
    expect([part('devices'), part('bridge'), part('mq')]).toEqual(['true', 'true', 'true']);
    fireEvent.click(button(words.advisor.presetNames.orders));
    await waitFor(() => expect(part('gateway')).toBe('false'));
    expect(lab.inputs('choose.advise').at(-1)).toEqual({ engine: 'embedded', ...PRESETS.orders });
    expect(part('mq')).toBe('true');
    expect(container.querySelector('a[href="#/choose/connections"]')).not.toBeNull();
  });
  it('runs its scenario, and opens it in the editor, not over unsaved changes', async () => {
    const { lab, client } = await open({ argument: 'advisor' });
    const scenario = { name: 'advice', text: 'causeway: 1\nname: advice\n' };
    fireEvent.click(button(words.advisor.runNow));
    await waitFor(() => expect(lab.inputs('runs.start')).toEqual([{ scenario, overrides: { engine: 'embedded' } }]));
    const buffer = bufferOf(client);
    fireEvent.click(button(words.advisor.edit));
    await waitFor(() => expect(buffer.view().text).toBe(scenario.text));
    expect(window.location.hash).toBe('#/editor');
    buffer.edit([{ place: ['name'], value: 'mine' }]);
    fireEvent.click(button(words.advisor.edit));
    await screen.findByText(words.advisor.unsaved);
    expect(buffer.view().text).toContain('mine');
    fireEvent.click(button(words.advisor.letGo));
    await waitFor(() => expect(buffer.view().text).toBe(scenario.text));
  });
  it('runs its scenario on the engine that was asked about, and names it in the editor', async () => {
    const { lab, client } = await open({ argument: 'advisor' });
    fireEvent.click(await screen.findByRole('radio', { name: /Kafka/ }));
    await waitFor(() => expect(lab.inputs('choose.advise').at(-1)).toMatchObject({ engine: 'kafka' }));
    fireEvent.click(button(words.advisor.edit));
    await waitFor(() => expect(bufferOf(client).view().text).toContain('engine: kafka'));
    expect(bufferOf(client).view().text).toContain('address: 127.0.0.1:9092');
    fireEvent.click(button(words.advisor.runNow));
    await waitFor(() =>
      expect(lab.inputs('runs.start')).toMatchObject([{ overrides: { engine: 'kafka' }, scenario: { name: 'advice' } }]),
    );
  });
  it('shows hostile texts as texts', async () => {
    const lab = createFakeLab();
    const told = fakeAdvice({ engine: 'embedded', ...PRESETS.sensors });
    const advice: ChooseAdvice = {
      ...told,
      summary: HOSTILE,
      components: told.components.map((one) => ({
        ...one,
        text: HOSTILE,
        reasons: [{ text: HOSTILE, row: 'chat', measured: HOSTILE, holds: null }],
      })),
    };
    lab.answer('choose.advise', () => advice);
    const { container } = show(<ChooseScreen argument="advisor" />, { link: lab.link });
    await screen.findByText(words.advisor.drawing);
    expect(container.querySelector('img')).toBeNull();
    expect(container.textContent).toContain('<img src=x');
  });
  const components = (devices: 'mqtt' | 'mq', services: 'mqtt' | 'mq'): ChooseAdvice['components'] => [
    { component: 'devices', use: devices, text: '', reasons: [] },
    { component: 'services', use: services, text: '', reasons: [] },
    { component: 'between', use: devices === services ? 'none' : 'bridge', text: '', reasons: [] },
  ];
  it.each([
    ['mqtt', 'mqtt', ['devices', 'gateway', 'services']],
    ['mq', 'mq', ['mq', 'services']],
    ['mqtt', 'mq', ['devices', 'gateway', 'bridge', 'mq', 'services']],
  ] as const)('draws clients on %s and services on %s with the parts they need, side by side', (devices, services, parts) => {
    const { order, needed, up } = architectureOf({ components: components(devices, services) }, PRESETS.sensors);
    expect(order.filter((part) => needed[part])).toEqual(parts);
    for (const { from, to } of up) expect(order.indexOf(to) - order.indexOf(from)).toBe(1);
    expect(up.filter((flow) => flow.needed).map(({ from, to }) => [from, to])).toEqual(
      parts.slice(1).map((part, i) => [parts[i], part]),
    );
  });
  it('counts what flows: sent by all, received by each of all', () => {
    const mqtt = { components: components('mqtt', 'mqtt') };
    const { up, back } = architectureOf(mqtt, { ...PRESETS.live, clients: 1_000, messagesPerSecondPerClient: 0.1 });
    expect(up[0]).toMatchObject({ perSecond: 100, bytesPerSecond: 10_000, needed: true });
    expect(back?.perSecond).toBe(100_000);
    expect(architectureOf(mqtt, PRESETS.sensors).back).toBeNull();
    const among = architectureOf({ components: components('mq', 'mq') }, { ...PRESETS.orders, fanOut: 'all' });
    expect(among.clientsAt).toBe('services');
    expect([among.back?.from, among.back?.perSecond, among.up[3]?.perSecond]).toEqual(['services', 5_000, 250_000]);
  });
  it('says of each reason whether it is measured, and whether the figures bear it out', async () => {
    const { container } = await open({ argument: 'advisor' });
    const states = (): (string | undefined)[] =>
      [...container.querySelectorAll<HTMLElement>('.cw-reason-measured')].map((one) => one.dataset.holds);
    expect(states()).toEqual(['yes', 'no']);
    fireEvent.click(button(words.advisor.presetNames.orders));
    await waitFor(() => expect(states()).toEqual(['none', 'no']));
  });
});

describe('for everybody', () => {
  it.each(['table', 'advisor'])('axe finds nothing in the %s', async (argument) => {
    const { container } = await open({ argument, rows: [fakeMeasuredRow('connections')] });
    if (argument === 'table') fireEvent.click(button(`${words.how} Client connections`));
    // Colours need a browser that draws.
    const { violations } = await axe.run(container, {
      rules: { 'color-contrast': { enabled: false }, region: { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });
});
