/** "MQTT or MQ?": the comparison tables, their experiments with measured figures, and the advisor. Part of window.ts, and the JSON of `causeway choose`. */
import { z } from 'zod';

const engine = z.enum(['embedded', 'kafka', 'rocketmq', 'rabbitmq']);

/** Rows of the feature table, then the five scenarios of the recommended model. */
export const CHOOSE_ROWS = [
  'connections',
  'volume',
  'deployment',
  'consumption',
  'sequence',
  'languages',
  'credentials',
  'churn',
  'fan-out',
  'command-one',
  'reporting',
  'processing',
  'control',
  'chat',
  'chat-analysis',
] as const;
export type ChooseRowId = (typeof CHOOSE_ROWS)[number];

export const chooseCalls = {
  'choose.table': z.strictObject({ engine }),
  /** Runs the experiments of these rows (none named: all), one after the other. */
  'choose.run': z.strictObject({ engine, rows: z.array(z.enum(CHOOSE_ROWS)).max(50).optional() }),
  'choose.cancel': z.strictObject({}),
  'choose.advise': z.strictObject({
    engine,
    clients: z.number().int().min(1).max(1_000_000_000),
    where: z.enum(['devices', 'browsers', 'servers', 'mixed']),
    messageBytes: z.number().int().min(0).max(10_000_000),
    messagesPerSecondPerClient: z.number().min(0).max(1_000_000),
    /** one-to-one: each message has one receiver; work-sharing: one of many workers; few: some receivers; all: broadcast. */
    fanOut: z.enum(['one-to-one', 'work-sharing', 'few', 'all']),
    order: z.enum(['none', 'per-client', 'total']),
    offline: z.enum(['none', 'store']),
  }),
} as const;

/** A measured figure. `better`: which way is better, where there is one. */
export interface ChooseFigure {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly better?: 'lower' | 'higher';
  /** The true value is this, or lies below (at most) or above it (at least), see note. */
  readonly bound?: 'at most' | 'at least';
  /** Why there is no value, or what to know about it. */
  readonly note?: string;
}

/** Units of counts, and what one of them is called. */
export const ONE: Readonly<Record<string, string>> = {
  analysts: 'analyst',
  clients: 'client',
  commands: 'command',
  copies: 'copy',
  deliveries: 'delivery',
  devices: 'device',
  languages: 'language',
  lines: 'line',
  members: 'member',
  messages: 'message',
  people: 'person',
  reconnects: 'reconnect',
  workers: 'worker',
};

/** The unit as it stands behind a value, e.g. `copy` behind 1. */
export const unitOf = (unit: string, value: number): string => (value === 1 && ONE[unit]) || unit;

/** A side is ahead when it is better by this factor; in times and rates of an overloaded machine by that one. */
export const AHEAD = 1.5;
export const AHEAD_OVERLOADED = 3;
/** Milliseconds below which a difference of times says nothing. */
export const SAME_MS = 1;
/** Units of what other programs make worse. */
const TIMED = ['ms', 'messages/s', 'commands/s', 'MB/s'];

export type Ahead = 'mqtt' | 'mq' | 'same' | null;

/** Which side is ahead in a figure that both have; null: one of them was not measured. */
export function aheadIn(mqtt: ChooseFigure, mq: ChooseFigure, better: 'lower' | 'higher', overloaded: boolean): Ahead {
  if (mqtt.value === null || mq.value === null) return null;
  if (mqtt.unit === 'ms' && Math.abs(mqtt.value - mq.value) < SAME_MS) return 'same';
  // Who else uses the processors changes times and rates, not memory and counts.
  const factor = overloaded && TIMED.includes(mqtt.unit) ? AHEAD_OVERLOADED : AHEAD;
  const [low, high] = mqtt.value < mq.value ? [mqtt, mq] : [mq, mqtt];
  if (low.value === high.value || (low.value ?? 0) * factor > (high.value ?? 0)) return 'same';
  // What may be more than measured is not the lower one for certain, nor the higher one what may be less.
  if (low.bound === 'at least' || high.bound === 'at most') return 'same';
  return (low === mqtt) === (better === 'lower') ? 'mqtt' : 'mq';
}

export interface ChooseCell {
  readonly side: 'mqtt' | 'mq';
  /** What the comparison claims, e.g. "millions". */
  readonly claim: string;
  /** Does what was measured bear the claim out? null: not measured, or it cannot be told on this machine (see note). */
  readonly holds: boolean | null;
  readonly note: string;
  readonly figures: readonly ChooseFigure[];
}

export interface ChooseRow {
  readonly id: ChooseRowId;
  readonly kind: 'feature' | 'scenario';
  readonly title: string;
  readonly mqtt: ChooseCell;
  readonly mq: ChooseCell;
  /** Which side this row recommends by what was measured; both: either, or combined over the bridge. null: not measured, or neither by what was. */
  readonly recommended: 'mqtt' | 'mq' | 'both' | null;
  readonly reason: string;
  /** What was done, with how much, in sentences: "how was this measured". */
  readonly method: string;
  /** null: never measured with this engine. ISO time, engine with version as known, seconds it took. */
  readonly measured: {
    readonly at: string;
    readonly engine: string;
    readonly seconds: number;
    readonly machine: string;
    /** Other programs took the processors meanwhile: times and rates mean little. Absent: not known. */
    readonly overloaded?: boolean;
  } | null;
  /** About how long the experiment takes, seconds. */
  readonly seconds: number;
}

export interface ChooseTable {
  readonly schema: 1;
  readonly engine: string;
  /** True for the embedded MQ: its figures say nothing about Kafka, RocketMQ or RabbitMQ. */
  readonly embedded: boolean;
  readonly rows: readonly ChooseRow[];
  readonly running: ChooseRowId | null;
  /** Why what was measured before cannot be read, so that it counts as not measured; null: nothing is wrong. */
  readonly problem: string | null;
}

/** Why a component belongs where it does, with the row that puts it to the test, and what is measured there. */
export interface ChooseReason {
  readonly text: string;
  readonly row: ChooseRowId;
  /** What was measured there, in a sentence; null: not measured. */
  readonly measured: string | null;
  /** Do the figures bear it out? null: not measured, or they do not tell the sides apart. */
  readonly holds: boolean | null;
}

export interface ChooseAdvice {
  /** Per component: devices, services, the way between. */
  readonly components: readonly {
    readonly component: 'devices' | 'services' | 'between';
    readonly use: 'mqtt' | 'mq' | 'bridge' | 'none';
    readonly text: string;
    readonly reasons: readonly ChooseReason[];
  }[];
  readonly summary: string;
  /** A scenario file that puts the recommendation to the test, ready to be run. */
  readonly scenario: { readonly name: string; readonly text: string };
}

export interface ChooseAnswers {
  'choose.table': ChooseTable;
  'choose.run': null;
  'choose.cancel': null;
  'choose.advise': ChooseAdvice;
}

/** `row`: the row as it is now; `step` of `steps` within its experiment. `running` null: all done, or cancelled. */
export interface ChoosePush {
  readonly push: 'choose';
  readonly engine: string;
  readonly running: ChooseRowId | null;
  readonly text: string;
  readonly step: number;
  readonly steps: number;
  readonly row: ChooseRow | null;
  readonly error: string | null;
}
