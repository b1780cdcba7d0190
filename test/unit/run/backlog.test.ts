import { describe, expect, it } from 'vitest';
import { Backlog } from '../../../core/run/backlog.ts';
import { Instruments, runCounters } from '../../../core/run/instruments.ts';
import { parseScenario } from '../../../core/scenario/loader.ts';

const AT = runCounters.at;
const { scenario } = parseScenario(
  `causeway: 1
name: Backlog
gateway: { topics: { up: { direction: up }, both: {}, silent: { direction: up } } }
populations:
  some: { actor: sensor, count: 1, publish: { a: { topic: up/a, schedule: { every: 1s } } } }
services:
  shared: { consume: { topics: [up, both], group: G1, members: 4 } }
  screens: { consume: { topics: [up], group: G2, mode: broadcasting, members: 2 } }
`,
  'backlog.yaml',
);

function watched(): { backlog: Backlog; services: Instruments } {
  const memory = Instruments.allocate('services');
  const backlog = new Backlog(scenario);
  backlog.watch([memory]);
  return { backlog, services: new Instruments(memory) };
}

describe('what is still in the MQ', () => {
  it('is what was stored, once for each clustering group and each broadcasting member, less what has come', () => {
    const { backlog, services } = watched();
    backlog.stored('up');
    backlog.stored('both');
    backlog.stored('silent');
    expect(backlog.behind).toBe(4);
    services.counters.add(AT.up, 3);
    expect(backlog.behind).toBe(1);
    // The same message once more settles nothing.
    services.counters.add(AT.up);
    services.counters.add(AT.redelivered);
    expect(backlog.behind).toBe(1);
    services.counters.add(AT.up);
    expect(backlog.behind).toBe(0);
  });

  it('is on the way down what services have sent and the bridge has not taken', () => {
    const { backlog, services } = watched();
    services.counters.add(AT.acknowledged, 2);
    expect(backlog.behind).toBe(2);
    backlog.taken();
    expect(backlog.behind).toBe(1);
    // Nor does one way make up for the other.
    backlog.taken();
    backlog.taken();
    backlog.stored('both');
    expect(backlog.behind).toBe(1);
  });
});
