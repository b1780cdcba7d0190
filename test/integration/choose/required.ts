/** The figures that each row must have, by which it is judged or which its text promises; held against every engine. */
import { expect } from 'vitest';
import type { KeptRow } from '../../../core/choose/table.ts';
import type { ChooseRowId } from '../../../core/protocol/choose.ts';

interface Required {
  readonly both?: readonly string[];
  readonly mqtt?: readonly string[];
  readonly mq?: readonly string[];
}
const LATENCIES = ['latency p50', 'latency p99'];
const PERMANENT = ['permanent: let in', 'permanent, wrong: refused'];

const REQUIRED: Readonly<Record<ChooseRowId, Required>> = {
  connections: {
    both: ['memory per client', 'time per client', 'clients connected', 'clients asked', 'not connected'],
    mqtt: ['memory of the gateway per client'],
  },
  volume: { both: ['small messages', 'large messages', 'latency at intervals', 'missing'] },
  deployment: { both: ['browser can connect'], mqtt: ['round trips over WebSocket', 'time to receive'] },
  consumption: {
    both: ['broadcasting: missing', 'broadcasting: copies too many', 'members', 'not connected'],
    mqtt: ['shared subscriptions granted'],
    mq: ['clustering: missing', 'clustering: copies too many', 'clustering: members that worked', 'clustering: busiest member'],
  },
  sequence: {
    both: ['missing'],
    mqtt: ['reordered as sent', 'reordered as received'],
    mq: ['reordered, one ordered consumer', 'reordered, three ordered consumers', 'reordered, three unordered consumers'],
  },
  languages: { both: ['languages that work', 'named, and not tried', 'JavaScript, TCP'], mqtt: ['JavaScript, WebSocket'] },
  credentials: {
    mqtt: [...PERMANENT, 'told before expiry', 'closed as expired', 'closed after', 'good for'],
    mq: [...PERMANENT, 'closed after', 'good for'],
  },
  churn: {
    both: [
      'time to recover',
      'longest time to recover',
      'latency p99 meanwhile',
      'lost',
      'copies too many',
      'reconnects',
      'clients',
    ],
  },
  'fan-out': {
    both: [
      'time to 50 %',
      'time to 95 %',
      'time to 100 %',
      'memory per receiver',
      'time to set up a receiver',
      'missing',
      'not connected',
    ],
  },
  'command-one': {
    both: [...LATENCIES, 'missing', 'at the wrong device', 'time to set up a device', 'devices', 'not connected'],
  },
  reporting: { both: [...LATENCIES, 'memory per device', 'time to connect a device', 'missing', 'reordered', 'not connected'] },
  processing: { both: [...LATENCIES, 'throughput', 'copies per message', 'workers that worked', 'missing', 'not connected'] },
  control: {
    both: [
      ...LATENCIES,
      'commands known to a service that was away',
      'commands known to a service that comes later',
      'commands accepted',
      'missing',
      'not connected',
    ],
  },
  chat: { both: [...LATENCIES, 'memory per person', 'time to join', 'missing', 'people', 'not connected'] },
  'chat-analysis': { both: [...LATENCIES, 'copies per line', 'analysts that worked', 'missing', 'reordered', 'not connected'] },
};

/** What an engine outside cannot do, or nobody asked it to: the figure is there, and says why it has no value. */
export const OUTSIDE_CANNOT: readonly string[] = [
  ...PERMANENT,
  'closed after',
  'good for',
  'commands known to a service that comes later',
];

/** Every figure that the row must have has a value; `may`: names of those of MQ that need none, but a reason. */
export function expectMeasured(row: KeptRow, may: readonly string[] = []): void {
  const { both = [], mqtt = [], mq = [] } = REQUIRED[row.id];
  const unmeasured: string[] = [];
  const check = (side: 'mqtt' | 'mq', names: readonly string[]): void => {
    for (const name of names) {
      const figure = row[side].find((one) => one.name === name);
      const free = side === 'mq' && may.includes(name);
      // So few clients may take too little memory to be told from noise, which is then said.
      const excused = free || (name.startsWith('memory') && figure?.note !== undefined);
      if (figure === undefined ? !free : figure.value === null && !(excused && figure.note !== undefined))
        unmeasured.push(`${row.id}, ${side}: ${name}`);
    }
  };
  check('mqtt', [...both, ...mqtt]);
  check('mq', [...both, ...mq]);
  expect(unmeasured).toEqual([]);
  // A number without a unit says nothing, and a value that is missing has its reason.
  for (const figure of [...row.mqtt, ...row.mq]) expect([row.id, figure.name, figure.unit]).not.toContain('');
  for (const figure of [...row.mqtt, ...row.mq])
    if (figure.value === null) expect([row.id, figure.name, figure.note ?? '']).not.toContain('');
}
