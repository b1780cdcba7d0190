/** Figures for people. One decimal convention everywhere: three significant digits, thousands with commas. */

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A whole number with thousands separators. */
export function formatCount(value: number): string {
  return GROUPED.format(value);
}

/** Three significant digits, without an exponent. */
function significant(value: number): string {
  const size = Math.abs(value);
  if (size >= 99.95) return GROUPED.format(value);
  if (size >= 9.995) return value.toFixed(1);
  return value.toFixed(2);
}

/** A time given in microseconds as µs, ms or s; `-` where nothing was recorded. */
export function formatUs(us: number | null): string {
  if (us === null) return '-';
  const size = Math.abs(us);
  if (size < 999.5) return `${Math.round(us)} µs`;
  if (size < 999_500) return `${significant(us / 1000)} ms`;
  return `${significant(us / 1_000_000)} s`;
}

/** A time given in milliseconds as ms, s, or minutes and seconds. */
export function formatMs(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 119_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Things per second. */
export function formatRate(perSecond: number): string {
  return `${significant(perSecond)}/s`;
}

/** Bytes in powers of 1,000. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  if (bytes < 999_500) return `${significant(bytes / 1000)} kB`;
  if (bytes < 999_500_000) return `${significant(bytes / 1_000_000)} MB`;
  return `${significant(bytes / 1_000_000_000)} GB`;
}

/** A share 0..1 as a percentage; 100 % only when it is whole, so that one missing message in a million still shows. */
export function formatShare(share: number): string {
  const text = (share * 100).toFixed(1);
  if (share < 1 && text === '100.0') return '99.9 %';
  return `${text} %`;
}
