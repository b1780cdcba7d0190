/** Every direction and kind of traffic in one run each, counted exactly. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { RunResult } from '../../../core/protocol/result.ts';
import { codes, ran } from '../../helpers/run.ts';

const stream = (result: RunResult, name: string) => result.perStream.find((s) => s.name === name)!;
const service = (result: RunResult, name: string) => result.services.find((s) => s.name === name)!;

/** Two device threads, three directions, both consumption modes, all kinds of commands. */
const ALL = `causeway: 1
name: All directions
duration: 2s
gateway:
  topics:
    up: { direction: up }
    down: { direction: down }
    talk: { direction: both }
    local: { direction: none }
populations:
  cars:
    actor: vehicle
    count: 10
    group: { name: district, count: 2 }
    connect: { over: 100ms }
    publish:
      position: { topic: "up/{district}/{id}", schedule: { every: 500ms }, body: { x: { route: x } } }
      beacon: { topic: "local/{id}", qos: 0, schedule: { rate: 20/s } }
    subscribe:
      - { topic: "down/{district}" }
      - { topic: "down/all" }
    react:
      ack: { on: "down/#", topic: "up/ack/{id}", delay: { min: 10ms, max: 50ms } }
  people:
    actor: chat-user
    count: 6
    connect: { over: 100ms }
    publish:
      line: { topic: talk/room, schedule: { rate: 30/s, pick: zipf }, body: { from: { template: "{clientId}" }, text: { talk: true } } }
      whisper: { topic: "talk/p2p/GID_people@@@3", schedule: { rate: 10/s } }
      notice: { topic: "talk/board/{id}", retain: true, schedule: { rate: 10/s } }
    subscribe:
      - { topic: "talk/#" }
      - { topic: "local/+", qos: 0 }
services:
  centre:
    consume: { topics: [up], group: G1, members: 3, ordered: true }
    commands:
      one: { topic: down, population: cars, target: one, schedule: { rate: 20/s }, answer: ack, body: { n: { sequence: { start: 0, step: 1 } } } }
      real: { topic: down, population: cars, target: one, realTopic: "door/{district}/{id}", schedule: { rate: 10/s }, answer: ack }
      some: { topic: down, population: cars, target: group, second: "/{district}", schedule: { rate: 10/s }, answer: ack }
      everybody: { topic: down, population: cars, target: all, second: all, realTopic: shown/to/all, schedule: { replay: [500ms, 1s] }, answer: ack }
  audit:
    consume: { topics: [up, talk], group: G2, mode: broadcasting, members: 2 }
  # Commands, and leaves the answers to those who consume them.
  remote:
    commands:
      poke: { topic: down, population: cars, target: one, schedule: { rate: 10/s }, answer: ack }
thresholds: ["mapping.failed == 0", "answers.poke.share == 100%"]
`;

describe.concurrent('a run', () => {
  it('counts every message of every direction exactly', async () => {
    const { result } = await ran(ALL, { threads: 2 });
    expect(result).toMatchObject({ verdict: 'pass', reasons: [], interrupted: false });
    expect(result.clients).toMatchObject({ planned: 16, connected: 16, reconnects: 0, refused: 0 });

    // 10 members twice a second; rates and replays to the message; an answer from each member that gets a command.
    const commands = 40 + 20 + 20 * 5 + 2 * 10 + 20;
    const offered = Object.fromEntries(result.perStream.map((s) => [s.name, s.offered]));
    expect(offered).toEqual({
      'cars.position': 40,
      'cars.beacon': 40,
      'cars.ack': commands,
      'people.line': 60,
      'people.whisper': 20,
      'people.notice': 20,
      'centre.one': 40,
      'centre.real': 20,
      'centre.some': 20,
      'centre.everybody': 2,
      'remote.poke': 20,
    });
    for (const s of result.perStream) expect(s, s.name).toMatchObject({ sent: s.offered, acknowledged: s.offered, notSent: 0 });

    // Up: each message once in the clustering group and once at each broadcasting member.
    const fromCars = 40 + commands;
    const talk = 60 + 20 + 20;
    expect(result.ledger.up).toMatchObject({ delivered: fromCars * 3 + talk * 2, expected: fromCars * 3 + talk * 2, lost: 0 });
    expect(service(result, 'centre').received).toBe(fromCars);
    expect(service(result, 'audit').members.map((m) => m.received)).toEqual([fromCars + talk, fromCars + talk]);

    expect(result.ledger.down).toMatchObject({ offered: 102, delivered: commands, expected: commands, lost: 0 });
    // Between devices: the room and the board to all six, the whisper to one, beacons to six at QoS 0.
    expect(result.ledger.device).toMatchObject({ delivered: 60 * 6 + 20 * 6 + 20 + 40 * 6, lost: 0, missingUnpromised: 0 });
    for (const ledger of Object.values(result.ledger)) {
      expect(ledger).toMatchObject({ duplicatesExplained: 0, duplicatesUnexplained: 0, corrupted: 0, unexpected: 0 });
    }

    expect(result.answers.map((a) => [a.command, a.sent, a.expected, a.answered])).toEqual([
      ['one', 40, 40, 40],
      ['real', 20, 20, 20],
      ['some', 20, 100, 100],
      ['everybody', 2, 20, 20],
      ['poke', 20, 20, 20],
    ]);
    expect(result.answers.map((a) => a.latency.count)).toEqual([40, 20, 100, 20, 20]);
    expect(result.waves.filter((w) => w.command === 'everybody').map((w) => [w.expected, w.answered])).toEqual([
      [10, 10],
      [10, 10],
    ]);
    expect(result.waves.every((w) => w.t50! <= w.t95! && w.t95! <= w.t100!)).toBe(true);

    expect(result.paths.map((p) => p.direction)).toEqual(['up', 'down', 'device']);
    expect(result.paths.map((p) => p.untraced)).toEqual([0, 0, 0]);
    // Each bridged delivery is checked, property by property.
    const checked = (direction: string, property: string) =>
      result.mapping.find((c) => c.direction === direction && c.property === property)?.checked;
    expect(checked('up', 'qoslevel')).toBe(result.ledger.up.delivered);
    expect(checked('up', 'clientId')).toBe(result.ledger.up.delivered);
    expect(checked('down', 'topic')).toBe(commands);
    expect(checked('down', 'mqttRealTopic')).toBe(20 + 20);
    expect(checked('down', 'clientId')).toBe(40 + 20 + 20);
    expect(result.saturation.threads.map((t) => t.thread)).toEqual(['main', 'services', 'devices-1', 'devices-2']);
  });

  it('QoS 2 from end to end, both ways, in the lenient profile', async () => {
    const { result } = await ran(`causeway: 1
name: QoS 2
duration: 1s
gateway: { profile: lenient, topics: { up: {}, down: {} } }
populations:
  devices:
    actor: sensor
    count: 4
    client: { cleanSession: false }
    publish: { value: { topic: "up/{id}", qos: 2, schedule: { rate: 50/s } } }
    subscribe: [{ topic: "down/#", qos: 2 }, { topic: "up/+", qos: 2 }]
services:
  back:
    consume: { topics: [up], group: G, ordered: true }
    commands: { set: { topic: down, population: devices, target: all, second: set, qosLevel: 2, schedule: { rate: 20/s } } }
`);
    expect(result).toMatchObject({ verdict: 'pass', reasons: [] });
    expect(stream(result, 'devices.value')).toMatchObject({ qos: 2, offered: 50, acknowledged: 50 });
    expect(result.ledger.up).toMatchObject({ delivered: 50, lost: 0 });
    expect(result.ledger.device).toMatchObject({ delivered: 200, lost: 0 });
    expect(result.ledger.down).toMatchObject({ offered: 20, delivered: 80, lost: 0 });
    const qos = result.mapping.filter((c) => c.property === 'qoslevel');
    expect(qos.map((c) => [c.direction, c.checked, c.failed])).toEqual([
      ['up', 50, 0],
      ['down', 80, 0],
      ['device', 200, 0],
    ]);
  });

  it('speaks TCP, WebSocket, TLS and WebSocket over TLS in one scenario', async () => {
    const kinds = ['tcp', 'ws', 'tls', 'wss'];
    const populations = kinds.map(
      (kind) => `  over-${kind}:
    actor: sensor
    count: 3
    client: { transport: ${kind} }
    publish: { value: { topic: "up/${kind}/{id}", schedule: { rate: 20/s } } }
    subscribe: [{ topic: "up/#" }]`,
    );
    const { result } = await ran(
      `causeway: 1\nname: Transports\nduration: 1s\ngateway: { topics: { up: { direction: up } } }\npopulations:\n${populations.join('\n')}\n`,
      { threads: 2 },
    );
    expect(result).toMatchObject({ verdict: 'pass', reasons: [] });
    for (const kind of kinds) expect(stream(result, `over-${kind}.value`), kind).toMatchObject({ offered: 20, acknowledged: 20 });
    expect(result.ledger.device).toMatchObject({ delivered: 80 * 12, lost: 0 });
  });

  it('loses nothing with an MQ on files that are synced before each acknowledgement, and leaves none behind', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'run-'));
    vi.stubEnv('TMPDIR', temporary);
    const { result } = await ran(`causeway: 1
name: Files
duration: 1s
gateway: { topics: { up: {}, down: {} } }
mq: { storage: file, fsync: always }
populations:
  devices:
    actor: sensor
    count: 5
    publish: { value: { topic: "up/{id}", schedule: { rate: 100/s }, body: { text: { text: { bytes: 200 } } } } }
services:
  back:
    consume: { topics: [up], group: G, members: 2 }
    commands: { one: { topic: down, population: devices, target: one, schedule: { rate: 20/s } } }
`);
    expect(result).toMatchObject({ verdict: 'pass', engine: { storage: 'file', fsync: 'always' } });
    expect(result.ledger.up).toMatchObject({ offered: 100, delivered: 100, lost: 0 });
    expect(result.ledger.down).toMatchObject({ offered: 20, delivered: 20, lost: 0 });
    expect(await readdir(temporary)).toEqual([]);
    await rm(temporary, { recursive: true });
  });

  it('a threshold that does not hold fails the run and tells what was found; one that holds is listed too', async () => {
    const { result } = await ran(`causeway: 1
name: Thresholds
duration: 500ms
gateway: { topics: { up: {} } }
populations:
  devices: { actor: sensor, count: 2, publish: { value: { topic: "up/{id}", schedule: { rate: 20/s } } } }
services: { back: { consume: { topics: [up], group: G } } }
thresholds: ["up.endToEnd.count == 10", "rates.offered > 1000", "services.back.received >= 11"]
`);
    expect(result.verdict).toBe('fail');
    expect(codes(result)).toEqual(['threshold-failed']);
    expect(result.thresholds.map((t) => [t.metric, t.passed])).toEqual([
      ['up.endToEnd.count', true],
      ['rates.offered', false],
      ['services.back.received', false],
    ]);
    expect(result.thresholds[2]!.found).toBe(10);
  });
});
