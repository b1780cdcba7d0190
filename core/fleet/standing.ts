/** What the newest wave has done to each vehicle, in the main process: the map and the wave's figures tell the same. */
import type { HandProgress } from '../protocol/hand.ts';

/** `none`: the wave was not for it. `lost`: it will never get the command. */
export const STANDING = { none: 0, waiting: 1, done: 2, refused: 3, lost: 4 } as const;

export class Standing {
  /** One STANDING per vehicle. */
  readonly of: Uint8Array;
  /** Of the order, microseconds since the start of traffic. */
  readonly dueUs: number;
  readonly #wave: number;

  constructor(wave: number, dueUs: number, vehicles: number, addressed: readonly number[]) {
    this.#wave = wave;
    this.dueUs = dueUs;
    this.of = new Uint8Array(vehicles);
    for (const index of addressed) this.of[index] = STANDING.waiting;
  }

  lost(wave: number, vehicles: readonly number[]): void {
    if (wave === this.#wave) for (const index of vehicles) this.of[index] = STANDING.lost;
  }

  /** Of another wave: nothing happens. */
  progress({ wave, newlyDone, newlyRefused }: HandProgress): void {
    if (wave !== this.#wave) return;
    for (const index of newlyDone) this.of[index] = STANDING.done;
    for (const index of newlyRefused) this.of[index] = STANDING.refused;
  }
}
