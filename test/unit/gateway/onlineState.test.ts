import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OnlineState } from '../../../core/gateway/onlineState.ts';
import type { PresenceRecord } from '../../../core/gateway/presence.ts';

const record = (eventType: PresenceRecord['eventType'], channelId: string, time: number, clientId = 'c'): PresenceRecord => ({
  clientId,
  eventType,
  channelId,
  time,
  clientIp: '127.0.0.1',
});

test('offline only when the channel of the last connect is cleaned', () => {
  const state = new OnlineState();
  expect(state.apply(record('connect', '1', 1))).toBe(true);
  expect(state.apply(record('connect', '2', 2))).toBe(false);
  expect(state.apply(record('tcpclean', '1', 3))).toBe(false);
  expect(state.online('c')).toBe(true);
  expect(state.apply(record('disconnect', '2', 4))).toBe(false);
  expect(state.online('c')).toBe(true);
  expect(state.apply(record('tcpclean', '2', 5))).toBe(true);
  expect(state.online('c')).toBe(false);
  expect(state.online('nobody')).toBe(false);
});

test('whatever the order and the copies in which records come, the end is the same', () => {
  // Each connection begins and ends; the last may still be open.
  const history = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.boolean()).map(([connections, open]) => {
    const records: PresenceRecord[] = [];
    for (let i = 0; i < connections; i += 1) {
      records.push(record('connect', `ch${i}`, i * 10));
      if (i < connections - 1 || !open) records.push(record('tcpclean', `ch${i}`, i * 10 + 15));
    }
    return { records, open };
  });
  const shuffled = history.chain(({ records, open }) =>
    fc.shuffledSubarray([...records, ...records], { minLength: records.length * 2 }).map((mixed) => ({ mixed, open })),
  );
  fc.assert(
    fc.property(shuffled, ({ mixed, open }) => {
      const state = new OnlineState();
      for (const one of mixed) state.apply(one);
      expect(state.online('c')).toBe(open);
      expect(state.count).toBe(open ? 1 : 0);
    }),
    { numRuns: 1000 },
  );
});

test('forgetting keeps who is online', () => {
  const state = new OnlineState();
  state.apply(record('connect', '1', 1, 'a'));
  state.apply(record('connect', '2', 1, 'b'));
  state.apply(record('tcpclean', '2', 2, 'b'));
  state.forget();
  expect([state.online('a'), state.online('b'), state.count]).toEqual([true, false, 1]);
});
