/** Whether this process can hold so many clients, found out before the first of them connects. */
import { CausewayError } from '../protocol/errors.ts';
import type { LimitReadings } from './limits.ts';

export interface PreflightPlan {
  readonly clients: number;
  /** The gateway runs in this process too: each connection takes a descriptor at both ends. */
  readonly inProcessServer: boolean;
  /** Memory per client, the server's share included. Default 8,192, twice that with the server in the process. */
  readonly perClientBytes?: number;
  /** Descriptors for everything else. Default 256 more than are open now. */
  readonly reserveDescriptors?: number;
  /** The broker is reached over loopback, so that source addresses can be chosen. Default true. */
  readonly loopback?: boolean;
  /** Memory for everything else. Default 256 MiB. */
  readonly reserveBytes?: number;
}

export interface Preflight {
  /**
   * Source addresses to spread the clients over in turn (`localAddress`); empty: one address is enough, leave the choice
   * to the operating system.
   */
  readonly localAddresses: string[];
  readonly descriptors: { readonly needed: number; readonly limit: number | undefined };
  readonly ports: { readonly needed: number; readonly perAddress: number };
  readonly memory: { readonly neededBytes: number; readonly freeBytes: number };
  /** Codes limit.descriptors, limit.ports, limit.memory; empty: go ahead. All of them, not only the first. */
  readonly problems: CausewayError[];
}

/** What Windows and macOS give out, as does IANA's dynamic range. */
const DEFAULT_RANGE = { first: 49_152, last: 65_535 };
/** Of the range, what other programs and connections just closed (TIME_WAIT) may hold. */
const USABLE_PORTS = 0.9;
/** 127.0.0.1 to 127.0.0.254 */
const MAX_ADDRESSES = 254;
const MIB = 1024 * 1024;

/** Judges a plan by the readings; pure, so `explain` may call it as well as a run. */
export function preflight(plan: PreflightPlan, readings: LimitReadings): Preflight {
  const problems: CausewayError[] = [];
  const { clients, inProcessServer } = plan;

  const reserve = plan.reserveDescriptors ?? (readings.descriptorsOpen ?? 0) + 256;
  const neededDescriptors = clients * (inProcessServer ? 2 : 1) + reserve;
  const limit = readings.descriptorLimit;
  if (limit !== undefined && neededDescriptors > limit) {
    problems.push(new CausewayError('limit.descriptors', { needed: neededDescriptors, limit }));
  }

  const range = readings.portRange ?? DEFAULT_RANGE;
  const perAddress = Math.floor((range.last - range.first + 1) * USABLE_PORTS);
  // Only Linux answers on all of 127.0.0.0/8 without configuration.
  const most = readings.platform === 'linux' && (plan.loopback ?? true) ? MAX_ADDRESSES : 1;
  const addresses = Math.max(1, Math.ceil(clients / Math.max(1, perAddress)));
  if (addresses > most) {
    problems.push(new CausewayError('limit.ports', { needed: clients, available: perAddress * most, addresses: most }));
  }
  const used = Math.min(addresses, most);

  const perClient = plan.perClientBytes ?? (inProcessServer ? 16_384 : 8192);
  const neededBytes = clients * perClient + (plan.reserveBytes ?? 256 * MIB);
  if (neededBytes > readings.freeMemoryBytes) {
    problems.push(
      new CausewayError('limit.memory', {
        needed: Math.ceil(neededBytes / MIB),
        available: Math.floor(readings.freeMemoryBytes / MIB),
      }),
    );
  }

  return {
    localAddresses: used === 1 ? [] : Array.from({ length: used }, (_, i) => `127.0.0.${i + 1}`),
    descriptors: { needed: neededDescriptors, limit },
    ports: { needed: clients, perAddress },
    memory: { neededBytes, freeBytes: readings.freeMemoryBytes },
    problems,
  };
}
