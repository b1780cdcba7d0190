import { describe, expect, it } from 'vitest';
import type { Incoming } from '../../../core/actors/actor.ts';
import { personName } from '../../../core/actors/chat.ts';
import { Commander } from '../../../core/actors/commander.ts';
import { createActor } from '../../../core/actors/create.ts';
import type { Command } from '../../../core/scenario/model.ts';
import { body, population, publication, reaction } from './population.ts';

describe('chat users', () => {
  const say = publication('say', { from: { kind: 'template', text: '{id}' }, text: { kind: 'talk' } });
  const reply = reaction('reply', { text: { kind: 'talk' } });
  const room = population({ name: 'people', actor: 'chat-user', publish: [say], react: [reply] });
  const answer = (incoming: Incoming): string =>
    JSON.parse(createActor(room, 1, { seed: 42 }).react(reply, 0, incoming)!.body).text;

  it('talk in English and Chinese, in valid UTF-8 JSON, with some variety', () => {
    const lines = new Set<string>();
    for (let index = 0; index < 20; index += 1) {
      const member = createActor(room, index, { seed: 42 });
      for (let i = 0; i < 20; i += 1) {
        const json = member.compose(say, i);
        expect(Buffer.from(json, 'utf8').toString('utf8')).toBe(json);
        lines.add(JSON.parse(json).text);
      }
    }
    const chinese = [...lines].filter((line) => /[\u4e00-\u9fff]/.test(line)).length;
    expect(lines.size).toBeGreaterThan(200);
    expect(chinese).toBeGreaterThan(30);
    expect(chinese).toBeLessThan(lines.size / 2);
  });

  it('answer by naming and quoting whom they answer', () => {
    expect(answer({ topic: 'chat/7', sender: 'Mia', text: 'Short' })).toMatch(/^@Mia “Short” .+/);
    expect(answer({ topic: 'chat/7', sender: 'Mia' })).toMatch(/^@Mia [^“]+/);
    expect(answer({ topic: 'chat/7' })).toMatch(/^#chat\/7 .+/);
  });

  it('quote hostile and long texts without breaking the JSON or a character', () => {
    const text = answer({ topic: 't', sender: '"}\u0000', text: '😄'.repeat(500) });
    expect(text.startsWith('@"}\u0000 “')).toBe(true);
    expect(text).toContain(`“${'😄'.repeat(24)}…”`);
    expect(Buffer.from(text).toString()).toBe(text);
  });

  it('have names of their own', () => {
    expect(new Set(Array.from({ length: 1000 }, (_, i) => personName(i))).size).toBe(1000);
  });
});

describe('a commander', () => {
  const command = (changes: Partial<Command>): Command => ({
    name: 'lock',
    topic: 'command',
    population: 'things',
    target: 'one',
    second: undefined,
    qosLevel: 1,
    cleanSessionFlag: false,
    realTopic: undefined,
    schedule: { kind: 'periodic', everyMs: 500, jitter: 0 },
    answer: undefined,
    body: body({ n: { kind: 'sequence', start: 1, step: 1 }, to: { kind: 'template', text: '{clientId}|{district}' } }),
    ...changes,
  });

  it('picks single members evenly and knows them in the body', () => {
    const things = population();
    const commander = new Commander('centre', command({}), things, 42);
    const targets = new Array<number>(things.count).fill(0);
    for (let k = 1; k <= 6000; k += 1) {
      const order = commander.next(k * 500_000);
      targets[order.target]! += 1;
      const district = order.target % 10;
      const to = `GID_t@@@${district}-${String(order.target).padStart(3, '0')}|${district}`;
      expect(JSON.parse(order.body)).toEqual({ n: k, to });
    }
    // 50 expected each; five standard deviations are about 35.
    for (const count of targets) expect(Math.abs(count - 50)).toBeLessThan(36);
  });

  it('picks groups, or addresses all', () => {
    const group = new Commander('centre', command({ target: 'group' }), population(), 42);
    const groups = new Set(Array.from({ length: 200 }, () => group.next(0).target));
    expect([...groups].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const all = new Commander('centre', command({ target: 'all' }), population(), 42);
    expect(all.next(0)).toEqual({ target: 0, body: '{"n":1,"to":"{clientId}|{district}"}' });
  });

  it('gives the same orders for the same seed', () => {
    const orders = (seed: number): number[] => {
      const commander = new Commander('centre', command({}), population(), seed);
      return Array.from({ length: 20 }, (_, k) => commander.next(k).target);
    };
    expect(orders(1)).toEqual(orders(1));
    expect(orders(1)).not.toEqual(orders(2));
  });
});
