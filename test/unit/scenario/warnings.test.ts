import { expect, test } from 'vitest';
import { changed, load, positionOf } from './sample.ts';

test.each([
  ['a host that others can reach', 'profile: strict', 'profile: strict\n  host: 0.0.0.0', '0.0.0.0', /other machines/],
  ['a device that publishes where nothing goes up', 'topic: talk/all', 'topic: down/x', 'down/x', /does not reach MQ/],
  ['a client ID without a group', '"GID_people@@@{id}"', '"people-{id}"', '"people-', /GroupID@@@DeviceID/],
  ['a service that listens on a downward topic', 'topics: [up]', 'topics: [up, down]', 'down], group', /direction down/],
  ['a replay after the end', '[2s, 5s]', '[2s, 50s]', '50s', /not before the end/],
  [
    'a flag without a meaning',
    'second: "/all"',
    'second: "/all"\n        cleanSessionFlag: false',
    'cleanSessionFlag',
    /one member only/,
  ],
  [
    'keeping QoS 0',
    'target: one',
    'target: one\n        qosLevel: 0\n        cleanSessionFlag: false',
    'false\n        schedule',
    /never kept/,
  ],
  [
    'a reaction that never happens',
    'delay: { min: 20ms, max: 200ms }',
    'delay: { min: 20ms, max: 200ms }\n      idle: { topic: up/x, on: "talk/all" }',
    '"talk/all"',
    /never happens/,
  ],
  [
    'a fault after the end',
    'thresholds:',
    'faults: [{ inject: drop, direction: up, at: 1m }]\nthresholds:',
    '{ inject',
    /after the end/,
  ],
])('%s', (_, from, to, at, says) => {
  const text = changed(from, to);
  const { warnings } = load(text);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatchObject({ path: 'sample.yaml', ...positionOf(text, at) });
  expect(warnings[0]?.message).toMatch(says);
});

test('talk that feeds itself is warned of, talk that dies out is not', () => {
  const reacting = (probability: string) =>
    load(
      changed(
        '    subscribe:\n      - { topic: talk/#, qos: 1 }',
        `    subscribe:\n      - { topic: talk/#, qos: 1 }\n    react:\n      reply: { on: talk/#, topic: talk/all, probability: ${probability} }`,
      ),
    ).warnings;
  expect(reacting('5%')).toEqual([]);
  expect(reacting('10%')[0]?.message).toMatch(/causes 1 more/);
});

test('nothing is kept for clients with a clean session', () => {
  const text = changed('client: { cleanSession: false }', 'client: { cleanSession: true }').replace(
    'target: one',
    'target: one\n        cleanSessionFlag: false',
  );
  expect(load(text).warnings.map((warning) => warning.message)).toEqual([expect.stringMatching(/nothing is kept/)]);
});

test('the lenient profile allows what the strict one refuses', () => {
  const text = changed('profile: strict', 'profile: lenient')
    .replace('{ topic: "down/all", qos: 1 }', '{ topic: "down/all", qos: 2 }')
    .replace('topic: talk/all', `topic: talk/${'x'.repeat(100)}`)
    .replace('"GID_people@@@{id}"', '"people-{id}"');
  expect(load(text).warnings).toEqual([]);
});
