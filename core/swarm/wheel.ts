/**
 * One timer for the whole swarm: a hashed timer wheel. Each client has at most one entry in it (its state says what for),
 * linked in place, so that arming and disarming 16,000 keepalives costs neither timers nor allocations.
 */
import type { Clock } from '../clock.ts';

const SLOTS = 1024;

/** Something that wants to be woken; the fields belong to the wheel. */
export interface WheelEntry {
  wheelNext: WheelEntry | undefined;
  wheelPrevious: WheelEntry | undefined;
  /** Tick at which it is due; -1 when not armed. */
  wheelTick: number;
  onWheel(nowUs: number): void;
}

export class Wheel {
  private readonly slots: (WheelEntry | undefined)[] = new Array(SLOTS).fill(undefined);
  private readonly clock: Clock;
  private readonly tickUs: number;
  private readonly due: WheelEntry[] = [];
  private armed = 0;
  /** Last tick whose slot was worked off. */
  private done: number;
  private timer: NodeJS.Timeout | undefined;

  /** `tickMs`: resolution; an entry is woken at its due time or up to about one tick later, never earlier by the clock. */
  constructor(clock: Clock, tickMs = 20) {
    this.clock = clock;
    this.tickUs = tickMs * 1000;
    this.done = Math.floor(clock() / this.tickUs);
  }

  /** (Re)arms the entry for `atUs` on the wheel's clock. */
  arm(entry: WheelEntry, atUs: number): void {
    this.disarm(entry);
    if (this.armed === 0) {
      // Nothing was due meanwhile, so the ticks that went by idle need no visit.
      this.done = Math.max(this.done, Math.floor(this.clock() / this.tickUs));
    }
    entry.wheelTick = Math.max(this.done + 1, Math.ceil(atUs / this.tickUs));
    const slot = entry.wheelTick % SLOTS;
    const first = this.slots[slot];
    entry.wheelNext = first;
    entry.wheelPrevious = undefined;
    if (first !== undefined) first.wheelPrevious = entry;
    this.slots[slot] = entry;
    this.armed += 1;
    this.timer ??= setInterval(() => this.turn(), this.tickUs / 1000);
  }

  disarm(entry: WheelEntry): void {
    if (entry.wheelTick === -1) return;
    const { wheelNext, wheelPrevious } = entry;
    if (wheelPrevious === undefined) this.slots[entry.wheelTick % SLOTS] = wheelNext;
    else wheelPrevious.wheelNext = wheelNext;
    if (wheelNext !== undefined) wheelNext.wheelPrevious = wheelPrevious;
    entry.wheelNext = undefined;
    entry.wheelPrevious = undefined;
    entry.wheelTick = -1;
    this.armed -= 1;
  }

  /** Wakes what is due by now. Called by the timer; tests with a clock of their own may call it too. */
  turn(): void {
    const nowUs = this.clock();
    const target = Math.floor(nowUs / this.tickUs);
    // After a pause of more than a revolution every slot is visited once, not once per missed revolution.
    const from = Math.max(this.done + 1, target - SLOTS + 1);
    this.done = Math.max(this.done, target);
    const { due } = this;
    for (let tick = from; tick <= target; tick += 1) {
      for (let entry = this.slots[tick % SLOTS]; entry !== undefined; entry = entry.wheelNext) {
        if (entry.wheelTick <= target) due.push(entry);
      }
    }
    for (const entry of due) {
      // Waking one may have disarmed or re-armed another.
      if (entry.wheelTick === -1 || entry.wheelTick > target) continue;
      this.disarm(entry);
      entry.onWheel(nowUs);
    }
    due.length = 0;
    if (this.armed === 0) this.stop();
  }

  /** Stops the timer; entries stay where they are. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
