/** A fleet as the window gets it: eight bytes for each vehicle. */
import { VEHICLE_AWAY, VEHICLE_BYTES, VEHICLE_STATE } from '../protocol/fleet.ts';
import type { FleetMemory } from './memory.ts';
import { STANDING, type Standing } from './standing.ts';

/** So long a vehicle with a network may take to answer, and so long what became of a command that was not of the newest wave is shown. */
export const PATIENCE_US = 5_000_000;
export const SHOWN_US = 4_000_000;
/** Without a gateway to ask: a vehicle that has not reported for so long is taken to be without a network. */
const SILENT_US = 3_000_000;
/** A command this much younger than the newest wave is another one. */
const LATER_US = 1_000;

/** What is known beside the memory. */
export interface Knowledge {
  /** Has the vehicle a connection? undefined: nobody can tell. */
  readonly online: (index: number) => boolean | undefined;
  /** Is a command kept for it? */
  readonly kept: (index: number) => boolean;
  /** Of the newest wave by hand; undefined: there has been none. */
  readonly standing: Standing | undefined;
}

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

  /** The buffer is reused. */
  pack(atUs: number, known: Knowledge): Buffer {
    const { vehicles, x, y, speed, heading, reportedUs } = this.#memory;
    const bytes = this.#bytes;
    for (let i = 0; i < vehicles; i += 1) {
      const at = i * VEHICLE_BYTES;
      bytes.writeUInt16LE(share(x[i]!, this.#width), at);
      bytes.writeUInt16LE(share(y[i]!, this.#height), at + 2);
      const ageUs = atUs - reportedUs[i]!;
      bytes[at + 4] = Math.round(((heading[i]! || 0) / 360) * 256) & 255;
      const online = known.online(i) ?? ageUs < SILENT_US;
      if (online && this.#wasOnline[i] === 0) this.#backUs[i] = atUs;
      this.#wasOnline[i] = online ? 1 : 0;
      bytes[at + 5] = online ? this.#near(i, atUs, known.standing) : this.#away(i, known) | VEHICLE_AWAY;
      bytes[at + 6] = byte(speed[i]!);
      bytes[at + 7] = ageUs >= 0 ? byte(ageUs / 100_000) : Number.isNaN(ageUs) ? 255 : 0;
    }
    return bytes;
  }

  /** Of a vehicle without network. */
  #away(i: number, { kept, standing }: Knowledge): number {
    const settled = this.#settled(i, standing);
    if (settled !== undefined) return settled;
    if (kept(i)) return VEHICLE_STATE.kept;
    const seen = !Number.isNaN(this.#memory.reportedUs[i]!) || !Number.isNaN(this.#backUs[i]!);
    return seen ? VEHICLE_STATE.offline : VEHICLE_STATE.unknown;
  }

  /** Of a vehicle with network. */
  #near(i: number, atUs: number, standing: Standing | undefined): number {
    const settled = this.#settled(i, standing);
    if (settled !== undefined) return settled;
    const { commandedUs, answeredUs, failedUs } = this.#memory;
    if (this.#isOfWave(i, standing)) return this.#waited(i, atUs, standing!.dueUs) < PATIENCE_US ? COMMANDED : FAILED;
    const failed = failedUs[i]!;
    const closed = latest(answeredUs[i]!, failed);
    const commanded = commandedUs[i]!;
    // A command after the last answer is the newest thing to be told.
    if (commanded > closed || (Number.isNaN(closed) && !Number.isNaN(commanded))) {
      const waitedUs = this.#waited(i, atUs, commanded);
      if (waitedUs < PATIENCE_US) return COMMANDED;
      return waitedUs < PATIENCE_US + SHOWN_US ? FAILED : VEHICLE_STATE.online;
    }
    if (atUs - closed < SHOWN_US) return failed === closed ? FAILED : VEHICLE_STATE.answered;
    return VEHICLE_STATE.online;
  }

  /** What came of the newest wave, until the next one or another command. */
  #settled(i: number, standing: Standing | undefined): number | undefined {
    if (!this.#isOfWave(i, standing)) return undefined;
    const now = standing!.of[i]!;
    if (now === STANDING.done) return VEHICLE_STATE.answered;
    return now === STANDING.refused || now === STANDING.lost ? FAILED : undefined;
  }

  #isOfWave(i: number, standing: Standing | undefined): boolean {
    if (standing === undefined || standing.of[i] === STANDING.none) return false;
    return !(this.#memory.commandedUs[i]! > standing.dueUs + LATER_US);
  }

  /** Since the command, or since it has a network again. */
  #waited(i: number, atUs: number, commandedUs: number): number {
    return atUs - latest(commandedUs, this.#backUs[i]!);
  }
}

const { commanded: COMMANDED, failed: FAILED } = VEHICLE_STATE;

const latest = (a: number, b: number): number => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b));

const byte = (value: number): number => (value > 0 ? Math.min(255, Math.round(value)) : 0);

const share = (value: number, of: number): number => (value > 0 ? Math.min(65_535, Math.round((value / of) * 65_535)) : 0);
