/** What this machine and this process allow, read where the operating system tells it. */

import { readdirSync, readFileSync } from 'node:fs';
import { freemem, platform } from 'node:os';

/** A reading is undefined where the system does not tell (no /proc on macOS and Windows). */
export interface LimitReadings {
  readonly platform: string;
  /** Soft limit of open file descriptors of this process. */
  readonly descriptorLimit: number | undefined;
  /** Open now. */
  readonly descriptorsOpen: number | undefined;
  /** First and last local port given to outgoing connections. */
  readonly portRange: { readonly first: number; readonly last: number } | undefined;
  /** Memory that could still be used without swapping. */
  readonly freeMemoryBytes: number;
}

/** The system calls behind `readLimits`, to be replaced in tests. */
export interface LimitSources {
  readonly platform: string;
  readText(path: string): string;
  countEntries(folder: string): number;
  freeMemoryBytes(): number;
}

const SYSTEM: LimitSources = {
  platform: platform(),
  readText: (path) => readFileSync(path, 'utf8'),
  countEntries: (folder) => readdirSync(folder).length,
  freeMemoryBytes: freemem,
};

/** Reads the limits that `preflight` judges by. Never throws: what can't be read is undefined. */
export function readLimits(sources: LimitSources = SYSTEM): LimitReadings {
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch {
      return undefined;
    }
  };
  const linux = sources.platform === 'linux';
  const limits = linux ? attempt(() => sources.readText('/proc/self/limits')) : undefined;
  const range = linux ? attempt(() => sources.readText('/proc/sys/net/ipv4/ip_local_port_range')) : undefined;
  const memory = linux ? attempt(() => sources.readText('/proc/meminfo')) : undefined;
  // MemAvailable counts what the page cache would give back; free memory alone is far too little on a busy machine.
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(memory ?? '')?.[1];
  return {
    platform: sources.platform,
    descriptorLimit: softDescriptors(limits),
    descriptorsOpen: linux ? attempt(() => sources.countEntries('/proc/self/fd')) : undefined,
    portRange: portRange(range),
    freeMemoryBytes: available === undefined ? sources.freeMemoryBytes() : Number(available) * 1024,
  };
}

/** The line reads `Max open files   <soft>   <hard>   files`. */
function softDescriptors(limits: string | undefined): number | undefined {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits ?? '')?.[1];
  if (soft === undefined) return undefined;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

function portRange(text: string | undefined): LimitReadings['portRange'] {
  const match = /^\s*(\d+)\s+(\d+)\s*$/.exec(text ?? '');
  return match === null ? undefined : { first: Number(match[1]), last: Number(match[2]) };
}
