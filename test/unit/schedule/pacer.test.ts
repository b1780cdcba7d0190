import { describe, expect, it } from 'vitest';
import { nowUs } from '../../../core/clock.ts';
import { createSchedule } from '../../../core/schedule/create.ts';
import { Pacer, type PacerOptions } from '../../../core/schedule/pacer.ts';
import type { Due, Schedule } from '../../../core/schedule/types.ts';
import { waitFor } from '../../helpers/waitFor.ts';

/** A machine whose time only passes when something waits or works. */
class FakeMachine {
  nowUs = 5_000_000;
  timersSet = 0;
  immediatesSet = 0;
  #timer: { atUs: number; callback: () => void } | undefined;
  #immediate: (() => void) | undefined;

  options(more: PacerOptions = {}): PacerOptions {
    return {
      clock: () => this.nowUs,
      timers: {
        setTimeout: (callback, ms) => {
          this.timersSet += 1;
          this.#timer = { atUs: this.nowUs + ms * 1000, callback };
          return this.#timer;
        },
        clearTimeout: () => {
          this.#timer = undefined;
        },
        setImmediate: (callback) => {
          this.immediatesSet += 1;
          this.#immediate = callback;
          return callback;
        },
        clearImmediate: () => {
          this.#immediate = undefined;
        },
      },
      ...more,
    };
  }

  /** One turn of the event loop; false when nothing is waiting. */
  step(): boolean {
    const immediate = this.#immediate;
    if (immediate !== undefined) {
      this.#immediate = undefined;
      immediate();
      return true;
    }
    const timer = this.#timer;
    if (timer === undefined) return false;
    this.#timer = undefined;
    this.nowUs = Math.max(this.nowUs, timer.atUs);
    timer.callback();
    return true;
  }

  run(): void {
    while (this.step());
  }
}

const listSchedule = (times: readonly number[], actor = 0): Schedule => {
  let i = 0;
  return {
    next(out: Due): boolean {
      if (i >= times.length) return false;
      out.atUs = times[i]!;
      out.actor = actor;
      i += 1;
      return true;
    },
  };
};

describe('Pacer', () => {
  it('fires several schedules in one order of due times, never early, with the due time of the epoch', () => {
    const machine = new FakeMachine();
    const pacer = new Pacer(machine.options());
    const seen: { actor: number; atUs: number; dueUs: number; lateUs: number; nowUs: number }[] = [];
    const handler = (event: Due, dueUs: number, lateUs: number): void => {
      seen.push({ ...event, dueUs, lateUs, nowUs: machine.nowUs });
    };
    pacer.add(listSchedule([0, 4000, 9500], 1), handler);
    pacer.add(listSchedule([1500, 4500, 700_000], 2), handler);
    pacer.start(6_000_000);
    machine.run();
    expect(seen.map((s) => [s.actor, s.atUs])).toEqual([
      [1, 0],
      [2, 1500],
      [1, 4000],
      [2, 4500],
      [1, 9500],
      [2, 700_000],
    ]);
    for (const s of seen) {
      expect(s.dueUs).toBe(6_000_000 + s.atUs);
      expect(s.nowUs).toBeGreaterThanOrEqual(s.dueUs);
      expect(s.lateUs).toBe(s.nowUs - s.dueUs);
    }
    expect(pacer.schedulesEnded).toBe(true);
  });

  it('sleeps through a long wait instead of spinning', () => {
    const machine = new FakeMachine();
    const pacer = new Pacer(machine.options());
    let fired = 0;
    pacer.add(listSchedule([30_000_000]), () => {
      fired += 1;
    });
    pacer.start(machine.nowUs);
    machine.run();
    expect(fired).toBe(1);
    expect(machine.timersSet).toBeLessThanOrEqual(2);
    expect(machine.immediatesSet).toBe(0);
  });

  it('fires what is late with its original due time, in bounded batches between which other I/O gets its turn', () => {
    const machine = new FakeMachine();
    const pacer = new Pacer(machine.options({ maxBatch: 100 }));
    const seen: { dueUs: number; lateUs: number }[] = [];
    pacer.add(listSchedule(Array.from({ length: 1000 }, (_, i) => i * 10)), (_, dueUs, lateUs) => seen.push({ dueUs, lateUs }));
    pacer.start(machine.nowUs);
    // The thread was blocked for a second.
    machine.nowUs += 1_000_000;
    const perTurn: number[] = [];
    let before = 0;
    while (machine.step()) {
      perTurn.push(seen.length - before);
      before = seen.length;
    }
    expect(seen).toHaveLength(1000);
    expect(seen.map((s) => s.dueUs)).toEqual(Array.from({ length: 1000 }, (_, i) => 5_000_000 + i * 10));
    expect(seen[0]!.lateUs).toBe(1_000_000);
    expect(Math.max(...perTurn)).toBe(100);
    expect(pacer.stats).toMatchObject({ fired: 1000, late: 1000, maxLateUs: 1_000_000, cutTurns: 9 });
  });

  it('ends a turn after the time allowed for it', () => {
    const machine = new FakeMachine();
    const pacer = new Pacer(machine.options({ maxTurnUs: 5000 }));
    let fired = 0;
    pacer.add(listSchedule(new Array<number>(20).fill(0)), () => {
      fired += 1;
      machine.nowUs += 2000;
    });
    pacer.start(machine.nowUs);
    machine.step();
    expect(fired).toBe(3);
    machine.run();
    expect(fired).toBe(20);
  });

  it('runs tasks, functions or objects, among the events at their due times', () => {
    const machine = new FakeMachine();
    const pacer = new Pacer(machine.options());
    const seen: string[] = [];
    pacer.add(listSchedule([1000, 50_000]), (event, dueUs) => {
      seen.push(`event ${event.atUs}`);
      if (event.atUs === 1000) {
        pacer.after(dueUs + 20_000, { run: () => seen.push('object') });
        pacer.after(dueUs + 10_000, () => seen.push('function'));
      }
    });
    pacer.start(machine.nowUs);
    expect(pacer.waitingTasks).toBe(0);
    machine.run();
    expect(seen).toEqual(['event 1000', 'function', 'object', 'event 50000']);
    expect(pacer.waitingTasks).toBe(0);
    expect(pacer.stats.tasks).toBe(2);
  });

  it('wakes earlier when a nearer task comes while it sleeps', () => {
    const machine = new FakeMachine();
    const pacer = new Pacer(machine.options());
    const firedAt: number[] = [];
    pacer.add(listSchedule([60_000_000]), () => {});
    pacer.start(machine.nowUs);
    pacer.after(machine.nowUs + 3000, () => firedAt.push(machine.nowUs));
    machine.step();
    expect(firedAt).toEqual([5_003_000]);
  });

  it('keeps the order of a closed loop whose next event comes before one already taken', () => {
    const machine = new FakeMachine();
    const pacer = new Pacer(machine.options());
    const schedule = createSchedule(
      { kind: 'closed', thinkMs: 0 },
      { seed: 1, name: 'p.m', count: 5, from: 0, to: 5, durationUs: 3_000_000 },
    );
    const fired: { actor: number; dueUs: number }[] = [];
    const epochUs = machine.nowUs;
    pacer.add(schedule, (event, dueUs) => {
      const { actor } = event;
      fired.push({ actor, dueUs });
      // Acknowledged 100 ms later.
      pacer.after(dueUs + 100_000, (ackedUs) => schedule.done!(actor, ackedUs - epochUs));
    });
    pacer.start(epochUs);
    machine.run();
    expect(fired.map((f) => f.dueUs)).toEqual(fired.map((f) => f.dueUs).sort((a, b) => a - b));
    const mine = fired.filter((f) => f.actor === 3).map((f) => f.dueUs);
    expect(mine.length).toBeGreaterThan(19);
    for (let i = 1; i < mine.length; i += 1) expect(mine[i]! - mine[i - 1]!).toBeCloseTo(100_000, 3);
  });

  it('fires what was due when the schedules end, however late, nothing that is due later, and tells how far behind it was', () => {
    const machine = new FakeMachine();
    const pacer = new Pacer(machine.options());
    const due: number[] = [];
    const behind: number[] = [];
    pacer.add(listSchedule([1000, 2000, 3000, 4000, 5000]), (event) => {
      due.push(event.atUs);
      if (due.length > 1) return;
      // Busy for 2.5 ms, after which it is told to end.
      machine.nowUs += 2500;
      behind.push(pacer.behindUs);
      pacer.endSchedulesAt(machine.nowUs);
    });
    pacer.start(machine.nowUs);
    machine.run();
    expect(due).toEqual([1000, 2000, 3000]);
    expect(behind[0]).toBeGreaterThanOrEqual(1500);
    expect(pacer.behindUs).toBe(0);
    expect(pacer.schedulesEnded).toBe(true);
  });

  it('ends schedules but still runs tasks after endSchedules, and forgets everything after stop', () => {
    const machine = new FakeMachine();
    const pacer = new Pacer(machine.options());
    let events = 0;
    let tasks = 0;
    pacer.add(listSchedule([1000, 2000, 3000]), () => {
      events += 1;
      pacer.endSchedules();
    });
    pacer.start(machine.nowUs);
    pacer.after(machine.nowUs + 10_000, () => {
      tasks += 1;
      pacer.after(machine.nowUs + 10_000, () => {
        tasks += 1;
      });
      pacer.stop();
      pacer.stop();
    });
    machine.run();
    expect([events, tasks]).toEqual([1, 1]);
    expect(machine.step()).toBe(false);
  });

  it('goes on after a handler that throws', () => {
    const machine = new FakeMachine();
    const pacer = new Pacer(machine.options());
    let fired = 0;
    pacer.add(listSchedule([0, 1000, 2000]), () => {
      fired += 1;
      if (fired === 1) throw new Error('once');
    });
    pacer.start(machine.nowUs);
    expect(() => machine.run()).toThrow('once');
    machine.run();
    expect(fired).toBe(3);
  });

  it('works with the real clock and timers', async () => {
    const pacer = new Pacer();
    const late: number[] = [];
    pacer.add(
      createSchedule(
        { kind: 'rate', perSecond: 2000, pick: 'round-robin' },
        { seed: 1, name: 'p.m', count: 100, from: 0, to: 100, durationUs: 200_000 },
      ),
      (_, __, lateUs) => late.push(lateUs),
    );
    pacer.start(nowUs());
    await waitFor('400 events', () => late.length === 400);
    expect(Math.min(...late)).toBeGreaterThanOrEqual(0);
    pacer.stop();
  });
});
