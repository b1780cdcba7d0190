/** The machine that measures, and whether it leaves this process the time it wants. */
import { environmentNow } from '../run/environment.ts';

const SPIN_MS = 40;
/** Below this share of a processor times mean little. */
export const ENOUGH = 0.7;

/** Processor, cores and memory in words. */
export function machineNow(): string {
  const { cpu, cores, memoryMb, os } = environmentNow();
  return `${cpu}, ${cores} cores, ${Math.round(memoryMb / 1024)} GiB, ${os}`;
}

/** The share of a processor that this process gets when it wants a whole one: 1 on an idle machine. */
export function processorShare(): number {
  const before = process.cpuUsage();
  const start = performance.now();
  while (performance.now() - start < SPIN_MS);
  const after = process.cpuUsage();
  const used = (after.user + after.system - before.user - before.system) / 1000;
  return Math.min(1, used / (performance.now() - start));
}
