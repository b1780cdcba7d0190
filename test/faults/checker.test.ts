/**
 * The checker's self-test: through whole runs, each kind of damage done in the bridge must turn the verdict to fail for
 * the right reason, and be found exactly as often as it was done. Without damage the same scenario passes.
 */
import { describe, expect, it } from 'vitest';
import type { Ledger, RunResult } from '../../core/protocol/result.ts';
import { codes, ran } from '../helpers/run.ts';

/** Each device has one stream up, and each target one stream down. */
const scenario = (faults: string): string => `causeway: 1
name: Checker
duration: 2s
gateway: { topics: { up: { direction: up }, down: { direction: down } } }
populations:
  devices:
    actor: sensor
    count: 4
    publish: { value: { topic: "up/{id}", schedule: { rate: 100/s }, body: { filler: { text: { bytes: 60 } } } } }
    subscribe: [{ topic: "down/all" }]
services:
  back:
    consume: { topics: [up], group: G, members: 2, ordered: true }
    commands:
      one: { topic: down, population: devices, target: one, schedule: { rate: 100/s }, body: { filler: { text: { bytes: 60 } } } }
${faults}`;

const inject = (direction: string, kind: string, count: number): string =>
  `faults: [{ inject: ${kind}, direction: ${direction}, at: 100ms, every: 20, count: ${count} }]\n`;

const COUNT = 5;
const FOUND: Record<string, (ledger: Ledger, result: RunResult) => number> = {
  drop: (ledger) => ledger.lost,
  duplicate: (ledger) => ledger.duplicatesUnexplained,
  swap: (ledger) => ledger.reordered,
  corrupt: (ledger) => ledger.corrupted,
};

const REASONS: Record<string, readonly string[]> = {
  drop: ['messages-lost'],
  duplicate: ['duplicates-unexplained'],
  swap: ['order-broken'],
  corrupt: ['messages-corrupted', 'mapping-failed'],
};

describe.concurrent('the checker, through a whole run', () => {
  it('passes a run without damage', async () => {
    const { result } = await ran(scenario(''));
    expect(result).toMatchObject({ verdict: 'pass', reasons: [], faultsInjected: {} });
    expect(result.ledger.up.delivered).toBe(200);
    expect(result.ledger.down.delivered).toBe(200);
  });

  describe.each(['up', 'down'] as const)('%s', (direction) => {
    it.each(Object.keys(FOUND))('finds every %s', async (kind) => {
      // Towards devices no order is promised: there it counts where the scenario says so.
      const asked = kind === 'swap' && direction === 'down';
      const { result } = await ran(
        scenario(inject(direction, kind, COUNT) + (asked ? 'thresholds: ["ledger.down.reordered == 0"]\n' : '')),
      );
      expect(result.faultsInjected).toEqual({ [`${direction}.${kind}`]: COUNT });
      expect(FOUND[kind]!(result.ledger[direction], result)).toBe(COUNT);
      expect(result.verdict).toBe('fail');
      expect(codes(result)).toEqual(asked ? ['threshold-failed'] : REASONS[kind]);
      // Damage of one direction is not blamed on the other.
      const other = result.ledger[direction === 'up' ? 'down' : 'up'];
      expect(other).toMatchObject({ lost: 0, duplicatesUnexplained: 0, reordered: 0, corrupted: 0, unexpected: 0 });
      expect(other.delivered).toBe(200);
    });

    it('finds every wrong property, and names it', async () => {
      const { result } = await ran(scenario(inject(direction, 'property', COUNT)));
      expect(result.faultsInjected).toEqual({ [`${direction}.property`]: COUNT });
      expect(result.verdict).toBe('fail');
      expect(codes(result)).toEqual(['mapping-failed']);
      const failed = result.mapping.filter((c) => c.direction === direction && c.failed > 0);
      const cells = Object.fromEntries(failed.map((c) => [c.property, c.failed]));
      if (direction === 'up') {
        expect(cells).toEqual({ qoslevel: 1, cleansessionflag: 1, mqttSecondTopic: 1, clientId: 1, mqttRealTopic: 1 });
      } else {
        // QoS, topic, QoS, topic, QoS; a wrong topic is wrong below its parent as well.
        expect(cells).toEqual({ qoslevel: 3, topic: 2, mqttSecondTopic: 2 });
      }
      for (const { examples } of failed)
        expect(examples[0]).toMatchObject({
          stream: expect.stringContaining('.'),
          sequence: expect.any(Number),
          // The whole message, as it arrived: a stamped JSON object under some topic.
          message: { topic: expect.any(String), payloadHex: expect.stringMatching(/^7b226377223a22.*7d$/) },
        });
      expect(result.ledger[direction]).toMatchObject({ delivered: 200, lost: 0, corrupted: 0 });
    });
  });

  it('finds all kinds of both directions in one run', async () => {
    const all = ['up', 'down'].flatMap((direction) =>
      [...Object.keys(FOUND), 'property'].map((kind) => `{ inject: ${kind}, direction: ${direction}, every: 15, count: 2 }`),
    );
    const { result } = await ran(scenario(`faults: [${all.join(', ')}]\n`));
    for (const count of Object.values(result.faultsInjected)) expect(count).toBe(2);
    expect(Object.keys(result.faultsInjected)).toHaveLength(10);
    for (const direction of ['up', 'down'] as const) {
      for (const [kind, found] of Object.entries(FOUND)) {
        expect(found(result.ledger[direction], result), `${direction} ${kind}`).toBe(2);
      }
    }
    expect(result.verdict).toBe('fail');
  });

  it('a swap that finds no partner before the end is none, and nothing is lost by it', async () => {
    // As many members as messages: none sends a second one that could change places with the one held back.
    const { result } = await ran(
      scenario('faults: [{ inject: swap, direction: up, every: 190, count: 1 }]\n').replace('count: 4', 'count: 200'),
    );
    expect(result).toMatchObject({ verdict: 'pass', reasons: [], faultsInjected: { 'up.swap': 0 } });
    expect(result.ledger.up).toMatchObject({ delivered: 200, lost: 0 });
  });
});
