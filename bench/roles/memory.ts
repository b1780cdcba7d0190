/** Memory of a process that is left after collecting garbage. */

export interface Memory {
  /** Bytes on the heap and in buffers. */
  readonly heapBytes: number;
  /** Bytes of the whole process. */
  readonly rssBytes: number;
}

/** Needs `--expose-gc`. Collects twice: what the first collection finalises is freed by the second. */
export async function settledMemory(): Promise<Memory> {
  if (globalThis.gc === undefined) throw new Error('this process was started without --expose-gc');
  for (let i = 0; i < 2; i += 1) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed + external, rssBytes: rss };
}
