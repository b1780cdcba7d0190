/** Where everything of the drawing stands, and what it says: pure, in pixels of the given width. */
import type { Direction, RunResult } from '../../../core/protocol/result.ts';
import type { RunSnapshot } from '../../live/runSnapshot.ts';
import { directionsOf, latest, perSecond } from '../../live/series.ts';

export type NodeKey = 'devices' | 'gateway' | 'bridge' | 'mq' | 'services';
export const NODES: readonly NodeKey[] = ['devices', 'gateway', 'bridge', 'mq', 'services'];

export interface Box {
  readonly key: NodeKey;
  readonly x: number;
  readonly width: number;
}

/** One hop of one direction: an arrow between two neighbours. */
export interface Hop {
  readonly direction: Direction;
  readonly from: NodeKey;
  readonly to: NodeKey;
  /** Messages a second, now or on average when the run is over; null: not counted on this hop. */
  readonly rate: number | null;
  /** Name in the result, and its latency, microseconds; null: not measured (yet). */
  readonly name: string | null;
  readonly mean: number | null;
  readonly p99: number | null;
  /** Why there is no latency here, although the run is over: its two ends are one moment. */
  readonly atOnce: boolean;
  /** Does anything flow here? */
  readonly flows: boolean;
}

/** How long messages waited in their sender after they were due, microseconds: part of every latency, and of no hop. */
export interface Wait {
  readonly at: 'devices' | 'services';
  readonly mean: number;
  readonly p99: number;
}

const WIDTHS: Readonly<Record<NodeKey, number>> = { devices: 176, gateway: 118, bridge: 84, mq: 128, services: 182 };
/** Free space between boxes never gets narrower than a rate needs; a window too small for that shows the drawing smaller. */
const LEAST_GAP = 98;

export function boxesOf(width: number): readonly Box[] {
  const boxes = NODES.reduce((sum, key) => sum + WIDTHS[key], 0);
  const gap = Math.max(LEAST_GAP, (width - boxes) / (NODES.length - 1));
  let x = 0;
  return NODES.map((key) => {
    const box = { key, x, width: WIDTHS[key] };
    x += WIDTHS[key] + gap;
    return box;
  });
}

/** Which hop of the result each arrow stands for; the bridge's two arrows up are one measured hop, told at its end. */
const ARROWS: readonly (readonly [Direction, NodeKey, NodeKey, string | null])[] = [
  ['up', 'devices', 'gateway', 'sentToGateway'],
  ['up', 'gateway', 'bridge', null],
  ['up', 'bridge', 'mq', 'gatewayToMq'],
  ['up', 'mq', 'services', 'mqToConsumer'],
  ['down', 'services', 'mq', 'sentToMq'],
  ['down', 'mq', 'bridge', 'mqToBridge'],
  ['down', 'bridge', 'gateway', null],
  ['down', 'gateway', 'devices', 'bridgeToDevice'],
  ['device', 'devices', 'gateway', 'sentToGateway'],
  ['device', 'gateway', 'devices', 'gatewayToDevice'],
];

/** Directions that the drawing has a lane for: those that the scenario or the figures know of. */
export function lanesOf({ status, frames, result }: RunSnapshot): readonly Direction[] {
  const seen = new Set(directionsOf(frames));
  if (result !== null)
    for (const [direction, ledger] of Object.entries(result.ledger) as [Direction, RunResult['ledger'][Direction]][])
      if (ledger.sent > 0 || ledger.delivered > 0) seen.add(direction);
  if (status.services.some(({ consumes }) => consumes.length > 0)) seen.add('up');
  if (status.services.some(({ commands }) => commands.length > 0)) seen.add('down');
  return (['up', 'down', 'device'] as const).filter((direction) => seen.has(direction));
}

/** The embedded MQ hands a message to the bridge in the moment it stores it: this hop is nought by definition, not by measurement. */
export const isAtOnce = (engine: string, hop: string | null): boolean => engine === 'embedded' && hop === 'mqToBridge';

/** When the run is over: of devices the direction that waited longest. */
export function waitsOf({ result }: RunSnapshot): readonly Wait[] {
  const waits = (result?.paths ?? []).flatMap(({ direction, hops }): Wait[] => {
    const { mean = null, p99 = null } = hops.find(({ name }) => name === 'dueToSent')?.latency ?? {};
    return mean === null || p99 === null ? [] : [{ at: direction === 'down' ? 'services' : 'devices', mean, p99 }];
  });
  return (['devices', 'services'] as const).flatMap((at) =>
    waits
      .filter((wait) => wait.at === at)
      .sort((a, b) => b.p99 - a.p99)
      .slice(0, 1),
  );
}

export function hopsOf(run: RunSnapshot): readonly Hop[] {
  const { result, frames } = run;
  const over = result !== null;
  const now = over ? undefined : latest(frames);
  const flowing = run.status.phase === 'running' || run.status.phase === 'draining';
  const rateOf = (direction: Direction, from: NodeKey, to: NodeKey): number | null => {
    const delivered = to === 'services' || to === 'devices';
    if (over) {
      const ledger = result.ledger[direction];
      return perSecond(delivered ? ledger.delivered : from === 'bridge' ? ledger.acknowledged : ledger.sent, result.trafficMs);
    }
    if (now === undefined) return null;
    const { frame, widthMs } = now;
    const hops = frame.hops;
    if (delivered) return perSecond(frame[direction], widthMs);
    if (hops === undefined) return null;
    if (direction === 'device') return null;
    const counted =
      direction === 'up'
        ? from === 'devices'
          ? frame.sent - hops.commands
          : hops.stored
        : from === 'services'
          ? hops.commands
          : hops.taken;
    return perSecond(Math.max(0, counted), widthMs);
  };
  const lanes = lanesOf(run);
  return ARROWS.filter(([direction]) => lanes.includes(direction)).map(([direction, from, to, name]) => {
    const path = result?.paths.find((one) => one.direction === direction);
    const atOnce = over && isAtOnce(run.status.engine, name);
    const latency = name === null || atOnce ? undefined : path?.hops.find((hop) => hop.name === name)?.latency;
    const rate = rateOf(direction, from, to);
    return {
      direction,
      from,
      to,
      rate,
      name,
      mean: latency?.mean ?? null,
      p99: latency?.p99 ?? null,
      atOnce,
      flows: flowing && ((now?.frame[direction] ?? 0) > 0 || (rate ?? 0) > 0),
    };
  });
}
