import { describe, expect, test } from 'vitest';
import { changed, load, positionOf, problemsOf, SAMPLE } from './sample.ts';

interface Case {
  readonly what: string;
  /** Replaced piece of the sample, and what stands there instead. */
  readonly from: string;
  readonly to: string;
  /** The problem points at this piece of the changed text. */
  readonly at: string;
  readonly says: RegExp;
  readonly suggestion?: string;
  /** How many problems the one mistake makes, where it is not one. */
  readonly problems?: number;
}

const CASES: readonly Case[] = [
  // Keys and types
  {
    what: 'unknown key at the top',
    from: 'duration: 10s',
    to: 'duraton: 10s',
    at: 'duraton',
    says: /unknown key "duraton"/,
    suggestion: 'duration',
  },
  {
    what: 'unknown key inside',
    from: 'cleanSession: false',
    to: 'cleansession: false',
    at: 'cleansession',
    says: /populations\.cars\.client/,
    suggestion: 'cleanSession',
  },
  { what: 'missing key', from: '    actor: vehicle\n', to: '', at: 'cars:', says: /populations\.cars: "actor" is missing/ },
  {
    what: 'missing key in a list item',
    from: '- { topic: "down/all", qos: 1 }',
    to: '- { qos: 1 }',
    at: '{ qos: 1 }',
    says: /subscribe\[1\]: "topic" is missing/,
  },
  {
    what: 'wrong type',
    from: 'count: 20',
    to: 'count: many',
    at: 'many',
    says: /populations\.cars\.count: "many" is not a whole number/,
  },
  {
    what: 'null in place of a value',
    from: 'count: 20',
    to: 'count:',
    at: 'count:',
    says: /populations\.cars\.count: null is not/,
  },
  { what: 'fraction', from: 'count: 20', to: 'count: 1.5', at: '1.5', says: /1\.5 is not a whole number/ },
  { what: 'count of zero', from: 'count: 20', to: 'count: 0', at: '0\n    group', says: /0 is not a whole number from 1/ },
  {
    what: 'unknown word',
    from: 'actor: vehicle',
    to: 'actor: vehicel',
    at: 'vehicel',
    says: /"vehicel" is not one of/,
    suggestion: 'vehicle',
  },
  {
    what: 'qos 3',
    from: 'qos: 1\n        schedule',
    to: 'qos: 3\n        schedule',
    at: '3\n        schedule',
    says: /qos: 3 is not quality of service/,
  },
  { what: 'version of the format', from: 'causeway: 1', to: 'causeway: 2', at: '2\nname', says: /causeway: 2 is not/ },
  {
    what: 'list in place of a map',
    from: 'client: { cleanSession: false }',
    to: 'client: []',
    at: '[]',
    says: /client: \[\] is not a map/,
  },
  { what: 'name with a blank', from: '  people:', to: '  some people:', at: 'some people', says: /"some people" is not a name/ },
  {
    what: 'unknown transport',
    from: '{ cleanSession: false }',
    to: '{ transport: tpc }',
    at: 'tpc',
    says: /"tpc"/,
    suggestion: 'tcp',
  },
  {
    what: 'secret in place of its variable',
    from: '{ cleanSession: false }',
    to: '{ passwordFrom: "s3cret!" }',
    at: '"s3cret!"',
    says: /environment variable/,
  },
  {
    what: 'variable that is not the lab’s to read',
    from: '{ cleanSession: false }',
    to: '{ passwordFrom: AWS_SECRET_ACCESS_KEY }',
    at: 'AWS_SECRET_ACCESS_KEY',
    says: /begins with CAUSEWAY_/,
  },
  // Units
  {
    what: 'duration without a unit',
    from: 'duration: 10s',
    to: 'duration: 10',
    at: '10\ngateway',
    says: /duration: 10 is not a duration/,
    suggestion: '10s',
  },
  {
    what: 'duration of an unknown unit',
    from: 'duration: 10s',
    to: 'duration: 10d',
    at: '10d',
    says: /"10d" is not a duration such as/,
  },
  { what: 'duration of zero', from: 'every: 1s', to: 'every: 0s', at: '0s, jitter', says: /longer than zero/ },
  { what: 'negative duration', from: 'every: 1s', to: 'every: -1s', at: '-1s', says: /longer than zero/ },
  { what: 'endless duration', from: 'duration: 10s', to: 'duration: 99999h', at: '99999h', says: /at most 720h/ },
  { what: 'rate of zero', from: 'rate: 5/s', to: 'rate: 0/s', at: '0/s', says: /"0\/s" is not a rate above 0/ },
  { what: 'negative rate', from: 'rate: 5/s', to: 'rate: -5/s', at: '-5/s', says: /is not a rate above 0/ },
  { what: 'rate above a million', from: 'rate: 5/s', to: 'rate: 1000001/s', at: '1000001/s', says: /at most 1000000\/s/ },
  { what: 'rate without a unit', from: 'rate: 5/s', to: 'rate: 5', at: '5, pick', says: /5 is not a rate/, suggestion: '5/s' },
  { what: 'rate that is no number', from: 'rate: 5/s', to: 'rate: .nan', at: '.nan', says: /NaN is not a rate/ },
  { what: 'rate in words', from: 'rate: 5/s', to: 'rate: NaN/s', at: 'NaN/s', says: /"NaN\/s" is not a rate/ },
  { what: 'share above one', from: 'jitter: 10%', to: 'jitter: 110%', at: '110%', says: /between 0 and 1/ },
  { what: 'share in words', from: 'jitter: 10%', to: 'jitter: some', at: 'some', says: /"some" is not a share/ },
  // Schedules and generators
  {
    what: 'unknown schedule',
    from: '{ every: 1s, jitter: 10% }',
    to: '{ evry: 1s }',
    at: 'evry',
    says: /unknown key "evry"/,
    suggestion: 'every',
  },
  {
    what: 'two schedules',
    from: '{ every: 1s, jitter: 10% }',
    to: '{ every: 1s, rate: 5/s }',
    at: '{ every: 1s, rate',
    says: /exactly one of/,
  },
  { what: 'no schedule', from: '{ every: 1s, jitter: 10% }', to: '{}', at: '{}', says: /exactly one of/ },
  {
    what: 'jitter of a rate',
    from: '{ rate: 5/s, pick: zipf }',
    to: '{ rate: 5/s, jitter: 10% }',
    at: 'jitter: 10% }\n        body:\n          text',
    says: /jitter goes only with "every"/,
  },
  {
    what: 'pick of a periodic schedule',
    from: 'every: 1s, jitter: 10%',
    to: 'every: 1s, pick: zipf',
    at: 'pick',
    says: /pick does not go with "every"/,
  },
  {
    what: 'burst longer than its period',
    from: '{ rate: 5/s, pick: zipf }',
    to: '{ burst: { rate: 1/s, peak: 5/s, every: 1s, for: 2s } }',
    at: '2s } }',
    says: /cannot last longer/,
  },
  { what: 'replay that goes back', from: '[2s, 5s]', to: '[5s, 2s]', at: '2s]', says: /must not go back/ },
  {
    what: 'command in a closed loop',
    from: '{ every: 500ms }',
    to: '{ closed: { think: 1s } }',
    at: 'closed',
    says: /no closed loop/,
  },
  {
    what: 'unknown generator',
    from: '{ randomWalk:',
    to: '{ randomwalk2:',
    at: 'randomwalk2',
    says: /unknown generator "randomwalk2"/,
    suggestion: 'randomWalk',
  },
  {
    what: 'two generators',
    from: '{ route: x }',
    to: '{ route: x, talk: true }',
    at: '{ route: x, talk',
    says: /exactly one generator/,
  },
  { what: 'generator with a missing key', from: 'start: 5, min: 0', to: 'min: 0', at: 'randomWalk:', says: /"start" is missing/ },
  {
    what: 'random walk that starts outside',
    from: 'start: 5',
    to: 'start: 50',
    at: '{ start: 50',
    says: /start \(50\) must lie between/,
  },
  {
    what: 'random walk without room',
    from: 'min: 0, max: 10',
    to: 'min: 10, max: 10',
    at: '{ start',
    says: /min \(10\) must be below max/,
  },
  {
    what: 'weights that do not fit',
    from: '{ talk: true }',
    to: '{ choice: { values: [a, b], weights: [1] } }',
    at: '{ values',
    says: /1 weights for 2 values/,
  },
  {
    what: 'route of a chat user',
    from: '{ talk: true }',
    to: '{ route: x }',
    at: 'route: x }\n    subscribe:\n      - { topic: talk',
    says: /only for actor vehicle/,
  },
  {
    what: 'talk of a vehicle',
    from: '{ route: x }',
    to: '{ talk: true }',
    at: 'talk: true }\n          level',
    says: /only for actor chat-user/,
  },
  {
    what: 'body above the limit',
    from: '{ talk: true }',
    to: '{ text: { bytes: 65536 } }',
    at: 'text: { text',
    says: /the gateway takes at most 65536/,
  },
  {
    what: 'onChange of a field that is not there',
    from: 'qos: 1\n        schedule',
    to: 'onChange: { field: levl, by: 1 }\n        schedule',
    at: 'levl',
    says: /no field "levl"/,
    suggestion: 'level',
  },
  {
    what: 'delay upside down',
    from: 'min: 20ms, max: 200ms',
    to: 'min: 2s, max: 200ms',
    at: '{ min: 2s',
    says: /min must not be above max/,
  },
  // Topics and names
  {
    what: 'unknown parent topic',
    from: 'topic: "up/{district}/{id}"',
    to: 'topic: "upp/{district}"',
    at: '"upp/',
    says: /parent topic "upp" is not in gateway.topics/,
    suggestion: 'up',
  },
  {
    what: 'unknown parent of a reaction',
    from: '"up/{district}/{id}/ack"',
    to: '"answer/{id}"',
    at: '"answer',
    says: /parent topic "answer"/,
  },
  {
    what: 'unknown parent of a subscription',
    from: 'topic: talk/#',
    to: 'topic: tlak/#',
    at: 'tlak',
    says: /parent topic "tlak"/,
    suggestion: 'talk',
  },
  { what: 'topic with a wildcard', from: 'topic: talk/all', to: 'topic: talk/+', at: 'talk/+', says: /may not hold \+ or #/ },
  {
    what: 'topic too long for the profile',
    from: 'topic: talk/all',
    to: `topic: talk/${'x'.repeat(60)}`,
    at: 'talk/xxx',
    says: /65 characters, the limit is 64/,
  },
  { what: 'reserved topic', from: 'topic: talk/all', to: 'topic: $SYS/all', at: '$SYS', says: /start with \$/ },
  {
    what: 'filter with # in the middle',
    from: 'topic: talk/#',
    to: 'topic: talk/#/x',
    at: 'talk/#/x',
    says: /not a valid topic filter/,
  },
  {
    what: 'parent topic that the profile refuses',
    from: 'local: {',
    to: 'lo.cal: {',
    at: 'lo.cal',
    says: /gateway\.topics: "lo\.cal"/,
  },
  {
    what: 'unknown placeholder',
    from: '"up/{district}/{id}"',
    to: '"up/{distrct}/{id}"',
    at: '"up/{distrct}',
    says: /unknown placeholder \{distrct\}/,
    suggestion: '{district}',
  },
  {
    what: 'group placeholder without a group',
    from: 'topic: talk/all',
    to: 'topic: "talk/{room}"',
    at: '"talk/{room}',
    says: /"people" has no group/,
  },
  {
    what: 'group named like a placeholder',
    from: '{ name: district, count: 4 }',
    to: '{ name: id, count: 4 }',
    at: 'id, count',
    says: /placeholder of its own/,
    problems: 6,
  },
  {
    what: 'more groups than members',
    from: '{ name: district, count: 4 }',
    to: '{ name: district, count: 40 }',
    at: '40 }',
    says: /40 groups for 20 members/,
  },
  {
    what: 'client ID above the limit',
    from: 'GID_people@@@{id}',
    to: `${'g'.repeat(61)}@@@{id}`,
    at: '"ggg',
    says: /65 characters, the limit of the strict profile is 64/,
  },
  {
    what: 'one client ID for all',
    from: 'GID_people@@@{id}',
    to: 'GID_people@@@me',
    at: '"GID_people@@@me',
    says: /the same client ID/,
  },
  {
    what: 'client IDs of two populations',
    from: '"GID_people@@@{id}"',
    to: '"GID_car@@@0{id}"',
    at: '"GID_car@@@0',
    says: /client ID of population "cars" too/,
  },
  {
    what: 'QoS 2 in a persistent session',
    from: '{ topic: "down/all", qos: 1 }',
    to: '{ topic: "down/all", qos: 2 }',
    at: '2 }\n    react',
    says: /refuses QoS 2 together with cleanSession: false/,
  },
  {
    what: 'outage longer than its period',
    from: '    subscribe:\n      - { topic: talk',
    to: '    outages: { share: 5%, every: 4s, for: 4s }\n    subscribe:\n      - { topic: talk',
    at: '4s }',
    says: /must be shorter/,
  },
  {
    what: 'tunnels for who does not drive',
    from: '    subscribe:\n      - { topic: talk',
    to: '    outages: tunnels\n    subscribe:\n      - { topic: talk',
    at: 'tunnels',
    says: /only vehicles/,
  },
  // Services
  {
    what: 'unknown topic of a service',
    from: 'topics: [up]',
    to: 'topics: [pu]',
    at: 'pu]',
    says: /parent topic "pu"/,
    suggestion: 'up',
  },
  { what: 'topic that is not in MQ', from: 'topics: [up]', to: 'topics: [up, local]', at: 'local]', says: /direction none/ },
  {
    what: 'command to an unknown population',
    from: 'population: cars',
    to: 'population: crs',
    at: 'crs',
    says: /no population "crs"/,
    suggestion: 'cars',
  },
  {
    what: 'command on a topic that goes up',
    from: '      one:\n        topic: down',
    to: '      one:\n        topic: up',
    at: 'up\n        population',
    says: /direction up/,
  },
  { what: 'unknown reaction', from: 'answer: ack', to: 'answer: akc', at: 'akc', says: /no reaction "akc"/, suggestion: 'ack' },
  {
    what: 'reaction on other topics',
    from: 'on: "down/#"',
    to: 'on: "down/all"',
    at: 'ack\n      district',
    says: /does not match "down\/p2p/,
    problems: 2,
  },
  {
    what: 'answers that nobody hears',
    from: 'topics: [up]',
    to: 'topics: [talk]',
    at: 'ack\n      district',
    says: /no service consumes/,
    problems: 3,
  },
  {
    what: 'group command to a population without one',
    from: '        population: cars\n        target: group',
    to: '        population: people\n        target: group',
    at: 'group\n        second',
    says: /"people" has no group/,
    problems: 3,
  },
  {
    what: 'group command that reaches all',
    from: 'second: "/{district}"',
    to: 'second: "/all"',
    at: '"/all"\n        schedule: { every',
    says: /would reach all/,
  },
  {
    what: 'command that nobody receives',
    from: 'second: "/all"',
    to: 'second: "/al"',
    at: 'all:\n',
    says: /does not subscribe to "down\/al"/,
  },
  {
    what: 'second of a P2P command',
    from: 'target: one',
    to: 'target: one\n        second: /x',
    at: 'second: /x',
    says: /always goes to \/p2p/,
  },
  {
    what: 'P2P message that the strict profile does not keep',
    from: 'target: one',
    to: 'target: one\n        qosLevel: 2\n        cleanSessionFlag: false',
    at: '2\n        cleanSessionFlag',
    says: /does not keep QoS 2/,
  },
  // Thresholds, phases
  {
    what: 'unknown metric',
    from: 'up.endToEnd.p99 <',
    to: 'up.endToEnd.p98 <',
    at: '"up.endToEnd.p98',
    says: /unknown metric/,
    suggestion: 'up.endToEnd.p90',
  },
  { what: 'threshold without an operator', from: 'p99 < 250', to: 'p99 250', at: '"up.endToEnd', says: /not of the form/ },
  {
    what: 'threshold without a number',
    from: 'p99 < 250',
    to: 'p99 < fast',
    at: '"up.endToEnd',
    says: /"fast", which is no number/,
  },
  {
    what: 'threshold on an unknown command',
    from: 'up.endToEnd.p99 < 250',
    to: 'waves.al.t95 < 250',
    at: '"waves',
    says: /no command "al"/,
    suggestion: 'all',
  },
  {
    what: 'threshold on the answers of a command without any',
    from: '        schedule: { replay: [2s, 5s] }\n        answer: ack\nthresholds:\n  - "up.endToEnd.p99',
    to: '        schedule: { replay: [2s, 5s] }\nthresholds:\n  - "answers.all.p99',
    at: '"answers',
    says: /expects no answer/,
  },
  {
    what: 'threshold on the wave of a P2P command',
    from: 'up.endToEnd.p99 < 250',
    to: 'waves.one.t95 < 250',
    at: '"waves',
    says: /makes no wave/,
    suggestion: 'answers.one.p95',
  },
  {
    what: 'two commands of one name',
    from: 'thresholds:',
    to: '  second:\n    commands:\n      all: { topic: down, population: cars, target: all, second: /all, schedule: { every: 1s } }\nthresholds:',
    at: 'all: { topic',
    says: /"centre" has a command of this name/,
  },
  {
    what: 'two services in one group',
    from: 'thresholds:',
    to: '  second:\n    consume: { topics: [up], group: GID_centre }\nthresholds:',
    at: 'GID_centre }\nthresholds',
    says: /is in the group "GID_centre" already/,
  },
  {
    what: 'the group of the bridge',
    from: 'group: GID_centre',
    to: 'group: causeway-bridge',
    at: 'causeway-bridge',
    says: /group of the bridge/,
  },
  {
    what: 'phases that do not add up',
    from: 'thresholds:',
    to: 'phases: [{ name: a, for: 4s, load: 1 }]\nthresholds:',
    at: 'phases:',
    says: /add up to 4s, the duration is 10s/,
  },
];

test('the sample itself is fine', () => {
  expect(load(SAMPLE).warnings).toEqual([]);
});

describe('each kind of mistake is named with its place', () => {
  test.each(CASES)('$what', ({ from, to, at, says, suggestion }) => {
    const text = changed(from, to);
    const problems = problemsOf(text);
    const found = problems.find((problem) => says.test(problem.message));
    expect(found, JSON.stringify(problems, null, 1)).toBeDefined();
    expect({ line: found?.line, column: found?.column }).toEqual(positionOf(text, at));
    expect(found?.path).toBe('sample.yaml');
    expect(found?.suggestion).toBe(suggestion);
  });

  test.each(CASES)('$what: nothing else is reported', ({ from, to, problems }) => {
    expect(problemsOf(changed(from, to)).map((problem) => problem.message)).toHaveLength(problems ?? 1);
  });
});

test('all mistakes of a file are found at once, in the order of the file', () => {
  const text = changed('duration: 10s', 'duration: ten')
    .replace('actor: vehicle', 'actor: bus')
    .replace('rate: 5/s', 'rate: 0/s')
    .replace('{ route: x }', '{ rout: x }')
    .replace('talk/all', 'tlk/all')
    .replace('answer: ack', 'answer: nod')
    .replace('p99 < 250', 'p42 < 250');
  const problems = problemsOf(text);
  expect(problems.map((problem) => problem.message.split(':')[0])).toEqual([
    'duration',
    'populations.cars.actor',
    'populations.cars.publish.position.body.x',
    'populations.people.publish.line.topic',
    'populations.people.publish.line.schedule.rate',
    'services.centre.commands.one.answer',
    'thresholds[0]',
  ]);
  expect(problems.map((problem) => problem.line)).toEqual([...problems].map((problem) => problem.line).sort((a, b) => a - b));
});

test('a file of nothing but mistakes gives a bounded list', () => {
  const keys = Array.from({ length: 2000 }, (_, i) => `key${i}: 1`).join('\n');
  const problems = problemsOf(`${SAMPLE}${keys}\n`);
  expect(problems.length).toBeLessThanOrEqual(101);
  expect(problems.at(-1)?.message).toMatch(/more problems/);
});

test('values in messages are one line and escaped', () => {
  const [problem] = problemsOf(changed('count: 20', `count: "a\\n\\x1b[2J${'x'.repeat(500)}"`));
  expect(problem?.message).not.toMatch(/\p{Cc}/u);
  expect(problem?.message.length).toBeLessThan(200);
});
