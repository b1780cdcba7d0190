import { type Clock, nowUs } from '../clock.ts';
import { TimeHeap } from './timeHeap.ts';
import type { Due, Schedule } from './types.ts';

/** Called for each due event: what is due, when it was (microseconds of the clock), and how late it is fired. `event` is reused. */
export type DueHandler = (event: Due, dueUs: number, lateUs: number) => void;

/** Something to be done once. An object instead of a function saves a closure for each. */
export interface Task {
  run(dueUs: number, lateUs: number): void;
}

/** The timer functions a pacer uses; those of Node by default. */
export interface Timers {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
  setImmediate(callback: () => void): unknown;
  clearImmediate(timer: unknown): void;
}

export interface PacerOptions {
  readonly clock?: Clock;
  readonly timers?: Timers;
  /** Events fired before other I/O gets its turn. Default 256. */
  readonly maxBatch?: number;
  /** Microseconds of work before other I/O gets its turn. Default 5,000. */
  readonly maxTurnUs?: number;
}

/** Counts since the start. */
export interface PacerStats {
  /** Events of schedules, and tasks. */
  readonly fired: number;
  readonly tasks: number;
  /** Fired more than LATE_US after their due time. */
  readonly late: number;
  readonly maxLateUs: number;
  /** Turns that ended with something overdue left: the thread could not keep up just then. */
  readonly cutTurns: number;
}

/** Beyond this an event counts as late: a 1 ms timer may need twice its time. */
export const LATE_US = 2000;

/** Longer waits are made of several timers: Node turns a delay above 2^31 - 1 ms into 1 ms. */
const MAX_WAIT_MS = 60_000;

interface Source {
  readonly schedule: Schedule;
  readonly handler: DueHandler;
  active: boolean;
}

const nodeTimers: Timers = {
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  setImmediate: (callback) => setImmediate(callback),
  clearImmediate: (timer) => clearImmediate(timer as NodeJS.Immediate),
};

/**
 * Fires the events of all schedules of one thread, and one-shot tasks, in the order of their due times, on one timer. Open
 * loop: what is late is fired late with its original due time, never skipped. It sleeps on timers of at least 1 ms and does
 * not spin: at 20,000 events/s that costs about 1 ms of slip, and the thread's idle time stays visible as idle.
 */
export class Pacer {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #maxBatch: number;
  readonly #maxTurnUs: number;
  readonly #sources: Source[] = [];
  readonly #heap = new TimeHeap(256);
  /** What the numbers in the heap stand for: either an event of a source or a task. */
  readonly #slotSource: (Source | undefined)[] = [];
  readonly #slotTask: (Task | ((dueUs: number, lateUs: number) => void) | undefined)[] = [];
  readonly #slotAtUs: number[] = [];
  readonly #slotActor: number[] = [];
  readonly #free: number[] = [];
  /** What handlers get, and what schedules write into: two, as a handler may call `add` or `done`, which take an event. */
  readonly #event: Due = { atUs: 0, actor: 0 };
  readonly #taken: Due = { atUs: 0, actor: 0 };
  readonly #turn = (): void => this.#runTurn();
  #epochUs = Number.NaN;
  #stopped = false;
  #inTurn = false;
  #endUs = Number.POSITIVE_INFINITY;
  #timeout: unknown;
  #immediate: unknown;
  #armedForUs = Number.POSITIVE_INFINITY;
  /** Events of schedules while paused, in the order of their times: they are not in the heap. */
  #parked: { readonly dueUs: number; readonly slot: number }[] | undefined;
  #waitingTasks = 0;
  #waitingEvents = 0;
  #fired = 0;
  #tasks = 0;
  #late = 0;
  #maxLateUs = 0;
  #cutTurns = 0;

  constructor(options: PacerOptions = {}) {
    this.#clock = options.clock ?? nowUs;
    this.#timers = options.timers ?? nodeTimers;
    this.#maxBatch = options.maxBatch ?? 256;
    this.#maxTurnUs = options.maxTurnUs ?? 5000;
  }

  get stats(): PacerStats {
    return {
      fired: this.#fired,
      tasks: this.#tasks,
      late: this.#late,
      maxLateUs: this.#maxLateUs,
      cutTurns: this.#cutTurns,
    };
  }

  /** Tasks not yet run. */
  get waitingTasks(): number {
    return this.#waitingTasks;
  }

  /** True when no schedule has an event to come (a closed loop: as long as nothing is reported done). */
  get schedulesEnded(): boolean {
    return this.#waitingEvents === 0;
  }

  /** Adds a schedule, before or after the start. */
  add(schedule: Schedule, handler: DueHandler): void {
    const source: Source = { schedule, handler, active: true };
    this.#sources.push(source);
    if (schedule.done !== undefined) {
      // A closed loop's new event may be due before the one already taken: one more is taken for each, so that the
      // earliest of the schedule is always in the heap.
      schedule.onRefill = () => {
        if (!Number.isNaN(this.#epochUs)) this.#pull(source);
        this.#rearm();
      };
    }
    if (!Number.isNaN(this.#epochUs)) {
      this.#pull(source);
      this.#rearm();
    }
  }

  /** Starts firing: time 0 of the schedules is at `epochUs` of the clock. Once only. */
  start(epochUs: number): void {
    if (!Number.isNaN(this.#epochUs) || this.#stopped) return;
    this.#epochUs = epochUs;
    for (const source of this.#sources) this.#pull(source);
    this.#rearm();
  }

  /** Runs a task at `dueUs` of the clock (not before start), or as soon as possible when that is past. Forgotten when stopped. */
  after(dueUs: number, task: Task | ((dueUs: number, lateUs: number) => void)): void {
    if (this.#stopped) return;
    const slot = this.#slot();
    this.#slotTask[slot] = task;
    this.#waitingTasks += 1;
    this.#heap.push(dueUs, slot);
    this.#rearm();
  }

  /** How far behind it is: lateness of the earliest thing that is due and has not fired, microseconds; 0 when nothing is. */
  get behindUs(): number {
    return Math.max(0, this.#clock() - this.#heap.topTime);
  }

  /** Schedules end at `atUs` of the clock: what was due by then is still fired, however late. Tasks go on. */
  endSchedulesAt(atUs: number): void {
    this.#endUs = Math.min(this.#endUs, atUs);
  }

  /** Schedules stand still until `resume`; tasks go on. What was due and has not been fired stands still as well. */
  pause(): void {
    if (this.#parked !== undefined || this.#stopped) return;
    this.#parked = [];
    const tasks: { dueUs: number; slot: number }[] = [];
    while (this.#heap.topTime !== Number.POSITIVE_INFINITY) {
      const entry = { dueUs: this.#heap.topTime, slot: this.#heap.topValue };
      this.#heap.pop();
      (this.#slotSource[entry.slot] === undefined ? tasks : this.#parked).push(entry);
    }
    for (const { dueUs, slot } of tasks) this.#heap.push(dueUs, slot);
  }

  /** Schedules go on, every event due `shiftUs` later than it was. */
  resume(shiftUs: number): void {
    const parked = this.#parked;
    if (parked === undefined || this.#stopped) return;
    this.#parked = undefined;
    this.#epochUs += shiftUs;
    for (const { dueUs, slot } of parked) this.#heap.push(dueUs + shiftUs, slot);
    this.#rearm();
  }

  /** No more events of schedules at once, overdue or not; tasks go on. */
  endSchedules(): void {
    for (const source of this.#sources) source.active = false;
    this.#waitingEvents = 0;
  }

  /** Stops at once and forgets everything. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.endSchedules();
    for (const source of this.#sources) source.schedule.onRefill = undefined;
    this.#sources.length = 0;
    this.#heap.clear();
    this.#parked = undefined;
    this.#waitingTasks = 0;
    this.#slotSource.length = 0;
    this.#slotTask.length = 0;
    this.#disarm();
  }

  #slot(): number {
    const slot = this.#free.pop() ?? this.#slotAtUs.length;
    if (slot === this.#slotAtUs.length) {
      this.#slotAtUs.push(0);
      this.#slotActor.push(0);
    }
    return slot;
  }

  /** Takes the source's next event into the heap. */
  #pull(source: Source): void {
    const event = this.#taken;
    if (!source.active || !source.schedule.next(event)) return;
    // Later ones of the same schedule are due later still; of a closed loop they come back here one by one.
    if (this.#epochUs + event.atUs > this.#endUs) return;
    const slot = this.#slot();
    this.#slotSource[slot] = source;
    this.#slotAtUs[slot] = event.atUs;
    this.#slotActor[slot] = event.actor;
    this.#waitingEvents += 1;
    if (this.#parked === undefined) this.#heap.push(this.#epochUs + event.atUs, slot);
    else this.#parked.push({ dueUs: this.#epochUs + event.atUs, slot });
  }

  #runTurn(): void {
    this.#timeout = undefined;
    this.#immediate = undefined;
    this.#armedForUs = Number.POSITIVE_INFINITY;
    this.#inTurn = true;
    let now = this.#clock();
    const endUs = now + this.#maxTurnUs;
    let batch = 0;
    try {
      while (this.#heap.topTime <= now) {
        if (batch >= this.#maxBatch || now >= endUs) {
          this.#cutTurns += 1;
          break;
        }
        batch += 1;
        this.#fire(now);
        now = this.#clock();
      }
    } finally {
      // Also when a handler throws: one failure must not silently end the load.
      this.#inTurn = false;
      this.#rearm();
    }
  }

  #fire(now: number): void {
    const dueUs = this.#heap.topTime;
    const slot = this.#heap.topValue;
    this.#heap.pop();
    this.#free.push(slot);
    const source = this.#slotSource[slot];
    const task = this.#slotTask[slot];
    this.#slotSource[slot] = undefined;
    this.#slotTask[slot] = undefined;
    const lateUs = Math.max(0, now - dueUs);
    if (source !== undefined) {
      if (!source.active) return;
      const atUs = this.#slotAtUs[slot]!;
      const actor = this.#slotActor[slot]!;
      this.#waitingEvents -= 1;
      if (dueUs > this.#endUs) return;
      this.#pull(source);
      this.#event.atUs = atUs;
      this.#event.actor = actor;
      this.#fired += 1;
      this.#count(lateUs);
      source.handler(this.#event, dueUs, lateUs);
    } else if (task !== undefined) {
      this.#waitingTasks -= 1;
      this.#tasks += 1;
      this.#count(lateUs);
      if (typeof task === 'function') task(dueUs, lateUs);
      else task.run(dueUs, lateUs);
    }
  }

  #count(lateUs: number): void {
    if (lateUs > LATE_US) this.#late += 1;
    if (lateUs > this.#maxLateUs) this.#maxLateUs = lateUs;
  }

  /** Sets the timer for the earliest entry, unless it is set for that or an earlier one. */
  #rearm(): void {
    if (this.#inTurn || this.#stopped || Number.isNaN(this.#epochUs)) return;
    const dueUs = this.#heap.topTime;
    if (dueUs >= this.#armedForUs || dueUs === Number.POSITIVE_INFINITY) return;
    this.#disarm();
    this.#armedForUs = dueUs;
    const waitMs = (dueUs - this.#clock()) / 1000;
    if (waitMs <= 0) this.#immediate = this.#timers.setImmediate(this.#turn);
    // Rounded down: waking early costs one more timer, waking late would be slip.
    else this.#timeout = this.#timers.setTimeout(this.#turn, Math.min(MAX_WAIT_MS, Math.max(1, Math.floor(waitMs))));
  }

  #disarm(): void {
    if (this.#timeout !== undefined) this.#timers.clearTimeout(this.#timeout);
    if (this.#immediate !== undefined) this.#timers.clearImmediate(this.#immediate);
    this.#timeout = undefined;
    this.#immediate = undefined;
    this.#armedForUs = Number.POSITIVE_INFINITY;
  }
}
