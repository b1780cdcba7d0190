/**
 * Seeded randomness. Every actor and purpose has a generator of its own, derived from the scenario's seed and
 * its name, so that what one actor does never shifts what another does, and the number of threads changes nothing.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, n). */
  int(n: number): number;
  /** Uniform in [min, max). */
  between(min: number, max: number): number;
  /** Normal deviate (Box-Muller). */
  gaussian(mean: number, deviation: number): number;
  pick<T>(items: readonly T[]): T;
}

/** 32-bit FNV-1a of a text, used to derive seeds. */
export function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** A generator (mulberry32) for the given seed and path of names, e.g. `random(42, 'sensors', 17, 'walk')`. */
export function random(seed: number, ...path: (string | number)[]): Random {
  let a = (seed ^ hash32(path.join('/'))) >>> 0;
  // One round of mixing, so that neighbouring seeds start far apart.
  a = Math.imul(a ^ (a >>> 16), 0x45d9f3b) >>> 0;
  const next = (): number => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    int: (n) => Math.floor(next() * n),
    between: (min, max) => min + next() * (max - min),
    gaussian: (mean, deviation) => mean + deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    pick: (items) => items[Math.floor(next() * items.length)]!,
  };
}
