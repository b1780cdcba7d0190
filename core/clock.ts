/**
 * The lab's clock: microseconds on the machine's monotonic clock, the same reading in every thread and process of one
 * machine. `process.hrtime` reads that clock; `performance.now` is faster to call but starts at zero in each thread, so
 * the distance between the two is measured once here. One measurement may be off by whatever the thread was busy with
 * between the two readings (hundreds of microseconds while code is still cold): of several the tightest is taken.
 */
function measureOffsetUs(): number {
  let best = Number.POSITIVE_INFINITY;
  let offsetUs = 0;
  for (let i = 0; i < 50; i += 1) {
    const before = performance.now();
    const reading = process.hrtime.bigint();
    const after = performance.now();
    if (after - before < best) {
      best = after - before;
      offsetUs = Number(reading) / 1000 - ((before + after) / 2) * 1000;
    }
  }
  return offsetUs;
}

const offsetUs = measureOffsetUs();

/** Microseconds, monotonic, comparable between threads and processes of this machine. */
export function nowUs(): number {
  return performance.now() * 1000 + offsetUs;
}

/** A clock that can be injected; `nowUs` is the real one. */
export type Clock = () => number;
