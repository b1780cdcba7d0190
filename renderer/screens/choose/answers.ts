/** The six questions of the advisor: what can be answered, in steps of 1, 2, 5, and cases to start from. */
import type { WindowInput } from '../../../core/protocol/window.ts';

export type Answers = Omit<WindowInput<'choose.advise'>, 'engine'>;

/** 1, 2, 5, 10 ... from 10^least up to 10^most. */
function steps(least: number, most: number): readonly number[] {
  const found: number[] = [];
  for (let power = least; power < most; power += 1) for (const digit of [1, 2, 5]) found.push(Number(`${digit}e${power}`));
  return [...found, Number(`1e${most}`)];
}

export const CLIENT_STEPS = steps(0, 8);
export const BYTE_STEPS = steps(0, 6);
/** From once in about three hours to ten thousand a second, per client. */
export const RATE_STEPS = steps(-4, 4);

/** The place of the step that is nearest by ratio. */
export function nearestStep(all: readonly number[], value: number): number {
  const away = (step: number): number => Math.abs(Math.log(step) - Math.log(Math.max(value, Number.MIN_VALUE)));
  return all.reduce((best, step, place) => (away(step) < away(all[best] as number) ? place : best), 0);
}

export const PRESET_NAMES = ['sensors', 'iov', 'chat', 'live', 'orders'] as const;
export const PRESETS: Readonly<Record<(typeof PRESET_NAMES)[number], Answers>> = {
  sensors: {
    clients: 10_000,
    where: 'devices',
    messageBytes: 200,
    messagesPerSecondPerClient: 0.1,
    fanOut: 'work-sharing',
    order: 'per-client',
    offline: 'none',
  },
  iov: {
    clients: 1_000_000,
    where: 'devices',
    messageBytes: 500,
    messagesPerSecondPerClient: 0.2,
    fanOut: 'one-to-one',
    order: 'per-client',
    offline: 'store',
  },
  chat: {
    clients: 50_000,
    where: 'mixed',
    messageBytes: 200,
    messagesPerSecondPerClient: 0.05,
    fanOut: 'few',
    order: 'per-client',
    offline: 'store',
  },
  live: {
    clients: 100_000,
    where: 'browsers',
    messageBytes: 100,
    messagesPerSecondPerClient: 0.01,
    fanOut: 'all',
    order: 'none',
    offline: 'none',
  },
  orders: {
    clients: 50,
    where: 'servers',
    messageBytes: 2_000,
    messagesPerSecondPerClient: 100,
    fanOut: 'work-sharing',
    order: 'total',
    offline: 'store',
  },
};

export const samePreset = (answers: Answers): (typeof PRESET_NAMES)[number] | undefined =>
  PRESET_NAMES.find((name) => {
    const preset = PRESETS[name];
    return (Object.keys(preset) as (keyof Answers)[]).every((key) => preset[key] === answers[key]);
  });
