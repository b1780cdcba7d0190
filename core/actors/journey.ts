import { purposeKey, Stream } from '../schedule/counterRandom.ts';
import { type Block, type City, DX, DY, HEADINGS } from './city.ts';
import { blocksFrom, type District } from './district.ts';

/** Metres per second squared, up and down. At 160 m (the shortest block) it reaches any limit from a standstill, and back. */
const ACCELERATION = 1.8;
/** Percent of the battery per metre: a full one lasts about 180 km. */
const DRAIN = 100 / 180_000;
const CHARGE_BELOW = 12;
const CHARGE_TO = 80;
/** Percent per second while charging. */
const CHARGE_RATE = 0.4;
/** How much less likely a way is that leads away from home, and how much likelier one that leads there. */
const LEAVING = 0.05;
const RETURNING = 8;

/** Where a vehicle is. Metres, metres per second, degrees clockwise from north, percent. */
export interface Position {
  readonly x: number;
  readonly y: number;
  readonly speed: number;
  readonly heading: number;
  readonly battery: number;
  readonly street: string;
  readonly block: Block;
}

/**
 * A vehicle's way through the city: a function of time, computed block by block. On each block it speeds up, drives at its
 * own share of the limit, and brakes for the next crossing: to walking pace for a turn, to a stop at a red light or a
 * charger. With a home it starts there, leaves it rarely and soon returns. It reads forwards only; who needs the same way at two times keeps two journeys.
 */
export class Journey implements Position {
  x = 0;
  y = 0;
  speed = 0;
  heading = 0;
  battery: number;
  block: Block;
  readonly #city: City;
  readonly #stream: Stream;
  readonly #home: District | undefined;
  /** This driver's share of the speed limit. */
  readonly #pace: number;
  #atUs = Number.NaN;
  #crossing: number;
  #direction: number;
  #nextDirection = 0;
  /** The current leg: start (seconds), speeds at start, between and end, lengths of its four parts (seconds). */
  #startS = 0;
  #v0 = 0;
  #peak = 0;
  #v1 = 0;
  #speedingS = 0;
  #cruisingS = 0;
  #brakingS = 0;
  #standingS = 0;
  #batteryAtStart: number;
  #charging = false;

  /** Vehicle `index` of a population; the same arguments give the same way. */
  constructor(city: City, seed: number, population: string, index: number, home?: District) {
    const stream = new Stream(purposeKey(seed, population, 'route'), index);
    this.#city = city;
    this.#stream = stream;
    this.#home = home;
    this.#pace = stream.between(0.8, 1);
    this.#batteryAtStart = stream.between(10, 100);
    this.battery = this.#batteryAtStart;
    this.#crossing = home === undefined ? stream.int(city.crossings) : crossingOf(city, home, stream);
    this.#direction = stream.int(4);
    while (city.exit(this.#crossing, this.#direction) === undefined) this.#direction = (this.#direction + 1) % 4;
    this.block = city.exit(this.#crossing, this.#direction)!;
    this.#plan();
    // Already on its way: otherwise the whole fleet would start from a standstill at once.
    this.#startS = -stream.next() * this.#legS;
  }

  get street(): string {
    return this.block.street.name;
  }

  get inTunnel(): boolean {
    return this.block.kind === 'tunnel';
  }

  /** The position at a time, microseconds since the start of traffic. A time before the current block's start counts as that start. */
  at(atUs: number): Position {
    if (atUs === this.#atUs) return this;
    this.#atUs = atUs;
    const seconds = atUs / 1_000_000;
    while (seconds >= this.#startS + this.#legS) this.#nextLeg();
    this.#place(Math.max(0, seconds - this.#startS));
    return this;
  }

  /**
   * The next way through a tunnel (or several in a row) that begins before `untilUs`: from when to when, microseconds since
   * the start of traffic. Who waits at the end of a tunnel is out of it. Reads on forwards, past that way.
   */
  nextTunnel(untilUs: number): { readonly fromUs: number; readonly toUs: number } | undefined {
    while (this.#startS * 1_000_000 < untilUs) {
      if (!this.inTunnel) {
        this.#nextLeg();
        continue;
      }
      const fromS = Math.max(0, this.#startS);
      let toS: number;
      let waits: boolean;
      do {
        waits = this.#standingS > 0;
        toS = this.#startS + this.#legS - this.#standingS;
        this.#nextLeg();
      } while (this.inTunnel && !waits);
      if (toS > fromS) return { fromUs: fromS * 1_000_000, toUs: toS * 1_000_000 };
    }
    return undefined;
  }

  get #legS(): number {
    return this.#speedingS + this.#cruisingS + this.#brakingS + this.#standingS;
  }

  #nextLeg(): void {
    this.#startS += this.#legS;
    this.#batteryAtStart = this.#batteryAfter(this.#standingS);
    this.#crossing = this.#farEnd();
    this.#direction = this.#nextDirection;
    this.#v0 = this.#v1;
    this.block = this.#city.exit(this.#crossing, this.#direction)!;
    this.#plan();
  }

  #farEnd(): number {
    return this.block.a === this.#crossing ? this.block.b : this.block.a;
  }

  /** Battery at the end of the block, after standing there for so many seconds. */
  #batteryAfter(standingS: number): number {
    const arrived = this.#batteryAtStart - this.block.length * DRAIN;
    return this.#charging ? arrived + standingS * CHARGE_RATE : arrived;
  }

  /** Plans the current block: where to turn at its end, and the speeds on the way there. */
  #plan(): void {
    const stream = this.#stream;
    const { length } = this.block;
    const limit = this.block.street.limit * this.#pace;
    this.#charging = false;
    const arrived = this.#batteryAfter(0);
    this.#nextDirection = this.#choose();
    const next = this.#city.exit(this.#farEnd(), this.#nextDirection)!;
    const lowest = Math.min(limit, next.street.limit * this.#pace);
    const drawn = stream.next();
    const detail = stream.next();
    this.#standingS = 0;
    if (arrived < CHARGE_BELOW) {
      this.#charging = true;
      this.#v1 = 0;
      this.#standingS = (CHARGE_TO - arrived) / CHARGE_RATE;
    } else if (drawn < 0.18) {
      this.#v1 = 0;
      this.#standingS = 3 + 22 * detail;
    } else if (this.#nextDirection !== this.#direction) this.#v1 = Math.min(lowest, 4 + 3 * detail);
    else this.#v1 = lowest * (0.6 + 0.25 * detail);
    // Speeding up all the way and braking at once would reach this speed; on most blocks the limit comes first.
    const reachable = Math.sqrt((2 * ACCELERATION * length + this.#v0 * this.#v0 + this.#v1 * this.#v1) / 2);
    const peak = Math.min(limit, reachable);
    this.#peak = peak;
    this.#speedingS = (peak - this.#v0) / ACCELERATION;
    this.#brakingS = (peak - this.#v1) / ACCELERATION;
    const changing = (2 * peak * peak - this.#v0 * this.#v0 - this.#v1 * this.#v1) / (2 * ACCELERATION);
    this.#cruisingS = Math.max(0, (length - changing) / peak);
  }

  /** Straight on three times as likely as each turn; never back; rather home than away from it. */
  #choose(): number {
    const crossing = this.#farEnd();
    const back = (this.#direction + 2) % 4;
    let sum = 0;
    for (let d = 0; d < 4; d += 1) sum += this.#weight(crossing, d, back);
    let drawn = this.#stream.next() * sum;
    for (let d = 0; d < 4; d += 1) {
      const weight = this.#weight(crossing, d, back);
      if (weight > 0 && drawn < weight) return d;
      drawn -= weight;
    }
    return back;
  }

  #weight(crossing: number, direction: number, back: number): number {
    const block = this.#city.exit(crossing, direction);
    if (direction === back || block === undefined) return 0;
    return (direction === this.#direction ? 3 : 1) * this.#liking(crossing, block.a === crossing ? block.b : block.a);
  }

  #liking(from: number, to: number): number {
    if (this.#home === undefined) return 1;
    const farther = blocksFrom(this.#city, this.#home, to) - blocksFrom(this.#city, this.#home, from);
    return farther > 0 ? LEAVING : farther < 0 ? RETURNING : 1;
  }

  /** Writes the position `t` seconds after the start of the leg. */
  #place(t: number): void {
    let driven: number;
    const braking = t - this.#speedingS - this.#cruisingS;
    if (t < this.#speedingS) {
      this.speed = this.#v0 + ACCELERATION * t;
      driven = this.#v0 * t + (ACCELERATION * t * t) / 2;
    } else if (braking < 0) {
      this.speed = this.#peak;
      driven = (this.#v0 + this.#peak) * 0.5 * this.#speedingS + this.#peak * (t - this.#speedingS);
    } else if (braking < this.#brakingS) {
      this.speed = this.#peak - ACCELERATION * braking;
      const left = this.#brakingS - braking;
      driven = this.block.length - (this.#v1 * left + (ACCELERATION * left * left) / 2);
    } else {
      this.speed = this.#v1;
      driven = this.block.length;
    }
    const standing = braking - this.#brakingS;
    this.battery = standing > 0 ? this.#batteryAfter(standing) : this.#batteryAtStart - driven * DRAIN;
    this.x = this.#city.x(this.#crossing) + DX[this.#direction]! * driven;
    this.y = this.#city.y(this.#crossing) + DY[this.#direction]! * driven;
    this.heading = HEADINGS[this.#direction]!;
  }
}

function crossingOf(city: City, { west, east, south, north }: District, stream: Stream): number {
  return city.crossing(west + stream.int(east - west + 1), south + stream.int(north - south + 1));
}
