/** A fleet as the window gets it: eight bytes for each vehicle. */
import { VEHICLE_BYTES, VEHICLE_STATE } from '../protocol/fleet.ts';
import type { FleetMemory } from './memory.ts';

/** So long an answer or a failure is shown, and so long a vehicle with a network may take to answer. */
export const SHOWN_US = 4_000_000;
export const PATIENCE_US = 5_000_000;
/** Without a gateway to ask: a vehicle that has not reported for so long is taken to be without a network. */
const SILENT_US = 3_000_000;

export class FleetPacker {
  readonly #memory: FleetMemory;
  readonly #width: number;
  readonly #height: number;
  /** When each vehicle was last seen to come back; NaN: never seen. */
  readonly #backUs: Float64Array;
  readonly #wasOnline: Uint8Array;
  readonly #bytes: Buffer;

  /** `width` and `height`: of the city, metres. */
  constructor(memory: FleetMemory, width: number, height: number) {
    this.#memory = memory;
    this.#width = width;
    this.#height = height;
    this.#backUs = new Float64Array(memory.vehicles).fill(Number.NaN);
    this.#wasOnline = new Uint8Array(memory.vehicles);
    this.#bytes = Buffer.alloc(memory.vehicles * VEHICLE_BYTES);
  }

  /** `online`: has the vehicle a connection; undefined: nobody can tell. The buffer is reused. */
  pack(atUs: number, online: (index: number) => boolean | undefined): Buffer {
    const { vehicles, x, y, speed, heading, reportedUs } = this.#memory;
    const bytes = this.#bytes;
    for (let i = 0; i < vehicles; i += 1) {
      const at = i * VEHICLE_BYTES;
      bytes.writeUInt16LE(share(x[i]!, this.#width), at);
      bytes.writeUInt16LE(share(y[i]!, this.#height), at + 2);
      const ageUs = atUs - reportedUs[i]!;
      bytes[at + 4] = Math.round(((heading[i]! || 0) / 360) * 256) & 255;
      bytes[at + 5] = this.#state(i, atUs, online(i) ?? ageUs < SILENT_US);
      bytes[at + 6] = byte(speed[i]!);
      bytes[at + 7] = ageUs >= 0 ? byte(ageUs / 100_000) : Number.isNaN(ageUs) ? 255 : 0;
    }
    return bytes;
  }

  #state(i: number, atUs: number, online: boolean): number {
    const { commandedUs, answeredUs, failedUs, reportedUs } = this.#memory;
    if (online && this.#wasOnline[i] === 0) this.#backUs[i] = atUs;
    this.#wasOnline[i] = online ? 1 : 0;
    const failed = failedUs[i]!;
    const answered = answeredUs[i]!;
    const commanded = commandedUs[i]!;
    const settled = latest(answered, failed);
    // A command after the last answer is the newest thing to be told.
    if (commanded > settled || (Number.isNaN(settled) && !Number.isNaN(commanded))) {
      if (!online) return VEHICLE_STATE.offline;
      const waitedUs = atUs - latest(commanded, this.#backUs[i]!);
      if (waitedUs < PATIENCE_US) return VEHICLE_STATE.commanded;
      return waitedUs < PATIENCE_US + SHOWN_US ? VEHICLE_STATE.failed : VEHICLE_STATE.online;
    }
    if (atUs - settled < SHOWN_US) return failed === settled ? VEHICLE_STATE.failed : VEHICLE_STATE.answered;
    if (online) return VEHICLE_STATE.online;
    return Number.isNaN(reportedUs[i]!) && Number.isNaN(this.#backUs[i]!) ? VEHICLE_STATE.unknown : VEHICLE_STATE.offline;
  }
}

const latest = (a: number, b: number): number => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b));

const byte = (value: number): number => (value > 0 ? Math.min(255, Math.round(value)) : 0);

const share = (value: number, of: number): number => (value > 0 ? Math.min(65_535, Math.round((value / of) * 65_535)) : 0);
