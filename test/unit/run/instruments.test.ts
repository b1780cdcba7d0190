import { describe, expect, it } from 'vitest';
import type { GatewayEvent } from '../../../core/gateway/types.ts';
import { frameSchema } from '../../../core/protocol/result.ts';
import { EventText } from '../../../core/run/eventText.ts';
import { FrameMaker } from '../../../core/run/frames.ts';
import { HopRecorder, Instruments, runCounters } from '../../../core/run/instruments.ts';

describe('HopRecorder', () => {
  const recorder = () => {
    const instruments = new Instruments(Instruments.allocate('t'));
    const { histograms } = instruments;
    const of = (...times: number[]): boolean => new HopRecorder(instruments, 'up').record(Float64Array.from(times));
    const mean = (name: keyof typeof histograms): number | null => histograms[name].snapshot().toLatency().mean;
    return { of, mean };
  };

  it('records each hop, the whole way from the due time, and the service time from the send', () => {
    const { of, mean } = recorder();
    expect(of(0, 100, 300, 600, 1000)).toBe(true);
    expect(
      (['up.dueToSent', 'up.sentToGateway', 'up.gatewayToMq', 'up.mqToConsumer', 'up.endToEnd', 'up.service'] as const).map(mean),
    ).toEqual([100, 200, 300, 400, 1000, 900]);
  });

  it('moves a note that came late to the later point, so that no hop is negative and they add up', () => {
    const { of, mean } = recorder();
    // The engine's acknowledgement was noted after the consumer held the message already.
    expect(of(0, 100, 300, 1200, 1000)).toBe(true);
    expect((['up.dueToSent', 'up.sentToGateway', 'up.gatewayToMq', 'up.mqToConsumer'] as const).map(mean)).toEqual([
      100, 200, 700, 0,
    ]);
    expect(mean('up.endToEnd')).toBe(1000);
  });

  it('records the whole way and no hop where a point is unknown', () => {
    const { of, mean } = recorder();
    expect(of(0, 100, Number.NaN, 600, 1000)).toBe(false);
    expect(mean('up.endToEnd')).toBe(1000);
    expect([mean('up.dueToSent'), mean('up.mqToConsumer'), mean('up.traced')]).toEqual([null, null, null]);
  });
});

describe('FrameMaker', () => {
  it('tells what happened since the frame before, over all threads; gauges as they are', () => {
    const memories = [Instruments.allocate('a'), Instruments.allocate('b')];
    const [a, b] = memories.map((memory) => new Instruments(memory));
    const frames = new FrameMaker(memories, memories[0]!.resources);
    const at = runCounters.at;
    a!.counters.add(at.offered, 5);
    b!.counters.add(at.offered, 2);
    a!.counters.set(at.connected, 10);
    b!.counters.set(at.connected, 3);
    b!.histograms['up.endToEnd'].record(1000);
    a!.counters.add(at.commands, 3);
    const first = frames.next(250.4, 'running', { stored: 4, taken: 2 });
    expect(frameSchema.parse(first)).toMatchObject({ atMs: 250, state: 'running', offered: 7, connected: 13 });
    expect(first.hops).toEqual({ commands: 3, stored: 4, taken: 2 });
    expect(first.latency.up.p50).toBeGreaterThan(990);
    a!.counters.add(at.offered, 1);
    a!.counters.set(at.connected, 9);
    const second = frames.next(500, 'running', { stored: 10, taken: 0 });
    expect(second.hops).toEqual({ commands: 0, stored: 6, taken: 0 });
    expect(second).toMatchObject({ offered: 1, connected: 12, latency: { up: { p50: null, p99: null } } });
    expect(frames.totals().offered).toBe(8);
    expect(Object.keys(second.utilisation)).toEqual(['main', 'a', 'b']);
  });
});

describe('EventText', () => {
  const refused = (clientId: string): GatewayEvent => ({
    kind: 'refused',
    what: 'publish',
    clientId,
    reason: 'topic-unknown-parent',
    value: 'nowhere/1',
  });

  it('names client, reason and value', () => {
    const line = new EventText().of(refused('c1'))!;
    expect(line.level).toBe('warn');
    for (const part of ['c1', 'topic-unknown-parent', 'nowhere/1']) expect(line.text).toContain(part);
  });

  it('is silent about clients that come and go', () => {
    expect(new EventText().of({ kind: 'connected', clientId: 'c1' })).toBeUndefined();
    expect(new EventText().of({ kind: 'disconnected', clientId: 'c1', reason: 'x' })).toBeUndefined();
  });

  it('says ten of a kind, at the last that more are counted only, and then no more; other kinds are not silenced', () => {
    const texts = new EventText();
    const lines = Array.from({ length: 30 }, (_, i) => texts.of(refused(`c${i}`))?.text);
    expect(lines.filter((line) => line !== undefined)).toHaveLength(10);
    expect(lines[8]).not.toContain('only counted');
    expect(lines[9]).toContain('only counted');
    expect(texts.of({ kind: 'dead-letter', topic: 'p', offset: 7, reason: 'qoslevel-invalid' })?.text).toMatch(
      /7.*p.*qoslevel-invalid/,
    );
    expect(texts.of({ kind: 'warning', topic: 'p', warning: 'clientId' })).toBeDefined();
    expect(texts.of({ kind: 'not-drained', messages: 3 })?.text).toContain('3');
  });
});
