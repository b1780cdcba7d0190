/** The frames of a run as CSV (RFC 4180), one line each; times in milliseconds, latencies in microseconds. */
import type { Frame } from '../protocol/result.ts';

type Value = number | string | null;

const COLUMNS: readonly (readonly [string, (frame: Frame) => Value])[] = [
  ['atMs', (f) => f.atMs],
  ['state', (f) => f.state],
  ['connected', (f) => f.connected],
  ['offered', (f) => f.offered],
  ['sent', (f) => f.sent],
  ['acknowledged', (f) => f.acknowledged],
  ['up', (f) => f.up],
  ['down', (f) => f.down],
  ['device', (f) => f.device],
  ['pending', (f) => f.pending],
  ['duplicates', (f) => f.duplicates],
  ['reordered', (f) => f.reordered],
  ['corrupted', (f) => f.corrupted],
  ['mappingFailed', (f) => f.mappingFailed],
  ['answers', (f) => f.answers],
  ['upP50', (f) => f.latency.up.p50],
  ['upP99', (f) => f.latency.up.p99],
  ['downP50', (f) => f.latency.down.p50],
  ['downP99', (f) => f.latency.down.p99],
  ['deviceP50', (f) => f.latency.device.p50],
  ['deviceP99', (f) => f.latency.device.p99],
  ['slipP99', (f) => f.slipP99],
];

/** A field: quoted where it must be; one that a spreadsheet would take for a formula begins with an apostrophe. */
function field(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** With a header; threads have a column each for the busy share of their core. */
export function framesCsv(frames: readonly Frame[]): string {
  const threads = [...new Set(frames.flatMap(({ utilisation }) => Object.keys(utilisation)))];
  const header = [...COLUMNS.map(([name]) => name), ...threads.map((thread) => `utilisation ${thread}`)];
  const lines = frames.map((frame) => [
    ...COLUMNS.map(([, read]) => read(frame)),
    ...threads.map((thread) => frame.utilisation[thread] ?? null),
  ]);
  return [header, ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}
