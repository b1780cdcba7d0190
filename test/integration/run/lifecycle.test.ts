/** A run that is stopped, aborted, or asked for more than it can do. */
import { describe, expect, it } from 'vitest';
import { begin, codes, expectConsistent, ran } from '../../helpers/run.ts';
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

/** How many of each kind keep the process alive. */
function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Nothing more than before, of any kind. */
async function expectNothingLeft(before: Record<string, number>): Promise<void> {
  const left = (): string =>
    Object.entries(resources())
      .filter(([kind, count]) => count > (before[kind] ?? 0))
      .map(([kind, count]) => `${count - (before[kind] ?? 0)} ${kind}`)
      .join(', ');
  await waitFor('everything to be closed', () => left() === '', 2_000).catch((error: Error) => {
    throw new Error(`${error.message}; left: ${left()}`);
  });
}

describe('stop()', () => {
  it('ends the traffic early, drains, and gives the result of what was until then', async () => {
    const before = resources();
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
    await expectNothingLeft(before);
  });

  it('while clients still connect gives a result in which nothing was measured', async () => {
    const started = begin(scenario({ over: '60s' }));
    await waitFor('the first client', () => started.frames.some((frame) => frame.connected > 0));
    started.run.stop();
    const result = await started.run.done;
    expect(result).toMatchObject({ verdict: 'fail', interrupted: true, trafficMs: 0 });
    expect(codes(result)).toEqual(['nothing-measured']);
    expect(result.clients.connected).toBeLessThan(10);
  });

  it('before the lab is up as well', async () => {
    const started = begin(scenario());
    started.run.stop();
    expect(await started.run.done).toMatchObject({ interrupted: true, trafficMs: 0 });
  });
});

describe('abort()', () => {
  const whenStarting = async (): Promise<void> => undefined;
  it.each([
    ['at once', whenStarting],
    ['while clients connect', (started) => waitFor('a client', () => started.frames.some((frame) => frame.connected > 0))],
    ['in the middle of the traffic', (started) => started.running()],
    [
      'while draining',
      async (started) => {
        await started.running();
        started.run.stop();
        await waitFor('draining', () => started.frames.some((frame) => frame.state === 'draining'));
      },
    ],
  ] as [string, (started: ReturnType<typeof begin>) => Promise<void>][])(
    '%s leaves no thread, socket or timer',
    async (when, reached) => {
      const before = resources();
      const started = begin(scenario({ over: when === 'while clients connect' ? '60s' : '100ms' }));
      const failed = expect(started.run.done).rejects.toMatchObject({ code: 'run.aborted' });
      await reached(started);
      await Promise.all([started.run.abort(), started.run.abort()]);
      await failed;
      await expectNothingLeft(before);
      const frames = started.frames.length;
      await started.run.abort();
      expect(started.frames.length).toBe(frames);
    },
  );
});

describe('a run to its end', () => {
  it('leaves no thread, socket or timer', async () => {
    const before = resources();
    await ran(scenario({ duration: '300ms' }));
    await expectNothingLeft(before);
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
