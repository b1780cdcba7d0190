import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matches } from '../../../core/gateway/retained.ts';
import { Session } from '../../../core/gateway/session.ts';
import { SubscriptionTable } from '../../../core/gateway/subscriptionTable.ts';
import type { QoS } from '../../../core/gateway/types.ts';

const who = (table: SubscriptionTable, topic: string): string[] =>
  table.match(topic).sessions.map((session, i) => `${session.clientId}:${table.match(topic).qos[i]}`);

test('overlapping filters: one entry with the highest QoS', () => {
  const table = new SubscriptionTable();
  const a = new Session('a', true);
  table.add('p/#', a, 0);
  table.add('p/+', a, 2);
  table.add('p/x', a, 1);
  expect(who(table, 'p/x')).toEqual(['a:2']);
  table.remove('p/+', a);
  expect(who(table, 'p/x')).toEqual(['a:1']);
  table.remove('p/x', a);
  expect(who(table, 'p/x')).toEqual(['a:0']);
  table.remove('p/#', a);
  expect(who(table, 'p/x')).toEqual([]);
});

test('wildcards at the first level do not reach `$` topics', () => {
  const table = new SubscriptionTable();
  const a = new Session('a', true);
  table.add('#', a, 1);
  table.add('+/x', a, 1);
  expect(who(table, '$SYS/x')).toEqual([]);
  expect(who(table, 's/x')).toEqual(['a:1']);
});

test('`a/#` matches its own parent, `a/+` does not', () => {
  const table = new SubscriptionTable();
  table.add('a/#', new Session('hash', true), 0);
  table.add('a/+', new Session('plus', true), 0);
  expect(who(table, 'a')).toEqual(['hash:0']);
  expect(who(table, 'a/').sort()).toEqual(['hash:0', 'plus:0']);
});

test('a subscription added later is found although the topic was looked up before', () => {
  const table = new SubscriptionTable();
  expect(who(table, 't')).toEqual([]);
  table.add('t', new Session('late', true), 1);
  expect(who(table, 't')).toEqual(['late:1']);
});

test('the trie agrees with matching filter by filter, whatever is added and removed', () => {
  const level = fc.constantFrom('a', 'b', '', '+');
  const filter = fc
    .tuple(fc.array(level, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([levels, hash]) => [...levels, ...(hash ? ['#'] : [])].join('/'));
  const topic = fc.array(fc.constantFrom('a', 'b', ''), { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'));
  const steps = fc.array(fc.record({ filter, qos: fc.constantFrom<QoS>(0, 1, 2), remove: fc.boolean() }), { maxLength: 12 });
  fc.assert(
    fc.property(steps, topic, (all, name) => {
      const table = new SubscriptionTable();
      const session = new Session('s', true);
      const held = new Map<string, QoS>();
      for (const step of all) {
        if (step.remove) {
          held.delete(step.filter);
          table.remove(step.filter, session);
        } else {
          held.set(step.filter, step.qos);
          table.add(step.filter, session, step.qos);
        }
      }
      const granted = [...held].filter(([f]) => matches(f, name)).map(([, qos]) => qos);
      expect(table.match(name).qos).toEqual(granted.length === 0 ? [] : [Math.max(...granted)]);
    }),
  );
});
