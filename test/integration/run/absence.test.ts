/** Devices without a network for a while: what is kept for them, what is not, and what their Will says. */
import { describe, expect, it } from 'vitest';
import { codes, ran } from '../../helpers/run.ts';

/** Half of the receivers are away once, for a third of the time; senders and services are there all along. */
const away = (client: string, rest: string): string => `causeway: 1
name: Absence
duration: 3s
gateway: { topics: { up: { direction: up }, down: { direction: down }, local: { direction: none } } }
populations:
  listeners:
    actor: sensor
    count: 6
    clientId: "GID@@@l{id}"
    client: ${client}
    outages: { share: 50%, every: 3s, for: 1s }
    subscribe: [{ topic: "local/#" }, { topic: "down/all" }]
${rest}`;

const SENDERS = `  senders:
    actor: sensor
    count: 3
    clientId: "GID@@@s{id}"
    client: { cleanSession: false }
    publish: { value: { topic: "local/{id}", schedule: { rate: 60/s } } }
services:
  back:
    commands:
      kept: { topic: down, population: listeners, target: one, cleanSessionFlag: false, schedule: { rate: 60/s } }
      everybody: { topic: down, population: listeners, target: all, second: all, schedule: { rate: 20/s } }
`;

describe.concurrent('devices that lose the network', () => {
  it('get with a persistent session what was sent meanwhile: from MQ, P2P with cleansessionflag=false, and from devices', async () => {
    const { result } = await ran(away('{ cleanSession: false }', SENDERS));
    expect(result).toMatchObject({ verdict: 'pass', reasons: [] });
    // Three of six members, once each.
    expect(result.clients).toMatchObject({ connected: 9, reconnects: 3 });
    expect(result.ledger.down).toMatchObject({ offered: 240, expected: 180 + 60 * 6, delivered: 180 + 60 * 6, lost: 0 });
    expect(result.ledger.device).toMatchObject({ offered: 180, delivered: 180 * 6, lost: 0, missingUnpromised: 0 });
    // It was really kept for somebody who was away.
    expect(result.bridge).toMatchObject({ down: { dropped: 0 } });
    expect((result.bridge as { down: { stored: number } }).down.stored).toBeGreaterThan(0);
  });

  it('with a clean session miss what was never promised to them, and nothing counts as lost', async () => {
    const { result } = await ran(away('{ cleanSession: true }', SENDERS));
    expect(result).toMatchObject({ verdict: 'pass', reasons: [] });
    for (const direction of ['down', 'device'] as const) {
      const ledger = result.ledger[direction];
      expect(ledger.lost, direction).toBe(0);
      expect(ledger.missingUnpromised, direction).toBeGreaterThan(0);
      expect(ledger.delivered + ledger.missingUnpromised, direction).toBe(ledger.expected);
    }
  });

  it('do not get P2P commands without the flag, whatever their session', async () => {
    const { result } = await ran(
      away(
        '{ cleanSession: false }',
        'services: { back: { commands: { plain: { topic: down, population: listeners, target: one, schedule: { rate: 60/s } } } } }',
      ),
    );
    expect(result).toMatchObject({ verdict: 'pass', reasons: [] });
    expect(result.ledger.down.missingUnpromised).toBeGreaterThan(0);
    expect(result.ledger.down.missingUnpromised).toBe((result.bridge as { down: { dropped: number } }).down.dropped);
  });

  it('send what they had to report when they are back, once; the gateway publishes their Wills to MQ and to devices', async () => {
    const { result } = await ran(`causeway: 1
name: Wills
duration: 3s
gateway: { topics: { up: { direction: both } } }
populations:
  reporters:
    actor: sensor
    count: 6
    client: { cleanSession: false, will: { topic: "up/gone/{id}", body: "{id} is gone" } }
    outages: { share: 50%, every: 3s, for: 1s }
    publish: { value: { topic: "up/value/{id}", schedule: { every: 100ms } } }
  watchers:
    actor: sensor
    count: 2
    subscribe: [{ topic: "up/#" }]
services:
  back: { consume: { topics: [up], group: G, members: 2, ordered: true } }
`);
    expect(result).toMatchObject({ verdict: 'pass', reasons: [] });
    const { up, device } = result.ledger;
    expect(up).toMatchObject({ offered: 180, delivered: 180, lost: 0, duplicatesUnexplained: 0, unexpected: 0 });
    expect(device).toMatchObject({ delivered: 360, lost: 0, unexpected: 0 });
    // Three members vanished once: their Wills went through the bridge like everything else, and reached the service.
    const bridge = result.bridge as { up: { stored: number } };
    expect(bridge.up.stored).toBe(180 + up.duplicatesExplained + 3);
    expect(result.services[0]!.received).toBe(bridge.up.stored);
  });

  it('get retained messages again with their new subscription, which is no second delivery', async () => {
    const { result } = await ran(
      away(
        '{ cleanSession: true }',
        `  boards:
    actor: sensor
    count: 3
    publish: { state: { topic: "local/{id}", retain: true, schedule: { replay: [0ms, 0ms, 0ms] } } }
`,
      ),
    );
    expect(codes(result)).toEqual([]);
    expect(result.verdict).toBe('pass');
    // Each board speaks once, before the losses begin: all that comes with a new subscription is a second copy.
    expect(result.ledger.device).toMatchObject({ offered: 3, delivered: 18, lost: 0, missingUnpromised: 0 });
    expect(result.ledger.device.duplicatesExplained).toBeGreaterThan(0);
  });
});
