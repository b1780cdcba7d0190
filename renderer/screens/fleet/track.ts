/** Where the vehicles are and were: a push of the lab unpacked, and the way between two reports. */
import { VEHICLE_AWAY, VEHICLE_BYTES, VEHICLE_STATE } from '../../../core/protocol/fleet.ts';

/** Farther than this between two reports nobody drives: it is set there instead of gliding, metres. */
const JUMP = 1_500;
/** A report's distance in time from the one before, milliseconds, until it is known; and its limits. */
const USUAL_GAP = 1_000;
const GAPS = [250, 1_600] as const;
/** Reports younger than this are drawn in full; then they fade, and from the last on they stay faint, milliseconds. */
const FADE = { from: 3_000, to: 20_000, least: 0.5 } as const;
const NO_AGE = 255;

/** The bytes of a push; undefined: it is damaged or of other vehicles. */
export function unpack(base64: string, vehicles: number): Uint8Array | undefined {
  try {
    const text = atob(base64);
    if (text.length !== vehicles * VEHICLE_BYTES) return undefined;
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** The heading a share of the way from one to another, by the shorter side. Degrees. */
export function between(from: number, to: number, share: number): number {
  const turn = ((((to - from) % 360) + 540) % 360) - 180;
  return (from + turn * share + 360) % 360;
}

/**
 * Vehicles between their reports: each glides from where it is drawn to its newest report in the time in which the next
 * one is due, i.e. about one report behind. Without a new report it stays where it is. Times are `performance.now()`.
 */
export class Track {
  readonly vehicles: number;
  /** Where to draw: metres, degrees clockwise from north. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly heading: Float32Array;
  readonly state: Uint8Array;
  /** 1: it has no network. */
  readonly away: Uint8Array;
  /** km/h. */
  readonly speed: Uint8Array;
  /** 1: it has reported. */
  readonly known: Uint8Array;
  readonly #width: number;
  readonly #height: number;
  readonly #age: Uint8Array;
  readonly #from: readonly [x: Float32Array, y: Float32Array, heading: Float32Array];
  readonly #to: readonly [x: Float32Array, y: Float32Array, heading: Float32Array];
  readonly #start: Float64Array;
  readonly #gap: Float32Array;
  #taken = 0;
  #first = true;

  constructor(vehicles: number, width: number, height: number) {
    const floats = (): Float32Array => new Float32Array(vehicles);
    this.vehicles = vehicles;
    this.#width = width;
    this.#height = height;
    [this.x, this.y, this.heading] = [floats(), floats(), floats()];
    this.#from = [floats(), floats(), floats()];
    this.#to = [floats(), floats(), floats()];
    this.state = new Uint8Array(vehicles);
    this.away = new Uint8Array(vehicles);
    this.speed = new Uint8Array(vehicles);
    this.known = new Uint8Array(vehicles);
    this.#age = new Uint8Array(vehicles).fill(NO_AGE);
    this.#start = new Float64Array(vehicles);
    this.#gap = new Float32Array(vehicles).fill(USUAL_GAP);
  }

  /** Takes a push over; `changed` hears of each vehicle whose state is another now (not of the first push). */
  take(bytes: Uint8Array, now: number, changed?: (vehicle: number, state: number, before: number) => void): void {
    if (bytes.length !== this.vehicles * VEHICLE_BYTES) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.advance(now);
    for (let i = 0; i < this.vehicles; i += 1) {
      const at = i * VEHICLE_BYTES;
      const x = (view.getUint16(at, true) / 65_535) * this.#width;
      const y = (view.getUint16(at + 2, true) / 65_535) * this.#height;
      const heading = (bytes[at + 4]! * 360) / 256;
      const state = bytes[at + 5]! & (VEHICLE_AWAY - 1);
      this.away[i] = (bytes[at + 5]! & VEHICLE_AWAY) === 0 ? 0 : 1;
      this.speed[i] = bytes[at + 6]!;
      this.#age[i] = bytes[at + 7]!;
      if (state !== this.state[i]) {
        const before = this.state[i]!;
        this.state[i] = state;
        if (!this.#first) changed?.(i, state, before);
      }
      if (this.known[i] === 0) {
        if (state === VEHICLE_STATE.unknown || (bytes[at + 7] === NO_AGE && x === 0 && y === 0)) continue;
        this.known[i] = 1;
        this.#set(i, x, y, heading, now);
      } else this.#report(i, Math.fround(x), Math.fround(y), Math.fround(heading), now);
    }
    this.#taken = now;
    this.#first = false;
  }

  /** Moves what is drawn on to `now`; not `smooth`: straight to the newest reports. */
  advance(now: number, smooth = true): void {
    const { x, y, heading } = this;
    const [fromX, fromY, fromHeading] = this.#from;
    const [toX, toY, toHeading] = this.#to;
    const [starts, gaps] = [this.#start, this.#gap];
    for (let i = 0; i < this.vehicles; i += 1) {
      const share = smooth ? Math.min(1, Math.max(0, (now - starts[i]!) / gaps[i]!)) : 1;
      x[i] = fromX[i]! + (toX[i]! - fromX[i]!) * share;
      y[i] = fromY[i]! + (toY[i]! - fromY[i]!) * share;
      // A turn takes the first half of the way, so that it looks like one; most drive straight on.
      const isStraight = share >= 0.5 || fromHeading[i] === toHeading[i];
      heading[i] = isStraight ? toHeading[i]! : between(fromHeading[i]!, toHeading[i]!, share * 2);
    }
  }

  /** Milliseconds since the vehicle's report was made; Infinity: too long ago to say. */
  ageMs(i: number, now: number): number {
    const age = this.#age[i]!;
    return age === NO_AGE ? Number.POSITIVE_INFINITY : age * 100 + Math.max(0, now - this.#taken);
  }

  /** 1: reported just now, or is without network, where no report is to be had; less the older its report is; 0: has never reported. */
  opacity(i: number, now: number): number {
    if (this.known[i] === 0) return 0;
    if (this.away[i] === 1) return 1;
    const share = (this.ageMs(i, now) - FADE.from) / (FADE.to - FADE.from);
    return 1 - (1 - FADE.least) * Math.min(1, Math.max(0, share));
  }

  #report(i: number, x: number, y: number, heading: number, now: number): void {
    const [toX, toY, toHeading] = this.#to;
    if (x === toX[i] && y === toY[i] && heading === toHeading[i]) return;
    if (Math.hypot(x - toX[i]!, y - toY[i]!) > JUMP) {
      this.#set(i, x, y, heading, now);
      return;
    }
    const gap = Math.min(GAPS[1], Math.max(GAPS[0], now - this.#start[i]!));
    this.#gap[i] = this.#gap[i]! * 0.5 + gap * 0.5;
    const [fromX, fromY, fromHeading] = this.#from;
    [fromX[i], fromY[i], fromHeading[i]] = [this.x[i]!, this.y[i]!, this.heading[i]!];
    [toX[i], toY[i], toHeading[i]] = [x, y, heading];
    this.#start[i] = now;
  }

  #set(i: number, x: number, y: number, heading: number, now: number): void {
    for (const [to, value] of [x, y, heading].entries()) {
      this.#from[to]![i] = value;
      this.#to[to]![i] = value;
    }
    [this.x[i], this.y[i], this.heading[i]] = [x, y, heading];
    this.#start[i] = now;
  }
}
