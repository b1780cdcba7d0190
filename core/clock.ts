/**
 * The lab's clock: microseconds on the machine's monotonic clock, the same reading in every thread and
 * process of one machine (`process.hrtime` reads CLOCK_MONOTONIC; `performance.now` is faster to call but
 * starts at zero in each thread, so its offset is taken once here).
 */
const offsetUs = Number(process.hrtime.bigint() / 1000n) - performance.now() * 1000;

/** Microseconds, monotonic, comparable between threads and processes of this machine. */
export function nowUs(): number {
  return performance.now() * 1000 + offsetUs;
}

/** A clock that can be injected; `nowUs` is the real one. */
export type Clock = () => number;
