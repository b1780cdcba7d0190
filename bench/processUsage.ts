/** What another process has used, read from /proc: the broker under test need not know that it is measured. Linux only. */
import { readFileSync } from 'node:fs';

/** Clock ticks per second of /proc/<pid>/stat: 100 on every Linux that Node runs on (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** CPU time of all threads of a process since its start, microseconds, in steps of 10,000. @throws Error when it is gone */
export function cpuUs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in brackets, which may contain spaces: count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  if (!Number.isFinite(ticks)) throw new Error(`/proc/${pid}/stat: no CPU time in "${stat.trim()}"`);
  return (ticks * 1e6) / TICKS_PER_SECOND;
}

/**
 * How long the main thread of a process has waited for a core although it had work, microseconds since its start: what other
 * processes did to it. NaN where the kernel does not count it.
 */
export function waitedUs(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1000;
  } catch {
    return Number.NaN;
  }
}
