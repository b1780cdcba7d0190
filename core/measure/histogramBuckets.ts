/**
 * Where a value falls in an HDR histogram of three significant digits: 2048 values one by one, then for each doubling
 * 1024 buckets, each at most 1/1024 of its values wide. Values are whole microseconds from 1 to one hour.
 */
export const LARGEST_US = 3_600_000_000;
const HALF = 1024;

/** Buckets of a histogram: enough for values below 2^32, of which an hour is one. */
export const BUCKETS = 22 * HALF + HALF;

/** Bucket of a whole value from 0 to 2^32 - 1. */
export function bucketOf(value: number): number {
  // The 11 leading bits choose the bucket; below 2048 that is the value itself.
  const shift = value < 2 * HALF ? 0 : 21 - Math.clz32(value);
  return shift * HALF + (value >>> shift);
}

/** The smallest whole value of a bucket. */
export function lowestOf(bucket: number): number {
  const shift = bucket < 2 * HALF ? 0 : Math.floor(bucket / HALF) - 1;
  return (bucket - shift * HALF) * 2 ** shift;
}

/** The largest whole value of a bucket. */
export function highestOf(bucket: number): number {
  const shift = bucket < 2 * HALF ? 0 : Math.floor(bucket / HALF) - 1;
  return (bucket - shift * HALF + 1) * 2 ** shift - 1;
}
