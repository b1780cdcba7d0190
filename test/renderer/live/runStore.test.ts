import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeFrame, fakeStatus, fakeView } from '../../../renderer/client/fakeData.ts';
import { createFakeLab, type FakeLab } from '../../../renderer/client/fakeLab.ts';
import { fakeResult } from '../../../renderer/client/fakeResult.ts';
import { LabClient } from '../../../renderer/client/labClient.ts';
import { MOST_EVENTS, REDRAW_MS, RunStore } from '../../../renderer/live/runStore.ts';

let lab: FakeLab;
let store: RunStore;
let end: () => void;
let told: number;

/** All that the fake lab answers in microtasks, and the redraw after it. */
const settle = (ms = REDRAW_MS): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const run = () => {
  const view = store.get();
  if (view.kind !== 'run') throw new Error(view.kind);
  return view.run;
};

beforeEach(() => {
  vi.useFakeTimers();
  lab = createFakeLab();
  store = new RunStore(new LabClient(lab.link));
  told = 0;
  store.subscribe(() => {
    told += 1;
  });
  end = store.start();
});
afterEach(() => {
  end();
  vi.useRealTimers();
});

describe('the run under way', () => {
  it('is waited for, and none until one starts', async () => {
    const late = createFakeLab({ connected: false });
    const waiting = new RunStore(new LabClient(late.link));
    const stop = waiting.start();
    await settle();
    expect(waiting.get().kind).toBe('waiting');
    late.open();
    await settle();
    expect(waiting.get().kind).toBe('none');
    stop();
    await settle();
    lab.startRun({ phase: 'running' });
    await settle();
    expect(run().status.phase).toBe('running');
  });

  it('is told at most twice a second, whatever comes, and the last state always', async () => {
    lab.startRun({ phase: 'running' });
    await settle();
    const before = told;
    for (let turn = 0; turn < 40; turn += 1) {
      lab.frames(1);
      await settle(50);
    }
    expect(told - before).toBeLessThanOrEqual(5);
    await settle();
    expect(run().frames).toHaveLength(40);
    lab.finish();
    await settle();
    expect(run()).toMatchObject({ status: { phase: 'done' }, result: { verdict: 'pass' } });
  });

  it('is shown whole to a window that comes late or was away, without counting a frame twice', async () => {
    lab.startRun({ phase: 'running' });
    lab.frames(8);
    end();
    end = store.start();
    await settle();
    // One that was held back on its way although the answer had it.
    lab.push({ push: 'frame', id: fakeStatus().id, frame: fakeFrame(7) });
    lab.frames(1);
    lab.lose();
    lab.open();
    await settle();
    const expected = Array.from({ length: 9 }, (_, index) => fakeFrame(index).up).reduce((a, b) => a + b);
    expect(run().frames).toHaveLength(9);
    expect(run().totals.up).toBe(expected);
  });

  it('stays within bounds however long it goes on, and its totals stay exact', async () => {
    lab.answer('runs.current', () => fakeView({ events: [] }, 0));
    end();
    end = store.start();
    await settle();
    const id = fakeStatus().id;
    for (let index = 0; index < 10_000; index += 1) {
      lab.push({ push: 'frame', id, frame: fakeFrame(index, { up: 3 }) });
      lab.push({ push: 'event', id, event: { atMs: index * 250, level: 'info', text: `line ${index}` } });
    }
    await settle();
    expect(run().frames.length).toBeLessThanOrEqual(2_400);
    expect(run().totals.up).toBe(30_000);
    expect(run().frames.reduce((sum, { up }) => sum + up, 0)).toBe(30_000);
    expect(run().events).toHaveLength(MOST_EVENTS);
    expect(run().events.at(-1)?.text).toBe('line 9999');
    expect(run().eventsDropped).toBe(10_000 - MOST_EVENTS);
  });

  it('takes nothing from another run, and forgets the one before when a new one starts', async () => {
    lab.startRun({ phase: 'running' });
    lab.frames(4);
    await settle();
    lab.push({ push: 'frame', id: 'another', frame: fakeFrame(50) });
    lab.push({ push: 'result', id: 'another', result: fakeResult() });
    await settle();
    expect(run().frames).toHaveLength(4);
    expect(run().result).toBeNull();
    lab.startRun({ id: 'the-next', phase: 'connecting' });
    await settle();
    expect(run()).toMatchObject({ status: { id: 'the-next' }, frames: [], totals: { up: 0 } });
  });
});
