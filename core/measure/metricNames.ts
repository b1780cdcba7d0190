/**
 * The names that thresholds may use, known without a result: a scenario is checked before anything runs. A name is
 * split at its dots; `<command>` and `<service>` stand for any name that the scenario gives (it may hold dots itself).
 */
import { editDistance } from '../scenario/nearest.ts';

export type MetricUnit = 'ms' | 'messages' | 'messages/s' | 'bytes/s' | 'share' | 'clients';

const LATENCY_FIGURES = ['mean', 'min', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;
const DIRECTIONS = ['up', 'down', 'device'] as const;

/** Hops of each direction, in the order in which a message passes them. */
export const HOPS = {
  up: ['dueToSent', 'sentToGateway', 'gatewayToMq', 'mqToConsumer'],
  down: ['dueToSent', 'sentToMq', 'mqToBridge', 'bridgeToDevice'],
  device: ['dueToSent', 'sentToGateway', 'gatewayToDevice'],
} as const;

/** Hops between devices over an external broker: when it had the message nobody tells. */
export const DIRECT_HOPS = ['dueToSent', 'sentToDevice'] as const;

const LEDGER_FIGURES = [
  'offered',
  'sent',
  'acknowledged',
  'notSent',
  'expected',
  'delivered',
  'lost',
  'missingUnpromised',
  'duplicatesExplained',
  'duplicatesUnexplained',
  'reordered',
  'maxReorderDistance',
  'corrupted',
  'unexpected',
] as const;

const units = new Map<string, MetricUnit>();
for (const direction of DIRECTIONS) {
  for (const part of ['endToEnd', 'service', ...HOPS[direction]]) {
    for (const figure of LATENCY_FIGURES) units.set(`${direction}.${part}.${figure}`, 'ms');
    units.set(`${direction}.${part}.count`, 'messages');
  }
  units.set(`${direction}.untraced`, 'messages');
}
for (const figure of LATENCY_FIGURES) units.set(`device.sentToDevice.${figure}`, 'ms');
units.set('device.sentToDevice.count', 'messages');
for (const direction of DIRECTIONS) for (const figure of LEDGER_FIGURES) units.set(`ledger.${direction}.${figure}`, 'messages');
for (const figure of ['offered', 'achieved', 'delivered']) units.set(`rates.${figure}`, 'messages/s');
for (const figure of ['bytesIn', 'bytesOut']) units.set(`rates.${figure}`, 'bytes/s');
for (const figure of ['planned', 'connected', 'reconnects', 'refused']) units.set(`clients.${figure}`, 'clients');
units.set('clients.connectMs', 'ms');
units.set('mapping.checked', 'messages');
units.set('mapping.failed', 'messages');
units.set('saturation.achievedShare', 'share');
units.set('saturation.utilisation', 'share');
for (const figure of LATENCY_FIGURES) units.set(`saturation.slip.${figure}`, 'ms');

/** Last parts of `<family>.<any name>.<last part>`. */
const families: Readonly<Record<string, { readonly placeholder: string; readonly figures: ReadonlyMap<string, MetricUnit> }>> = {
  answers: {
    placeholder: '<command>',
    figures: new Map<string, MetricUnit>([
      ...LATENCY_FIGURES.map((figure) => [figure, 'ms'] as const),
      ['sent', 'messages'],
      ['expected', 'messages'],
      ['answered', 'messages'],
      ['share', 'share'],
    ]),
  },
  waves: {
    placeholder: '<command>',
    figures: new Map<string, MetricUnit>([
      ['t50', 'ms'],
      ['t95', 'ms'],
      ['t100', 'ms'],
    ]),
  },
  services: { placeholder: '<service>', figures: new Map<string, MetricUnit>([['received', 'messages']]) },
};

/** A metric of one of the families with a free name in the middle, taken apart; undefined for other names. */
export function splitFamily(metric: string): { family: string; name: string; figure: string } | undefined {
  const first = metric.indexOf('.');
  const last = metric.lastIndexOf('.');
  if (first < 0 || last <= first + 1) return undefined;
  const family = metric.slice(0, first);
  if (!Object.hasOwn(families, family)) return undefined;
  return { family, name: metric.slice(first + 1, last), figure: metric.slice(last + 1) };
}

/** The unit a threshold on this metric is written in; undefined for a name that no result has. */
export function metricUnit(metric: string): MetricUnit | undefined {
  const unit = units.get(metric);
  if (unit !== undefined) return unit;
  const parts = splitFamily(metric);
  return parts === undefined ? undefined : families[parts.family]?.figures.get(parts.figure);
}

/** May a threshold name this metric? (Whether the scenario has the command or service named is the loader's question.) */
export function isKnownMetric(metric: string): boolean {
  return metricUnit(metric) !== undefined;
}

/** Every metric name, with `<command>` and `<service>` where any such name may stand. */
export function knownMetrics(): readonly string[] {
  const names = [...units.keys()];
  for (const [family, { placeholder, figures }] of Object.entries(families)) {
    for (const figure of figures.keys()) names.push(`${family}.${placeholder}.${figure}`);
  }
  return names;
}

/** The known metric nearest to a mistyped one; undefined when none is near. A free name in the middle is kept as written. */
export function suggestMetric(metric: string): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(metric.length / 3)) + 1;
  const consider = (candidate: string): void => {
    const distance = editDistance(metric, candidate);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  };
  for (const name of units.keys()) consider(name);
  const first = metric.indexOf('.');
  const last = metric.lastIndexOf('.');
  const middle = first >= 0 && last > first ? metric.slice(first + 1, last) : undefined;
  for (const [family, { placeholder, figures }] of Object.entries(families)) {
    for (const figure of figures.keys()) consider(`${family}.${middle || placeholder}.${figure}`);
  }
  return best;
}
