/** The comparison tables and the advisor as a lab would answer, made up. */
import {
  CHOOSE_ROWS,
  type ChooseAdvice,
  type ChooseFigure,
  type ChooseRow,
  type ChooseRowId,
  type ChooseTable,
} from '../../core/protocol/choose.ts';
import type { WindowInput } from '../../core/protocol/window.ts';

const FACTS: Readonly<Record<ChooseRowId, readonly [string, string, string, number]>> = {
  connections: ['Client connections', 'millions and more', 'generally fewer than 10,000', 5],
  volume: ['Messages of one client', 'small, at regular intervals', 'large, at high throughput', 12],
  deployment: ['Where clients run', 'devices, apps, pages in browsers', 'applications on servers', 2],
  consumption: ['Consumption', 'broadcasting', 'clustering and broadcasting', 4],
  sequence: ['Order', 'kept as sent, not promised as received', 'kept as sent and as received', 6],
  languages: [
    'Client libraries',
    'Java, C, C++, .NET, Android, iOS, Python, JavaScript, Go',
    'Java, C++, .NET, and those of the engine',
    2,
  ],
  credentials: ['Credentials', 'permanent signature, or token on demand', 'permanent, or temporary', 5],
  churn: ['Connections that come and go', 'each session outlives its connection', 'members of a group are few and stay', 10],
  'fan-out': ['One message to all', 'made for many receivers', 'made for few receivers', 3],
  'command-one': ['A command to one of many', 'addressed by client ID', 'by topic or filter', 5],
  reporting: ['Devices report their state', 'the model says yes', 'the model says no', 3],
  processing: ['Services process what devices report', 'the model says no', 'the model says yes', 3],
  control: ['A server commands many devices', 'the model says no', 'the model says yes', 3],
  chat: ['Live shows and chats: apps send and receive', 'the model says yes', 'the model says no', 3],
  'chat-analysis': ['A server analyses what is said', 'the model says no', 'the model says yes', 4],
};

const SCENARIOS = CHOOSE_ROWS.indexOf('reporting');

/** Never measured. */
export function fakeChooseRow(id: ChooseRowId, change: Partial<ChooseRow> = {}): ChooseRow {
  const [title, mqtt, mq, seconds] = FACTS[id];
  const cell = { holds: null, note: '', figures: [] };
  return {
    id,
    kind: CHOOSE_ROWS.indexOf(id) < SCENARIOS ? 'feature' : 'scenario',
    title,
    mqtt: { side: 'mqtt', claim: mqtt, ...cell },
    mq: { side: 'mq', claim: mq, ...cell },
    recommended: null,
    reason: 'not measured yet',
    method: '',
    measured: null,
    seconds,
    ...change,
  };
}

const figures = (scale: number): readonly ChooseFigure[] => [
  { name: 'clients', value: 1_000, unit: 'clients' },
  { name: 'latency p50', value: 1.274 * scale, unit: 'ms', better: 'lower' },
  { name: 'latency p99', value: 8.91 * scale, unit: 'ms', better: 'lower' },
  { name: 'missing', value: 0, unit: 'messages', better: 'lower' },
];

/** Measured, with figures of both sides. */
export function fakeMeasuredRow(id: ChooseRowId, change: Partial<ChooseRow> = {}): ChooseRow {
  const row = fakeChooseRow(id);
  return {
    ...row,
    mqtt: {
      ...row.mqtt,
      holds: true,
      note: 'Bounded by the memory of this machine, not by the gateway.',
      figures: [...figures(1), { name: 'memory per client', value: 14.2, unit: 'KiB', better: 'lower' }],
    },
    mq: { ...row.mq, holds: id === 'volume' ? null : id !== 'churn', figures: figures(2.4) },
    recommended: id === 'sequence' || id === 'processing' ? 'mq' : id === 'credentials' ? 'both' : 'mqtt',
    reason: 'MQTT answered in less than half of the time, with nothing missing.',
    method: '1,000 clients sent 20 messages each at regular intervals; every message was counted at its receiver.',
    measured: {
      at: '2026-03-02T09:30:00.000Z',
      engine: 'Embedded MQ, by Causeway 0.1.0',
      seconds: 4.8,
      machine: '8 × Intel Core i7, 16 GB, Linux',
    },
    ...change,
  };
}

export function fakeChooseTable(engine = 'embedded', change: Partial<ChooseTable> = {}): ChooseTable {
  return {
    schema: 1,
    engine,
    embedded: engine === 'embedded',
    rows: CHOOSE_ROWS.map((id) => fakeChooseRow(id)),
    running: null,
    problem: null,
    ...change,
  };
}

export function fakeAdvice({ where, clients }: WindowInput<'choose.advise'>): ChooseAdvice {
  const servers = where === 'servers';
  return {
    components: [
      {
        component: 'devices',
        use: servers ? 'mq' : 'mqtt',
        text: servers ? 'They are applications on servers.' : 'They connect to the MQTT gateway.',
        reasons: [
          {
            text: `${clients} clients of this kind are measured below`,
            row: 'connections',
            measured: servers ? null : 'MQTT is ahead in memory per client: MQTT 14.2 KiB, MQ 96 KiB',
            holds: servers ? null : true,
          },
        ],
      },
      { component: 'services', use: 'mq', text: 'They consume as one group.', reasons: [] },
      {
        component: 'between',
        use: servers ? 'none' : 'bridge',
        text: servers ? 'There is nothing to bridge.' : 'The bridge carries what devices report.',
        reasons: [
          { text: 'each message comes once in a group', row: 'consumption', measured: 'not so, in this case', holds: false },
        ],
      },
    ],
    summary: servers ? 'MQ alone.' : 'Devices on MQTT, services on MQ, with the bridge between.',
    scenario: { name: 'advice', text: 'causeway: 1\nname: advice\n' },
  };
}
