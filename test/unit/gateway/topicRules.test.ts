import { describe, expect, test } from 'vitest';
import { limitsOf } from '../../../core/gateway/limits.ts';
import { clientIdRefusal, filterRefusal, p2pTarget, TopicRules } from '../../../core/gateway/topicRules.ts';

const topics = [
  { name: 'home', bridge: true },
  { name: 'chat', bridge: false },
  { name: 'zu hause', bridge: true },
];
const strict = new TopicRules('strict', limitsOf('strict'), topics);
const lenient = new TopicRules('lenient', limitsOf('lenient'), topics);

describe('topics of a PUBLISH', () => {
  test('parent is the first level, and decides about the bridge', () => {
    expect(strict.look('home/floor1/t')).toMatchObject({ parent: 'home', bridge: true, refusal: undefined });
    expect(strict.look('home')).toMatchObject({ parent: 'home', bridge: true, refusal: undefined });
    expect(strict.look('chat/room')).toMatchObject({ parent: 'chat', bridge: false, refusal: undefined });
  });

  test('an unknown or empty parent is refused', () => {
    for (const topic of ['cellar', 'cellar/a', '/home', 'Home']) expect(strict.look(topic).refusal).toBe('topic-unknown-parent');
  });

  test('`$` topics are out of reach in both profiles', () => {
    for (const rules of [strict, lenient]) expect(rules.look('$SYS/broker').refusal).toBe('topic-reserved');
  });

  test.each([
    ['home/a//b', undefined],
    ['home/', undefined],
    ['home/ä b.%😀', undefined],
    ['home/\u0001', 'topic-invalid'],
    ['home/\u0085', 'topic-invalid'],
    [`home/${'x'.repeat(59)}`, undefined],
    [`home/${'x'.repeat(60)}`, 'topic-too-long'],
  ])('strict: %j is %s', (topic, refusal) => {
    expect(strict.look(topic).refusal).toBe(refusal);
  });

  test('64 characters are counted as characters, not UTF-16 units', () => {
    expect(strict.look(`home/${'😀'.repeat(59)}`).refusal).toBeUndefined();
    expect(strict.look(`home/${'😀'.repeat(60)}`).refusal).toBe('topic-too-long');
  });

  test('a parent beyond letters, digits, _ and - is for the lenient profile only', () => {
    expect(strict.look('zu hause/a').refusal).toBe('topic-invalid');
    expect(lenient.look('zu hause/a').refusal).toBeUndefined();
    expect(lenient.look('home/\u0007').refusal).toBe('topic-invalid');
  });

  test('the limit can be set', () => {
    const rules = new TopicRules('strict', limitsOf('strict', { topicChars: 128 }), topics);
    expect(rules.look(`home/${'x'.repeat(123)}`).refusal).toBeUndefined();
    expect(rules.look(`home/${'x'.repeat(124)}`).refusal).toBe('topic-too-long');
  });
});

test.each([
  ['p/p2p/A', 'A'],
  ['p/p2p/G@@@D', 'G@@@D'],
  ['p/p2p', undefined],
  ['p/p2p/', undefined],
  ['p/p2p/A/x', undefined],
  ['p/P2P/A', undefined],
  ['p/x/p2p/A', undefined],
])('P2P: %s is for %s', (topic, target) => {
  expect(p2pTarget(topic, 'p')).toBe(target);
});

test.each([
  ['#', undefined],
  ['+', undefined],
  ['a/#', undefined],
  ['a/+/b', undefined],
  ['/', undefined],
  ['+/+/#', undefined],
  ['a#', 'filter-invalid'],
  ['a+', 'filter-invalid'],
  ['+a', 'filter-invalid'],
  ['a/#/b', 'filter-invalid'],
  ['a/b#', 'filter-invalid'],
  ['#/a', 'filter-invalid'],
  ['', 'filter-invalid'],
  ['a/\u0000', 'filter-invalid'],
  ['$SYS/#', 'topic-reserved'],
  ['$share/g/a', 'topic-reserved'],
  ['x'.repeat(65), 'topic-too-long'],
])('filter %j is %s', (filter, refusal) => {
  expect(filterRefusal(filter, limitsOf('strict'))).toBe(refusal);
});

test('client IDs: 64 characters in the strict profile, no control characters in either', () => {
  expect(clientIdRefusal('x'.repeat(64), limitsOf('strict'))).toBeUndefined();
  expect(clientIdRefusal('x'.repeat(65), limitsOf('strict'))).toBe('client-id-too-long');
  expect(clientIdRefusal('x'.repeat(65), limitsOf('lenient'))).toBeUndefined();
  expect(clientIdRefusal('a\nb', limitsOf('lenient'))).toBe('client-id-control-character');
  expect(clientIdRefusal('plain, without a group', limitsOf('strict'))).toBeUndefined();
});
