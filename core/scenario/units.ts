/** The units people write in a scenario: durations, rates and shares. Each reader says in words what it would have accepted. */

export type Read = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly expected: string };

const DURATION = /^(-?\d+(?:\.\d+)?)\s*(ms|s|m|min|h)$/;
const DURATION_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };
const RATE = /^(-?\d+(?:\.\d+)?)\s*\/\s*(s|m|min|h)$/;
const RATE_PER_S: Readonly<Record<string, number>> = { s: 1, m: 1 / 60, min: 1 / 60, h: 1 / 3600 };
const SHARE = /^(\d+(?:\.\d+)?)\s*%$/;

/** Longest duration of anything in a scenario: 30 days, in milliseconds. */
export const MAX_DURATION_MS = 30 * 24 * 3_600_000;
/** Highest rate of one schedule, messages per second. */
export const MAX_RATE = 1_000_000;

export const EXPECTED = {
  duration: 'a duration such as 500ms, 30s, 2m or 1h',
  rate: 'a rate such as 500/s, 30/min or 10/h',
  share: 'a share such as 5% or 0.05',
  renewal: 'a duration such as 5s, or 5s before expiry',
  factor: 'a factor such as 0.5, 2 or 150%',
} as const;

const no = (expected: string): Read => ({ ok: false, expected });
const yes = (value: number): Read => ({ ok: true, value });

/** `30s`, `500ms`, `2m`, `1h` to milliseconds; zero only where it means something. */
export function readDuration(text: string, zeroAllowed = false): Read {
  const match = DURATION.exec(text.trim());
  if (match === null)
    return no(/^\d+(\.\d+)?$/.test(text.trim()) ? `${EXPECTED.duration} (a number alone has no unit)` : EXPECTED.duration);
  const ms = Number(match[1]) * DURATION_MS[match[2]!]!;
  if (ms < 0 || (ms === 0 && !zeroAllowed)) return no(zeroAllowed ? 'a duration of zero or more' : 'a duration longer than zero');
  // Below a microsecond nothing can be scheduled, and a period of 0.0001ms would be an endless loop in disguise.
  if (ms > 0 && ms < 0.001) return no('a duration of at least 0.001ms');
  return ms > MAX_DURATION_MS ? no('a duration of at most 720h') : yes(ms);
}

/** `5s` or `5s before expiry` to milliseconds. */
export function readRenewal(text: string): Read {
  const read = readDuration(text.trim().replace(/\s+before\s+expiry$/, ''));
  return read.ok ? read : no(EXPECTED.renewal);
}

/** `500/s`, `30/min`, `10/h` to messages per second; more than 0 and at most 1,000,000/s. */
export function readRate(text: string, zeroAllowed = false): Read {
  const match = RATE.exec(text.trim());
  if (match === null) return no(EXPECTED.rate);
  const perSecond = Number(match[1]) * RATE_PER_S[match[2]!]!;
  if (perSecond < 0 || (perSecond === 0 && !zeroAllowed)) return no(zeroAllowed ? 'a rate of 0 or more' : 'a rate above 0');
  return perSecond > MAX_RATE ? no('a rate of at most 1000000/s') : yes(perSecond);
}

function readPart(value: number | string): number {
  if (typeof value === 'number') return value;
  const match = SHARE.exec(value.trim());
  return match === null ? Number.NaN : Number(match[1]) / 100;
}

/** `5%` or `0.05` to 0.05; between 0 and 1. */
export function readShare(value: number | string): Read {
  const share = readPart(value);
  if (!Number.isFinite(share)) return no(EXPECTED.share);
  return share < 0 || share > 1 ? no('a share between 0 and 1 (0% and 100%)') : yes(share);
}

/** `0.5`, `2` or `150%` to a factor; between 0 and 100. */
export function readFactor(value: number | string): Read {
  const factor = readPart(value);
  if (!Number.isFinite(factor)) return no(EXPECTED.factor);
  return factor < 0 || factor > 100 ? no('a factor between 0 and 100') : yes(factor);
}

/** Milliseconds as people write them: `500ms`, `30s`, `2m`, `1h`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${+ms.toFixed(3)}ms`;
  if (ms < 60_000) return `${+(ms / 1000).toFixed(3)}s`;
  const seconds = Math.round(ms / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return [hours > 0 ? `${hours}h` : '', minutes > 0 ? `${minutes}m` : '', seconds % 60 > 0 ? `${seconds % 60}s` : ''].join('');
}
