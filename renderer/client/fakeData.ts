/** What a lab would answer, made up: for tests of screens, and to look at them without a lab. */
import type { Direction, Frame, MappingCell } from '../../core/protocol/result.ts';
import type {
  Distribution,
  EngineInfo,
  LabInfo,
  LiveMapping,
  RunEntry,
  RunStatus,
  RunView,
  ScenarioEntry,
  Settings,
} from '../../core/protocol/window.ts';
import { WINDOW_VERSION } from '../../core/protocol/window.ts';

/** Markup, bidi override, escape sequence, NUL, zero-width space, and length. */
export const HOSTILE = '<img src=x onerror="alert(1)">\u202egnp.exe\u0000\u001b[31m\u200b{{x}} ' as const;

const engine = (
  name: EngineInfo['name'],
  title: string,
  defaultAddress: string | null,
  others: EngineInfo['abilities'],
): EngineInfo => ({
  name,
  title,
  defaultAddress,
  abilities: {
    durable: 'yes',
    keyOrder: 'yes',
    broadcasting: 'yes',
    delayed: 'yes',
    filter: 'yes',
    redelivery: 'yes',
    deadLetter: 'yes',
    history: 'yes',
    ...others,
  },
});

export const FAKE_INFO: LabInfo = {
  version: '0.1.0',
  windowVersion: WINDOW_VERSION,
  host: 'browser',
  platform: 'linux',
  node: '20.20.0',
  electron: null,
  cores: 8,
  runsFolder: '/data/ada/.local/share/causeway/runs',
  scenariosFolder: '/data/ada/Documents/Causeway',
  engines: [
    engine('embedded', 'Embedded MQ', null, { durable: 'with files' }),
    engine('kafka', 'Apache Kafka', '127.0.0.1:9092', { delayed: 'no', filter: 'by the lab' }),
    engine('rocketmq', 'Apache RocketMQ', '127.0.0.1:8081', { filter: 'by the lab' }),
    engine('rabbitmq', 'RabbitMQ', 'amqp://127.0.0.1:5672', { filter: 'by the lab', history: 'no' }),
  ],
};

export const FAKE_SETTINGS: Settings = {
  engines: { kafka: { address: '127.0.0.1:9092', user: 'lab', hasPassword: true, tls: false } },
  broker: null,
  defaultEngine: 'embedded',
  useBroker: false,
  language: 'system',
  theme: 'system',
  keepsPasswords: false,
};

export const FAKE_SCENARIOS: readonly ScenarioEntry[] = [
  [
    'chat-rooms',
    'Chat rooms',
    '50 chat rooms of 20 people and one live broadcast with 1,000 viewers on MQTT; the talk is analysed and moderated through MQ.',
    2000,
    30_000,
    23,
  ],
  [
    'iot-sensors',
    'IoT sensors',
    '2,000 sensors in 20 buildings report over MQTT; services analyse and show their values through MQ.',
    2000,
    30_000,
    633,
  ],
  [
    'iov-fleet',
    'IoV fleet',
    '1,000 vehicles report once a second over MQTT; a command centre commands one, a district or all of them through MQ.',
    1000,
    30_000,
    1010,
  ],
  ['iov-demo', 'IoV demo', '1,000 vehicles; commands are sent by hand from the map.', 1000, 600_000, 1010],
  ['token-expiry', 'Token expiry', 'Tokens expire, are renewed and revoked while devices report.', 200, 30_000, 200],
].map(([file, name, description, clients, durationMs, messagesPerSecond]) => ({
  path: `/opt/causeway/scenarios/${file}.yaml`,
  name: name as string,
  description: description as string,
  shipped: true,
  clients: clients as number,
  durationMs: durationMs as number,
  messagesPerSecond: messagesPerSecond as number,
  problem: null,
}));

export const FAKE_OWN_SCENARIOS: readonly ScenarioEntry[] = [
  {
    path: '/data/ada/Documents/Causeway/my-fleet.yaml',
    name: 'My fleet, 20 % in tunnels',
    description: 'Copy of the IoV fleet with longer outages.',
    shipped: false,
    clients: 400,
    durationMs: 120_000,
    messagesPerSecond: 404,
    problem: null,
  },
  {
    path: '/data/ada/Documents/Causeway/hostile.yaml',
    name: HOSTILE,
    description: `${HOSTILE}${'very long '.repeat(60)}`,
    shipped: false,
    clients: null,
    durationMs: null,
    messagesPerSecond: null,
    problem: 'line 4, column 3: unknown key "durations", did you mean "duration"?',
  },
];

export function fakeStatus(change: Partial<RunStatus> = {}): RunStatus {
  return {
    id: '2026-03-04T10-20-30-iov-fleet',
    scenario: 'IoV fleet',
    description:
      '1,000 vehicles report once a second over MQTT; a command centre commands one, a district or all of them through MQ.',
    engine: 'embedded',
    broker: 'gateway',
    phase: 'running',
    startedAt: '2026-03-04T10:20:30.000Z',
    durationMs: 30_000,
    plannedClients: 1000,
    populations: [{ name: 'fleet', actor: 'vehicle', count: 1000 }],
    services: [
      { name: 'monitoring', consumes: ['vehicle'], commands: [] },
      { name: 'centre', consumes: ['answer'], commands: ['stop', 'reroute'] },
    ],
    orderPromised: true,
    thresholds: [
      { text: 'ledger.up.lost == 0', metric: 'ledger.up.lost' },
      { text: 'up.endToEnd.p99 < 1000', metric: 'up.endToEnd.p99' },
    ],
    error: null,
    ...change,
  };
}

/** The window that ends at `index + 1` quarters of a second; the same index gives the same frame. */
export function fakeFrame(index: number, change: Partial<Frame> = {}): Frame {
  const wave = 1 + 0.1 * Math.sin(index / 5);
  return {
    atMs: (index + 1) * 250,
    state: 'running',
    connected: 1000,
    offered: Math.round(250 * wave),
    sent: Math.round(250 * wave),
    acknowledged: Math.round(249 * wave),
    up: Math.round(248 * wave),
    down: Math.round(30 * wave),
    device: 0,
    pending: 2,
    duplicates: 0,
    reordered: 0,
    corrupted: 0,
    mappingFailed: 0,
    answers: Math.round(28 * wave),
    latency: {
      up: { p50: Math.round(1_900 * wave), p99: Math.round(7_400 * wave * wave) },
      down: { p50: Math.round(2_600 * wave), p99: Math.round(11_000 * wave * wave) },
      device: { p50: null, p99: null },
    },
    slipP99: 900,
    utilisation: { main: 0.34 * wave, 'devices 1': 0.22 * wave, services: 0.11 },
    ...change,
  };
}

const PROPERTIES: readonly MappingCell['property'][] = [
  'topic',
  'qoslevel',
  'cleansessionflag',
  'mqttSecondTopic',
  'mqttRealTopic',
  'clientId',
  'payload',
];

export const fakeMapping = (failed = 0): LiveMapping =>
  (['up', 'down'] as const satisfies readonly Direction[]).flatMap((direction) =>
    PROPERTIES.map((property) => ({
      direction,
      property,
      checked: direction === 'up' ? 30_000 : 3_600,
      failed: direction === 'up' && property === 'qoslevel' ? failed : 0,
    })),
  );

export const fakeDistribution = (direction: Direction, p50 = 2_000): Distribution => {
  const bounds = Array.from({ length: 60 }, (_, index) => Math.round(50 * 1.2 ** index));
  return { direction, bounds, counts: bounds.map((bound) => Math.round(4_000 * Math.exp(-2 * Math.log(bound / p50) ** 2))) };
};

export function fakeView(change: Partial<RunView> = {}, frames = 120): RunView {
  return {
    status: fakeStatus(),
    frames: Array.from({ length: frames }, (_, index) => fakeFrame(index)),
    events: [
      { atMs: -2_100, level: 'info', text: 'connecting 1,000 clients' },
      { atMs: 4_000, level: 'warn', text: `publish refused: topic ${HOSTILE}`, data: { clientId: HOSTILE } },
    ],
    distributions: [fakeDistribution('up'), fakeDistribution('down', 2_700)],
    mapping: fakeMapping(),
    result: null,
    scenarioText: 'causeway: 1\nname: IoV fleet\n',
    ...change,
  };
}

export function fakeRuns(): readonly RunEntry[] {
  const run = (id: string, change: Partial<RunEntry>): RunEntry => ({
    id,
    folder: `/data/ada/.local/share/causeway/runs/${id}`,
    scenario: 'IoV fleet',
    startedAt: '2026-03-04T10:20:30.000Z',
    verdict: 'pass',
    engine: 'embedded',
    clients: 1000,
    trafficMs: 30_000,
    deliveredPerSecond: 1_129,
    lost: 0,
    p99: 7_600,
    problem: null,
    ...change,
  });
  return [
    run('2026-03-04T10-20-30-iov-fleet', {}),
    run('2026-03-04T10-11-02-iov-fleet', {
      verdict: 'fail',
      startedAt: '2026-03-04T10:11:02.000Z',
      lost: 12,
      engine: 'kafka',
      p99: 41_000,
    }),
    run('2026-03-03T18-00-00-iot-sensors', {
      scenario: 'IoT sensors',
      verdict: 'invalid',
      startedAt: '2026-03-03T18:00:00.000Z',
      clients: 20_000,
      deliveredPerSecond: 31_200,
      p99: 2_410_000,
    }),
    run('2026-03-02T09-30-00-chat-rooms', {
      scenario: 'Chat rooms',
      startedAt: '2026-03-02T09:30:00.000Z',
      clients: 2000,
      deliveredPerSecond: 2_310,
      p99: 9_100,
      engine: 'rabbitmq',
    }),
    run('2026-02-11T09-30-00-hostile', { scenario: HOSTILE, startedAt: '2026-02-11T09:30:00.000Z', verdict: null, p99: null }),
    run('2026-02-10T09-30-00-damaged', {
      scenario: 'damaged',
      startedAt: '2026-02-10T09:30:00.000Z',
      verdict: null,
      p99: null,
      problem: 'result.json: unexpected end of JSON input',
    }),
  ];
}
