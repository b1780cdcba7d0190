/** A run that is stopped, aborted, or asked for more than it can do. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { begin, codes, ending, expectConsistent, ran, WORKERS } from '../../helpers/run.ts';
import { waitFor } from '../../helpers/waitFor.ts';

const scenario = (
  changes: { duration?: string; count?: number; rate?: string; over?: string; qos?: number } = {},
): string => `causeway: 1
name: Lifecycle
duration: ${changes.duration ?? '60s'}
gateway: { topics: { up: { direction: up }, down: { direction: down } } }
populations:
  devices:
    actor: sensor
    count: ${changes.count ?? 10}
    connect: { over: ${changes.over ?? '100ms'} }
    publish: { value: { topic: "up/{id}", qos: ${changes.qos ?? 1}, schedule: { rate: ${changes.rate ?? '100/s'} } } }
services:
  back:
    consume: { topics: [up], group: G, members: 2 }
    commands: { one: { topic: down, population: devices, target: one, schedule: { rate: 20/s } } }
`;

/**
 * A program of its own, so that nothing but the run keeps it alive: brings runs to each of these points, and prints for
 * each what is left over of what keeps a process alive, and how `done` ended.
 */
const LEFTOVERS = `
import { startRun } from '${new URL('../../../dist/core/run/runner.js', import.meta.url).href}';
import { parseScenario } from '${new URL('../../../dist/core/scenario/loader.js', import.meta.url).href}';
const workersUrl = new URL('${WORKERS.href}');
const pause = () => new Promise((resolve) => setTimeout(resolve, 10));
const counts = () => {
  const found = {};
  for (const kind of process.getActiveResourcesInfo()) found[kind] = (found[kind] ?? 0) + 1;
  return found;
};
const left = (before) => Object.entries(counts()).filter(([kind, count]) => count > (before[kind] ?? 0)).map(([kind]) => kind);
for (const { point, yaml } of JSON.parse(process.argv[1])) {
  await pause();
  const before = counts();
  const frames = [];
  const run = startRun({ loaded: parseScenario(yaml, 'test.yaml'), workersUrl, onFrame: (frame) => frames.push(frame), onEvent() {} });
  const done = run.done.then((result) => result.verdict, (error) => error.code);
  const until = async (condition) => { while (!frames.some(condition)) await pause(); };
  if (point === 'connecting') await until((frame) => frame.connected > 0);
  if (point === 'running' || point === 'draining' || point === 'stopped') await until((frame) => frame.offered > 0);
  if (point === 'draining' || point === 'stopped') run.stop();
  if (point === 'draining') await until((frame) => frame.state === 'draining');
  if (point !== 'end' && point !== 'stopped') await run.abort();
  const outcome = await done;
  // Sockets that are closed tell so in a later turn.
  for (let i = 0; i < 100 && left(before).length > 0; i += 1) await pause();
  console.log(JSON.stringify({ point, outcome, left: left(before) }));
}
`;

describe.concurrent('stop()', () => {
  it('ends the traffic early, drains, and gives the result of what was until then', async () => {
    const started = begin(scenario());
    await started.running();
    started.run.stop();
    started.run.stop();
    const result = await started.run.done;
    expectConsistent(result, started.frames);
    expect(result).toMatchObject({ verdict: 'pass', reasons: [], interrupted: true });
    expect(result.trafficMs).toBeLessThan(60_000);
    expect(result.ledger.up.delivered).toBeGreaterThan(0);
    const { offered } = result.ledger.up;
    expect(result.ledger.up).toMatchObject({ lost: 0, sent: offered, acknowledged: offered, delivered: offered });
    expect(started.frames.map((f) => f.state).filter((s, i, all) => s !== all[i - 1])).toEqual([
      'connecting',
      'running',
      'draining',
      'done',
    ]);
  });

  it('while clients still connect gives a result in which nothing was measured', async () => {
    const started = begin(scenario({ over: '60s' }));
    await waitFor('the first client', () => started.frames.some((frame) => frame.connected > 0));
    started.run.stop();
    const result = await started.run.done;
    expect(result).toMatchObject({ interrupted: true, trafficMs: 0 });
    expect(result.verdict).not.toBe('pass');
    expect(codes(result)).toContain('nothing-measured');
    expect(result.clients.connected).toBeLessThan(10);
  });

  it('before the lab is up as well', async () => {
    const started = begin(scenario());
    started.run.stop();
    expect(await started.run.done).toMatchObject({ interrupted: true, trafficMs: 0 });
  });
});

describe.concurrent('abort()', () => {
  it('rejects `done`, and resolves when the run is over, however often it is called', async () => {
    const started = begin(scenario());
    let over = false;
    const end = ending(started).finally(() => {
      over = true;
    });
    await started.running();
    await Promise.all([started.run.abort(), started.run.abort()]);
    expect(over).toBe(true);
    expect(await end).toBe('run.aborted');
    const frames = started.frames.length;
    await started.run.abort();
    expect(started.frames.length).toBe(frames);
  });

  it('before the lab is up waits until it is closed again', async () => {
    const started = begin(scenario());
    let end = 'not over';
    void ending(started).then((found) => {
      end = found;
    });
    await started.run.abort();
    expect(end).toBe('run.aborted');
  });
});

describe.concurrent('a run that is over', () => {
  it('leaves no thread, socket or timer, whether it ended, was stopped, or aborted at any point', async () => {
    const slow = scenario({ over: '60s' });
    const points = [
      { point: 'starting', yaml: scenario() },
      { point: 'connecting', yaml: slow },
      { point: 'running', yaml: scenario() },
      { point: 'draining', yaml: scenario() },
      { point: 'stopped', yaml: scenario() },
      { point: 'end', yaml: scenario({ duration: '300ms' }) },
    ];
    const argv = ['--input-type=module', '-e', LEFTOVERS, JSON.stringify(points)];
    const { stdout } = await promisify(execFile)(process.execPath, argv, { timeout: 55_000 });
    const aborted = (point: string) => ({ point, outcome: 'run.aborted', left: [] });
    const passed = (point: string) => ({ point, outcome: 'pass', left: [] });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([...['starting', 'connecting', 'running', 'draining'].map(aborted), ...['stopped', 'end'].map(passed)]);
  });
});

describe('saturation', () => {
  it.each([
    [
      'by what devices can make up',
      0,
      `{ ${Array.from({ length: 30 }, (_, i) => `f${i}: { gaussian: { mean: 0, deviation: 1 } }`).join(', ')} }`,
    ],
    ['by what is acknowledged', 1, '{}'],
  ])('an impossible rate, limited %s, makes the run invalid: the generator was the limit', async (_, qos, body) => {
    const rate = 900_000;
    const text = scenario({ duration: '1s', count: 20, rate: `${rate}/s`, qos }).replace(/\/s } } \}/, `/s }, body: ${body} } }`);
    const { result } = await ran(text, { threads: 1 });
    expect(result.verdict, JSON.stringify(result.reasons)).toBe('invalid');
    expect(codes(result)).toEqual(['generator-saturated']);
    expect(result.saturation.saturated).toBe(true);
    // All that was asked for counts as offered, whatever became of it: an impossible rate must show.
    expect(result.perStream[0]).toMatchObject({ name: 'devices.value', offered: rate });
    expect(result.saturation.achievedShare).toBeLessThan(0.95);
    expect(result.ledger.up.lost).toBe(0);
  });
});
