/** When messages are due: every kind of schedule through a whole run, and the same traffic whatever the number of threads. */
import { describe, expect, it, vi } from 'vitest';
import type { Lab } from '../../../core/run/lab.ts';
import { connectMqtt } from '../../helpers/mqttClient.ts';
import { type Ran, ran } from '../../helpers/run.ts';

/** What a test does with the lab of a run before its threads start, by the name of the run's first topic. */
const prepare = vi.hoisted(() => new Map<string, (lab: unknown) => Promise<void>>());
vi.mock('../../../core/run/lab.ts', async (original) => {
  const lab = await original<typeof import('../../../core/run/lab.ts')>();
  return {
    ...lab,
    startLab: async (options: Parameters<typeof lab.startLab>[0]) => {
      const started = await lab.startLab(options);
      await prepare.get(options.topics[0]!.name)?.(started);
      return started;
    },
  };
});

const scenario = (duration: string, publish: string, rest = ''): string => `causeway: 1
name: Schedules
duration: ${duration}
gateway: { topics: { up: { direction: up } } }
populations:
  devices:
    actor: sensor
    count: 10
    publish:
${publish}
services: { back: { consume: { topics: [up], group: G, ordered: true } } }
${rest}`;

const offeredOf = ({ result }: Ran): Record<string, number> =>
  Object.fromEntries(result.perStream.map((s) => [s.name.slice('devices.'.length), s.offered]));

describe.concurrent('schedules', () => {
  it('rate, ramp, burst, replay and every offer as many messages as their figures say', async () => {
    const run = await ran(
      scenario(
        '2s',
        `      rate: { topic: "up/a", schedule: { rate: 45/s } }
      ramp: { topic: "up/b", schedule: { ramp: { from: 0/s, to: 100/s, over: 1s } } }
      burst: { topic: "up/c", schedule: { burst: { rate: 10/s, peak: 110/s, every: 1s, for: 500ms } } }
      replay: { topic: "up/d", schedule: { replay: [100ms, 100ms, 1900ms, 2500ms] } }
      every: { topic: "up/e", schedule: { every: 250ms, jitter: 20% } }`,
      ),
    );
    expect(run.result).toMatchObject({ verdict: 'pass', reasons: [] });
    // ramp: 50 in its first second and 100 in the next. burst: half a second at each rate, twice.
    expect(offeredOf(run)).toEqual({ rate: 90, ramp: 150, burst: 120, replay: 3, every: 80 });
    expect(run.result.ledger.up).toMatchObject({ delivered: 443, lost: 0, reordered: 0 });
  });

  it('phases make everything more or less frequent, and pause it', async () => {
    const run = await ran(
      scenario(
        '3s',
        '      rate: { topic: "up/a", schedule: { rate: 100/s } }',
        'phases: [{ name: calm, for: 1s, load: 50% }, { name: pause, for: 1s, load: 0 }, { name: rush, for: 1s, load: 2 }]',
      ),
    );
    expect(run.result).toMatchObject({ verdict: 'pass', reasons: [] });
    // 50 in the first second, none in the second, 200 in the third.
    expect(offeredOf(run)).toEqual({ rate: 250 });
  });

  it('a closed loop waits for its acknowledgement and then thinks', async () => {
    const run = await ran(scenario('2s', '      next: { topic: "up/a", schedule: { closed: { think: 100ms } } }'));
    expect(run.result).toMatchObject({ verdict: 'pass', reasons: [] });
    const { offered, acknowledged } = run.result.perStream[0]!;
    expect(acknowledged).toBe(offered);
    // Every member at least once, and never more often than its thinking allows.
    expect(offered).toBeGreaterThan(10);
    expect(offered).toBeLessThanOrEqual(10 * 21);
  });

  it('the same seed gives the same messages with one, two and three device threads', async () => {
    const traffic = async (threads: number): Promise<{ readonly messages: string[]; readonly run: Ran }> => {
      const topic = `t${threads}`;
      const seen: { readonly topic: string; readonly body: string }[] = [];
      let close = async (): Promise<void> => undefined;
      prepare.set(topic, async (lab) => {
        const tap = await connectMqtt((lab as Lab).gateway.addresses[0]!.port, { clientId: 'GID@@@tap' });
        tap.client.on('message', (name, payload) => {
          // Without the stamp, which says when it was sent and in which run.
          const { cw, ...body } = JSON.parse(payload.toString()) as { cw: string };
          expect(cw).toHaveLength(72);
          seen.push({ topic: name.slice(name.indexOf('/')), body: JSON.stringify(body) });
        });
        await tap.client.subscribeAsync('#', { qos: 1 });
        close = () => tap.close();
      });
      const run = await ran(
        `causeway: 1
name: Same traffic
duration: 2s
seed: 11
gateway: { topics: { ${topic}: { direction: both } } }
populations:
  cars:
    actor: vehicle
    count: 7
    group: { name: district, count: 2 }
    publish:
      position:
        topic: "${topic}/position/{id}"
        schedule: { every: 300ms, jitter: 30% }
        body: { x: { route: x }, level: { randomWalk: { start: 5, min: 0, max: 10, step: 1 } }, at: { timestamp: true } }
      alarm: { topic: "${topic}/alarm/{id}", schedule: { rate: 20/s, pick: uniform }, body: { n: { sequence: { start: 0, step: 1 } } } }
      chatter: { topic: "${topic}/chatter/{id}", schedule: { burst: { rate: 5/s, peak: 40/s, every: 1s, for: 300ms }, pick: zipf }, body: { t: { text: { bytes: 20 } } } }
services:
  centre:
    consume: { topics: [${topic}], group: G }
    commands:
      one: { topic: ${topic}, population: cars, target: group, second: "/to/{district}", schedule: { rate: 10/s }, body: { v: { uniform: { min: 0, max: 9 } } } }
`.replace('publish:', `subscribe: [{ topic: "${topic}/to/{district}" }]\n    publish:`),
        { threads },
      );
      await close();
      // Each topic has one sender: its messages in order; the order between topics is nobody's promise.
      const messages = seen.map((m, i) => ({ ...m, i })).sort((a, b) => a.topic.localeCompare(b.topic) || a.i - b.i);
      return { messages: messages.map((m) => `${m.topic} ${m.body}`), run };
    };
    const runs = await Promise.all([1, 2, 3].map(traffic));
    const [one, two, three] = runs;
    for (const { run } of runs) expect(run.result.reasons).toEqual([]);
    expect(runs.map(({ run }) => run.result.saturation.threads.length)).toEqual([3, 4, 5]);
    expect(one!.messages.length).toBe(one!.run.result.perStream.reduce((sum, s) => sum + s.offered, 0));
    expect(two!.messages).toEqual(one!.messages);
    expect(three!.messages).toEqual(one!.messages);
    expect(two!.run.result.perStream).toEqual(one!.run.result.perStream);
    expect(three!.run.result.perStream).toEqual(one!.run.result.perStream);
  });
});
