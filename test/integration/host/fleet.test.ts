/** A fleet on a map: commands by hand to one, some, a district and all, in every quality, and what becomes of them. */
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type FleetPlan, type FleetWave, VEHICLE_AWAY, VEHICLE_BYTES, VEHICLE_STATE } from '../../../core/protocol/fleet.ts';
import type { RunResult } from '../../../core/protocol/result.ts';
import { type TestLab, type TestWindow, testLab } from '../../helpers/labHost.ts';
import { codes } from '../../helpers/run.ts';
import { waitFor } from '../../helpers/waitFor.ts';

const VEHICLES = 20;

/** `outages`: all vehicles are away from a time of their own on. */
const YAML = (outages = '', more = ''): string => `causeway: 1
name: Small fleet
duration: 60s
seed: 3
gateway:
  topics: { vehicle: { direction: up }, command: { direction: down }, answer: { direction: up } }
populations:
  fleet:
    actor: vehicle
    count: ${VEHICLES}
    group: { name: district, count: 4 }
    clientId: "GID_v@@@{id}"
    client: { cleanSession: false }
    connect: { over: 100ms }
    ${outages}
    publish:
      report:
        topic: "vehicle/{id}"
        qos: 1
        schedule: { every: 200ms }
        body: { x: { route: x }, y: { route: y }, kmh: { route: speed }, dir: { route: heading } }
    subscribe: [ { topic: "command/district/{district}", qos: 1 }, { topic: "command/all", qos: 1 } ]
    react:
      acknowledge:
        on: "command/#"
        topic: "answer/{id}"
        qos: 1
        delay: { min: 1ms, max: 20ms }
        body: { result: { choice: { values: [done, refused], weights: [4, 1] } } }
services:
  centre:
    consume: { topics: [vehicle, answer], group: G, members: 2, ordered: true }
    commands:
      one: { topic: command, population: fleet, target: one, schedule: manual, answer: acknowledge }
      some: { topic: command, population: fleet, target: group, second: "/district/{district}", schedule: manual, answer: acknowledge }
      all: { topic: command, population: fleet, target: all, second: /all, schedule: manual, answer: acknowledge, body: { note: hello } }
${more}`;

let lab: TestLab | undefined;
afterEach(async () => {
  await lab?.close();
  lab = undefined;
});

interface Opened {
  readonly window: TestWindow;
  readonly id: string;
  readonly plan: FleetPlan;
}

async function opened(yaml: string): Promise<Opened> {
  lab = await testLab();
  const window = lab.window();
  const { id } = await window.call('runs.start', { scenario: { text: yaml, name: 'fleet.yaml' } });
  const plan = await window.call('fleet.open', { id });
  await waitFor('traffic', () => window.pushed('frame').some(({ frame }) => frame.state === 'running' && frame.up > 0));
  return { window, id, plan: plan! };
}

const vehicles = (window: TestWindow): Buffer => Buffer.from(window.pushed('fleet').at(-1)?.vehicles ?? '', 'base64');
const states = (window: TestWindow): number[] => {
  const bytes = vehicles(window);
  return Array.from({ length: bytes.length / VEHICLE_BYTES }, (_, i) => bytes[i * VEHICLE_BYTES + 5]! % VEHICLE_AWAY);
};
const waveNow = (window: TestWindow, wave: number): FleetWave | undefined =>
  window
    .pushed('wave')
    .map((push) => push.wave)
    .findLast((one) => one.wave === wave);

async function ended({ window, id }: Opened): Promise<RunResult> {
  await window.call('runs.stop', { id });
  await waitFor('the result', () => window.pushed('status').at(-1)?.status.phase === 'done', 50_000);
  return window.pushed('result')[0]!.result;
}

const TARGETS = [
  [{ members: [5] }, 1, 1],
  [{ members: [0, 1, 2, 3, 9, 9] }, 5, 5],
  [{ district: 2 }, 5, 1],
  [{ all: true }, VEHICLES, 1],
] as const;
const WAYS = [0, 1, 2].flatMap((qos) => [false, true].map((store) => ({ qos: qos as 0 | 1 | 2, store })));

describe('with all vehicles online', () => {
  it('every target in every quality reaches exactly those meant, and the verdict covers it', async () => {
    const run = await opened(YAML());
    const { window, id, plan } = run;
    expect(plan).toMatchObject({
      vehicles: VEHICLES,
      districts: ['0', '1', '2', '3'],
      targets: ['one', 'district', 'all'],
      kinds: ['lock', 'find', 'route', 'stop', 'notice'],
      waves: [],
    });
    const told = new Map<number, number>();
    for (const [target, addressed, messages] of TARGETS) {
      for (const { qos, store } of WAYS) {
        const input = { id, kind: 'route', target, qos, store } as const;
        if ('members' in target && qos === 2 && store) {
          expect(await window.refusal('fleet.command', input)).toBe('fleet.refused');
          continue;
        }
        const wave = await window.call('fleet.command', input as never);
        expect(wave).toMatchObject({ wave: told.size + 1, addressed, qos, store, answered: 0 });
        told.set(wave.wave, messages);
      }
    }
    await waitFor('all answers', () =>
      [...told.keys()].every((wave) => {
        const now = waveNow(window, wave);
        return now?.answered === now?.addressed && now?.sent === told.get(wave);
      }),
    );
    let expected = 0;
    for (const wave of told.keys()) {
      const now = waveNow(window, wave)!;
      expect(now).toMatchObject({ delivered: now.addressed, storedOffline: 0, dropped: 0 });
      expect(now.refused).toBeLessThanOrEqual(now.answered);
      expect(now.histogram.counts.reduce((sum, n) => sum + n, 0)).toBe(now.answered);
      expect(now.t50! <= now.t95! && now.t95! <= now.t100!).toBe(true);
      expected += now.addressed;
    }
    // A map that opens later sees the waves as well.
    const again = await lab!.window().call('fleet.open', { id });
    expect(again?.waves.map(({ wave, answered }) => [wave, answered])).toEqual(
      [...told.keys()].map((wave) => [wave, waveNow(window, wave)!.answered]),
    );
    const result = await ended(run);
    expect(codes(result)).toEqual([]);
    expect(result.verdict).toBe('pass');
    expect(result.answers.reduce((sum, { answered }) => sum + answered, 0)).toBe(expected);
    expect(result.waves.map(({ sequence, answered }) => [sequence, answered])).toEqual(
      [...told.keys()].map((wave) => [wave, waveNow(window, wave)!.answered]),
    );
    expect(result.ledger.down).toMatchObject({ lost: 0, unexpected: 0, delivered: expected });
    expect(result.mapping.some(({ direction }) => direction === 'down')).toBe(true);
  });

  it('positions are those of the reports, states follow commands, and one vehicle can be looked at', async () => {
    const { window, id, plan } = await opened(YAML());
    await waitFor('positions of all', () => {
      const bytes = vehicles(window);
      return (
        bytes.length === VEHICLES * VEHICLE_BYTES &&
        states(window).every((state, i) => state === VEHICLE_STATE.online && bytes[i * VEHICLE_BYTES + 7]! < 255)
      );
    });
    // The vehicle is looked at first, so that its next report is overheard.
    await window.call('fleet.vehicle', { id, index: 7 });
    await window.call('fleet.command', { id, kind: 'find', target: { members: [7] }, qos: 1, store: false });
    await waitFor('the answer on the map', () => {
      const now = states(window);
      return now[7] === VEHICLE_STATE.answered || now[7] === VEHICLE_STATE.failed;
    });
    expect(states(window).filter((state) => state !== VEHICLE_STATE.online)).toHaveLength(1);
    let seen = await window.call('fleet.vehicle', { id, index: 7 });
    await waitFor('its messages', async () => {
      seen = await window.call('fleet.vehicle', { id, index: 7 });
      return seen.path.some(({ hop }) => hop === 'answer') && seen.path.some(({ hop }) => hop === 'device');
    });
    expect(seen).toMatchObject({ clientId: 'GID_v@@@07', district: '3', p2pTopic: 'command/p2p/GID_v@@@07' });
    expect(seen.session).toMatchObject({ connected: true, cleanSession: false, queued: 0 });
    expect(seen.path.map(({ direction, hop }) => `${direction} ${hop}`)).toEqual([
      'up device',
      'up gateway',
      'up mq',
      'up service',
      'down service',
      'down mq',
      'down bridge',
      'down answer',
    ]);
    expect(seen.messages.find(({ direction }) => direction === 'down')).toMatchObject({ topic: seen.p2pTopic });
    const report = seen.messages.find(({ topic }) => topic === 'vehicle/07')!;
    const { x, y } = JSON.parse(report.text) as { x: number; y: number };
    const bytes = vehicles(window);
    // A vehicle drives less than 200 m in the few seconds between the two.
    expect(Math.abs((bytes.readUInt16LE(7 * VEHICLE_BYTES) / 65_535) * plan.width - x)).toBeLessThan(200);
    expect(Math.abs((bytes.readUInt16LE(7 * VEHICLE_BYTES + 2) / 65_535) * plan.height - y)).toBeLessThan(200);
  });

  it('what makes no sense is refused, and nothing is sent', async () => {
    const run = await opened(YAML());
    const { window, id } = run;
    const command = { id, kind: 'lock', target: { members: [0] }, qos: 1, store: true };
    for (const [code, wrong] of [
      ['fleet.refused', { target: { members: [0, VEHICLES] } }],
      ['fleet.refused', { target: { district: 4 } }],
      ['fleet.refused', { to: { x: 1, y: 1 } }],
      ['fleet.refused', { kind: 'route', to: { x: 1e9, y: 1 } }],
      ['run.not-under-way', { id: 'another' }],
      ['window.input', { kind: 'explode' }],
      ['window.input', { target: { members: [] } }],
      ['window.input', { target: { members: [-1] } }],
      ['window.input', { target: { members: [0.5] } }],
      ['window.input', { target: { members: Array.from({ length: 5001 }, () => 0) } }],
      ['window.input', { target: { all: true, district: 1 } }],
      ['window.input', { qos: 3 }],
      ['window.input', { store: 'yes' }],
      ['window.input', { to: { x: Number.NaN, y: 0 } }],
    ] as const) {
      expect(await window.refusal('fleet.command', { ...command, ...wrong }), JSON.stringify(wrong)).toBe(code);
    }
    expect(await window.refusal('fleet.vehicle', { id, index: VEHICLES })).toBe('fleet.refused');
    const result = await ended(run);
    expect(result.ledger.down.sent).toBe(0);
    expect(result.verdict).toBe('pass');
    expect(await window.refusal('fleet.command', command)).toBe('run.not-under-way');
    expect(await window.call('fleet.open', { id })).toBeNull();
  });
});

describe('in a tunnel', () => {
  it('a stored command is there at the end of it, another never', async () => {
    const run = await opened(YAML('outages: { share: 100%, every: 60s, for: 55s }'));
    const { window, id } = run;
    // Which vehicle is away first is drawn from the seed.
    await waitFor('a vehicle without network', () => states(window).includes(VEHICLE_STATE.offline), 20_000);
    const away = states(window).indexOf(VEHICLE_STATE.offline);
    const send = (qos: 0 | 1 | 2, store: boolean) =>
      window.call('fleet.command', { id, kind: 'stop', target: { members: [away] }, qos, store });
    const kept = await send(1, true);
    const dropped = [await send(0, false), await send(0, true), await send(1, false), await send(2, false)];
    await waitFor('what became of them', () =>
      [kept, ...dropped].every(({ wave }) => {
        const now = waveNow(window, wave);
        return now !== undefined && now.delivered + now.storedOffline + now.dropped === 1;
      }),
    );
    expect(waveNow(window, kept.wave)).toMatchObject({ storedOffline: 1, dropped: 0, delivered: 0, answered: 0 });
    for (const { wave } of dropped) expect(waveNow(window, wave)).toMatchObject({ storedOffline: 0, dropped: 1, answered: 0 });
    expect((await window.call('fleet.vehicle', { id, index: away })).session).toMatchObject({ connected: false, queued: 1 });
    // The end of traffic brings all of them back.
    const result = await ended(run);
    expect(waveNow(window, kept.wave)).toMatchObject({ storedOffline: 0, delivered: 1, answered: 1 });
    for (const { wave } of dropped) expect(waveNow(window, wave)).toMatchObject({ delivered: 0, answered: 0 });
    expect(codes(result)).toEqual([]);
    expect(result.verdict).toBe('pass');
    expect(result.ledger.down).toMatchObject({ sent: 5, lost: 0, delivered: 1 });
  });
});

it.each(['iov-fleet', 'iov-demo'])('the shipped %s takes commands by hand, and its checks find nothing wrong', async (name) => {
  lab = await testLab();
  const window = lab.window();
  const path = join(import.meta.dirname, '..', '..', '..', 'scenarios', `${name}.yaml`);
  const { id } = await window.call('runs.start', { scenario: { path }, overrides: { scale: 0.03, durationMs: 60_000 } });
  const plan = await window.call('fleet.open', { id });
  expect(plan).toMatchObject({ vehicles: 30, targets: ['one', 'district', 'all'] });
  await waitFor('traffic', () => window.pushed('frame').some(({ frame }) => frame.state === 'running' && frame.up > 0));
  const { wave } = await window.call('fleet.command', { id, kind: 'notice', target: { all: true }, qos: 1, store: true });
  await waitFor('most answers', () => (waveNow(window, wave)?.answered ?? 0) > 20);
  const result = await ended({ window, id, plan: plan! });
  expect(waveNow(window, wave)).toMatchObject({ addressed: 30, answered: 30, delivered: 30, storedOffline: 0 });
  // Times are no concern here: the machine may be busy.
  const facts = codes(result).filter((code) => /^(messages|mapping|duplicates|order|not-acknowledged|clients)/.test(code));
  expect(facts).toEqual([]);
});

it('two runs of one seed have the same city, another seed another', async () => {
  const plans: FleetPlan[] = [];
  for (const seed of [3, 3, 4]) {
    const run = await opened(YAML().replace('seed: 3', `seed: ${seed}`));
    plans.push({ ...run.plan, runId: '' });
    await run.window.call('runs.abort', { id: run.id });
    await lab!.close();
  }
  expect(plans[1]).toEqual(plans[0]);
  expect(plans[2]).not.toEqual(plans[0]);
});
