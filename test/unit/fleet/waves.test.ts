import { describe, expect, it } from 'vitest';
import { HandBook } from '../../../core/fleet/handBook.ts';
import { OpenWave } from '../../../core/fleet/wave.ts';
import type { HandOrder } from '../../../core/protocol/hand.ts';
import { StreamTable } from '../../../core/run/streams.ts';
import { parseScenario } from '../../../core/scenario/loader.ts';

const YAML = (qos = '') => `causeway: 1
name: Waves
gateway: { profile: lenient, topics: { vehicle: { direction: up }, command: { direction: down }, answer: { direction: up } } }
populations:
  fleet:
    actor: vehicle
    count: 4
    group: { name: district, count: 2 }
    publish: { report: { topic: "vehicle/{id}", schedule: { every: 1s }, body: { x: { route: x }, y: { route: y } } } }
    subscribe: [ { topic: command/all, qos: 1 } ]
    react: { ok: { on: "command/#", topic: "answer/{id}" } }
services:
  centre:
    consume: { topics: [vehicle, answer], group: G }
    commands:
      one: { topic: command, population: fleet, target: one, ${qos} schedule: manual, answer: ok }
      all: { topic: command, population: fleet, target: all, second: /all, schedule: manual, answer: ok }
`;

const { scenario } = parseScenario(YAML(), 'waves.yaml');
const population = scenario.populations[0]!;
const [one, all] = scenario.services[0]!.commands as [
  (typeof scenario.services)[0]['commands'][0],
  (typeof scenario.services)[0]['commands'][0],
];
const order = (wave: number, base: number, targets: readonly number[]): HandOrder => ({
  kind: 'order',
  wave,
  base,
  targets,
  action: 'lock',
  dueUs: 0,
});

describe('the streams of commands by hand', () => {
  const variants = (yaml: string) =>
    new StreamTable(parseScenario(yaml, 'waves.yaml').scenario).blocks.flatMap((block) =>
      block.kind === 'command'
        ? [`${block.command.name} ${block.command.qosLevel} ${block.command.cleanSessionFlag} ${block.count}`]
        : [],
    );

  it('one for each way of sending, and no other', () => {
    expect(variants(YAML())).toEqual([
      'one 0 true 4',
      'one 0 false 4',
      'one 1 true 4',
      'one 1 false 4',
      'one 2 true 4',
      'one 2 false 4',
      'all 0 undefined 1',
      'all 1 undefined 1',
      'all 2 undefined 1',
    ]);
    expect(variants(YAML().replace('profile: lenient, ', ''))).not.toContain('one 2 false 4');
    expect(variants(YAML('qosLevel: 1, cleanSessionFlag: false,')).slice(0, 2)).toEqual(['one 1 false 4', 'all 0 undefined 1']);
  });

  it.each([
    ['a field that the lab writes', 'body: { action: x }, '],
    ['a closed loop', 'schedule: { closed: { think: 1s } }, '],
  ])('%s is refused', (_, more) => {
    const yaml = more.startsWith('schedule') ? YAML().replace('schedule: manual', more.slice(0, -2)) : YAML(more);
    expect(() => parseScenario(yaml, 'waves.yaml')).toThrow(expect.objectContaining({ code: 'input.invalid' }));
  });

  it('only vehicles are commanded by hand', () => {
    const yaml = YAML()
      .replace('actor: vehicle', 'actor: sensor')
      .replace('body: { x: { route: x }, y: { route: y } }', 'body: {}');
    expect(() => parseScenario(yaml, 'waves.yaml')).toThrow(expect.objectContaining({ code: 'input.invalid' }));
  });
});

describe('the book of answers', () => {
  it('counts each vehicle once, and tells when half, most and all have answered', () => {
    const book = new HandBook();
    book.begin(order(1, 50, [0]), all, population, 4);
    book.handed(1, 50, 1);
    book.stored(1);
    for (const [member, afterUs] of [
      [0, 10_000],
      [0, 11_000],
      [1, 60_000],
      [2, 70_000],
    ] as const) {
      book.answer(50, 1, member, afterUs, member === 2);
    }
    const figures = { wave: 1, sent: 1, answered: 3, refused: 1, t50: 60, t95: null, t100: null };
    expect(book.changes()).toMatchObject([{ ...figures, newlyDone: [0, 1], newlyRefused: [2] }]);
    expect(book.changes()).toEqual([]);
    expect(book.answer(50, 1, 3, 80_000, false)).toBe(true);
    const [last] = book.changes();
    expect(last).toMatchObject({ answered: 4, t95: 80, t100: 80, newlyDone: [3], newlyRefused: [] });
    expect(last!.counts.reduce((sum, n) => sum + n, 0)).toBe(4);
    expect(book.waves()).toMatchObject([{ command: 'all', sequence: 1, expected: 4, answered: 4, t100: 80_000 }]);
    expect(book.totals('all')).toEqual({ sent: 1, expected: 4, answered: 4 });
    expect(book.totals('one')).toEqual({ sent: 0, expected: 0, answered: 0 });
  });

  it('keeps two waves on one stream apart, and knows no others', () => {
    const book = new HandBook();
    for (const wave of [1, 2]) {
      book.begin(order(wave, 10, [2]), one, population, 1);
      book.handed(wave, 12, wave);
    }
    expect(book.answer(12, 2, 2, 5_000, false)).toBe(true);
    expect(book.answer(12, 3, 2, 5_000, false)).toBe(false);
    expect(book.changes().map(({ answered }) => answered)).toEqual([0, 1]);
  });
});

describe('what the gateway did with a wave', () => {
  const wave = (addressed: number, known = true) =>
    new OpenWave({ order: order(1, 50, [0]), kind: 'stop', target: { all: true }, qos: 1, store: true, addressed, known });

  it('what is kept becomes delivered when its vehicle is back', () => {
    const open = wave(4);
    open.taken(50, 1, 4, [1, 3]);
    expect(open.delivered(50, 1, { online: 2, stored: 2, dropped: 0 })).toEqual([]);
    expect(open.told()).toMatchObject({ delivered: 2, storedOffline: 2, dropped: 0 });
    open.cameBack((index) => index === 3);
    expect(open.told()).toMatchObject({ delivered: 3, storedOffline: 1, dropped: 0 });
  });

  it('what is not kept is dropped, and its vehicles are named', () => {
    const open = wave(4);
    open.taken(50, 1, 4, [1, 3]);
    expect(open.delivered(50, 1, { online: 2, stored: 0, dropped: 0 })).toEqual([1, 3]);
    expect(open.told()).toMatchObject({ delivered: 2, storedOffline: 0, dropped: 2 });
  });

  it('a message that MQ delivers again counts once', () => {
    const open = wave(4);
    for (let i = 0; i < 2; i += 1) {
      open.taken(50, 1, 4, []);
      open.delivered(50, 1, { online: 4, stored: 0, dropped: 0 });
    }
    expect(open.told()).toMatchObject({ delivered: 4, dropped: 0 });
  });

  it('a message that never reaches the gateway is dropped for all', () => {
    const open = wave(4);
    open.taken(50, 1, 4, []);
    open.delivered(50, 1, { online: 0, stored: 0, dropped: 0 });
    expect(open.told()).toMatchObject({ delivered: 0, dropped: 4 });
  });

  it('on a broker outside an answer is the only proof', () => {
    const open = wave(4, false);
    const nobody = { newlyDone: [], newlyRefused: [] };
    open.progress({ wave: 1, sent: 1, answered: 3, refused: 0, t50: 1, t95: null, t100: null, counts: [3], ...nobody });
    expect(open.told()).toMatchObject({ delivered: 3, storedOffline: 0, dropped: 0 });
  });
});
