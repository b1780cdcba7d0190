/**
 * What of this run is still in MQ, counted from outside: engines differ in what they tell of their groups, and some tell
 * nothing. Up: what the engine has acknowledged to the bridge, times those who consume it, less what they have received.
 * Down: what it has acknowledged to services, less what the bridge has taken.
 */
import type { Scenario } from '../scenario/model.ts';
import { type InstrumentMemory, Instruments, runCounters } from './instruments.ts';

const AT = runCounters.at;

export class Backlog {
  /** By parent topic: to how many consumers each message goes (a clustering group is one). */
  readonly #consumers = new Map<string, number>();
  #services: readonly Instruments[] = [];
  #due = 0;
  #taken = 0;

  constructor(scenario: Scenario) {
    for (const { consume } of scenario.services) {
      for (const topic of consume?.topics ?? []) {
        const more = consume!.mode === 'clustering' ? 1 : consume!.members;
        this.#consumers.set(topic, (this.#consumers.get(topic) ?? 0) + more);
      }
    }
  }

  /** The threads of the services; they count what they send and receive. */
  watch(services: readonly InstrumentMemory[]): void {
    this.#services = services.map((memory) => new Instruments(memory));
  }

  /** The engine has acknowledged a device's message of this run. */
  stored(parent: string): void {
    this.#due += this.#consumers.get(parent) ?? 0;
  }

  /** The bridge has a service's message of this run in its hands, for the first time. */
  taken(): void {
    this.#taken += 1;
  }

  /** Messages that somebody has still to receive; a second delivery that is not marked as one makes it too small. */
  get behind(): number {
    let up = this.#due;
    let down = -this.#taken;
    for (const { counters } of this.#services) {
      up -= counters.get(AT.up) - counters.get(AT.redelivered);
      down += counters.get(AT.acknowledged);
    }
    return Math.max(0, up) + Math.max(0, down);
  }
}
