/** The threshold of a scenario that can be drawn among latencies over time. Pure. */

const LATENCY =
  /^(up|down|device)\.(endToEnd|service)\.(mean|p50|p90|p95|p99|p999|max)\s*<=?\s*(\d+(?:\.\d+)?)\s*(us|µs|ms|s|min)?$/;
const MICROS: Readonly<Record<string, number>> = { us: 1, µs: 1, ms: 1e3, s: 1e6, min: 60e6 };

/** The strictest upper bound of an end-to-end latency; its value in microseconds, its label as written. */
export function latencyThreshold(
  thresholds: readonly { readonly text: string }[],
): { readonly value: number; readonly label: string } | undefined {
  let strictest: { readonly value: number; readonly label: string } | undefined;
  for (const { text } of thresholds) {
    const match = LATENCY.exec(text.trim());
    if (match === null) continue;
    // Without a unit: milliseconds, as scenarios have it.
    const value = Number(match[4]) * (MICROS[match[5] ?? 'ms'] as number);
    if (value > 0 && (strictest === undefined || value < strictest.value)) strictest = { value, label: text.trim().slice(0, 60) };
  }
  return strictest;
}
