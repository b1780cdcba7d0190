import { describe, expect, it } from 'vitest';
import { WaveBook } from '../../../core/run/waves.ts';
import { parts, population } from './scenario.ts';

const scenario = parts();
const cars = { ...population(scenario, 'cars'), count: 20, group: { name: 'district', count: 2 } };
const command = (name: string) => scenario.services[0]!.commands.find((c) => c.name === name)!;

describe('WaveBook', () => {
  it('times half, 95 % and all of a wave', () => {
    const book = new WaveBook(cars, command('shown'));
    book.begin(0, 1);
    for (let member = 0; member < 20; member += 1) expect(book.answer(0, 1, member, (member + 1) * 10)).toBe(true);
    expect(book.waves()).toEqual([
      { command: 'shown', target: 'all cars', sequence: 1, expected: 20, answered: 20, t50: 100, t95: 190, t100: 200 },
    ]);
    expect([book.sent, book.expected, book.answered]).toEqual([1, 20, 20]);
  });

  it('leaves open what was not reached', () => {
    const book = new WaveBook(cars, command('some'));
    book.begin(1, 1);
    for (let member = 1; member < 12; member += 2) book.answer(1, 1, member, member);
    expect(book.waves()).toMatchObject([{ target: 'district 1', expected: 10, answered: 6, t50: 9, t95: null, t100: null }]);
  });

  it('does not count a second answer, nor one to a command that was never sent', () => {
    const book = new WaveBook(cars, command('shown'));
    book.begin(0, 1);
    expect(book.answer(0, 1, 3, 10)).toBe(true);
    expect(book.answer(0, 1, 3, 20)).toBe(false);
    expect(book.answer(0, 2, 3, 20)).toBe(false);
    expect(book.answered).toBe(1);
  });

  it('keeps waves to different targets and of different commands apart', () => {
    const book = new WaveBook(cars, command('some'));
    book.begin(0, 1);
    book.begin(1, 1);
    book.begin(0, 2);
    book.answer(1, 1, 1, 5);
    expect(book.waves().map((w) => [w.target, w.sequence, w.answered])).toEqual([
      ['district 0', 1, 0],
      ['district 1', 1, 1],
      ['district 0', 2, 0],
    ]);
  });

  it('sums up commands to single members without listing them', () => {
    const book = new WaveBook(cars, command('one'));
    for (let i = 0; i < 3; i += 1) book.begin(i, 1);
    book.answer(1, 1, 1, 5);
    expect(book.waves()).toEqual([]);
    expect([book.sent, book.expected, book.answered]).toEqual([3, 3, 1]);
  });

  it('lists the first thousand of many, answered or not, and counts all', () => {
    const book = new WaveBook(cars, command('shown'));
    for (let seq = 1; seq <= 1500; seq += 1) book.begin(0, seq);
    for (let seq = 1; seq <= 1500; seq += 1) for (let member = 0; member < 20; member += 1) book.answer(0, seq, member, 10);
    const waves = book.waves();
    expect(waves.map((w) => w.sequence)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
    expect(waves.every((w) => w.t100 === 10)).toBe(true);
    expect([book.sent, book.expected, book.answered]).toEqual([1500, 30_000, 30_000]);
  });
});
