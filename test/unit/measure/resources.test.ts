import { afterEach, describe, expect, it } from 'vitest';
import {
  allocateResources,
  generatorThread,
  ResourceSampler,
  type ResourceSource,
  readResources,
} from '../../../core/measure/resources.ts';
import { waitFor } from '../../helpers/waitFor.ts';

/** An event loop that is told what it did. */
class FakeLoop implements ResourceSource {
  idle = 0;
  active = 0;
  loop() {
    return { idle: this.idle, active: this.active };
  }
  process() {
    return { cpuUs: 1234, rssBytes: 5678 };
  }
  waited: number | undefined;
  waitedUs() {
    return this.waited;
  }
}

let open: ResourceSampler | undefined;
afterEach(() => open?.close());

describe('ResourceSampler', () => {
  it('gives the busy share of each window, of all, and of the worst', () => {
    const source = new FakeLoop();
    const memory = allocateResources();
    open = new ResourceSampler(memory, { source, wholeProcess: true });
    for (const [active, idle] of [
      [50, 200],
      [250, 0],
      [125, 125],
    ] as const) {
      source.active += active;
      source.idle += idle;
      open.sample();
    }
    const reading = readResources('devices-1', memory);
    expect(reading.sample.thread).toBe('devices-1');
    expect(reading.sample.utilisation).toBeCloseTo((0.2 + 1 + 0.5) / 3);
    expect(reading.sample.utilisationMax).toBe(1);
    expect(reading.utilisationNow).toBe(0.5);
    expect(reading.busyShare).toBeCloseTo(1 / 3);
    expect(reading).toMatchObject({ cpuUs: 1234, rssBytes: 5678 });
    expect(generatorThread(reading, true)).toEqual({ thread: 'devices-1', generator: true, busyShare: reading.busyShare });
  });

  it('adds up how long the thread waited for a core, where the system tells', () => {
    const source = new FakeLoop();
    let nowUs = 1_000_000;
    const reading = () => readResources('t', memory).sample.waitingShare;
    let memory = allocateResources();
    open = new ResourceSampler(memory, { source, clock: () => nowUs });
    open.start();
    nowUs += 1_000_000;
    open.sample();
    expect(reading()).toBeUndefined();
    void open.close();

    memory = allocateResources();
    source.waited = 70_000;
    open = new ResourceSampler(memory, { source, clock: () => nowUs });
    open.start();
    for (const waited of [100_000, 0]) {
      source.waited += waited;
      nowUs += 250_000;
      open.sample();
    }
    expect(reading()).toBeCloseTo(0.2);
  });

  it('counts a long blocked window as long as it was', () => {
    const source = new FakeLoop();
    const memory = allocateResources();
    open = new ResourceSampler(memory, { source });
    source.idle = 250;
    open.sample();
    source.active = 2250;
    open.sample();
    expect(readResources('t', memory).busyShare).toBeCloseTo(9 / 10);
  });

  it('measures the delay of the event loop it runs in, and stops when closed', async () => {
    const memory = allocateResources();
    open = new ResourceSampler(memory);
    open.start();
    open.start();
    const delays = () => readResources('t', memory).sample.eventLoopDelay;
    // The probe is armed for 10 ms: blocking for 60 ms delays it by about 50.
    const until = performance.now() + 60;
    while (performance.now() < until);
    await waitFor('the probe', () => delays().count >= 2);
    expect(delays().max).toBeGreaterThan(40_000);
    await open.close();
    await open.close();
    const { count } = delays();
    let ticks = 0;
    await waitFor('timers that are due later than the probe would be', () => {
      ticks += 1;
      return ticks > 5;
    });
    expect(delays().count).toBe(count);
    expect(readResources('t', memory).sample.utilisation).toBeGreaterThan(0);
  });
});
