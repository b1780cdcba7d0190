import { describe, expect, it } from 'vitest';
import {
  blockQos,
  blockTopic,
  commandReach,
  commandSecond,
  commandShownTopic,
  commandTargetName,
  ReceiverTable,
  StreamTable,
} from '../../../core/run/streams.ts';
import type { Command } from '../../../core/scenario/model.ts';
import { parts, population } from './scenario.ts';

const scenario = parts();
const table = new StreamTable(scenario);
const cars = population(scenario, 'cars');
const command = (name: string): Command => scenario.services[0]!.commands.find((c) => c.name === name)!;

describe('StreamTable', () => {
  it('numbers every stream from 1 on without gap or overlap', () => {
    let next = 1;
    for (const block of table.blocks) {
      expect(block.base).toBe(next);
      next += block.count;
    }
    // cars: 2 publications and a reaction; people: 2 publications; commands to each car twice, to each district, to all.
    expect(next).toBe(1 + 5 * 3 + 3 * 2 + 5 + 5 + 2 + 1);
    expect(table.size).toBe(next);
  });

  it('finds the block of every stream, and none for other numbers', () => {
    for (const block of table.blocks) {
      for (let i = 0; i < block.count; i += 1) expect(table.find(block.base + i)).toBe(block);
    }
    for (const stream of [0, table.size, -1, 1e9]) expect(table.find(stream)).toBeUndefined();
  });

  it('finds the bases by name, and refuses names that do not exist', () => {
    expect(table.find(table.publicationBase('cars', 'hello'))).toMatchObject({
      kind: 'publication',
      publication: { name: 'hello' },
    });
    expect(table.find(table.reactionBase('cars', 'ack'))).toMatchObject({ kind: 'reaction', reaction: { name: 'ack' } });
    expect(table.find(table.commandBase('centre', 'some'))).toMatchObject({ kind: 'command', command: { name: 'some' } });
    expect(() => table.publicationBase('cars', 'ack')).toThrow();
    expect(() => table.commandBase('audit', 'one')).toThrow();
  });

  it('gives topic and QoS of a stream: of a command without qoslevel 1', () => {
    const of = (base: number, index: number): [string, number] => {
      const block = table.find(base)!;
      return [blockTopic(block, index), blockQos(block)];
    };
    expect(of(table.publicationBase('cars', 'position'), 3)).toEqual(['up/1/3', 1]);
    expect(of(table.publicationBase('cars', 'hello'), 0)).toEqual(['local/0', 0]);
    expect(of(table.reactionBase('cars', 'ack'), 4)).toEqual(['up/ack/4', 2]);
    expect(of(table.commandBase('centre', 'one'), 2)).toEqual(['down/p2p/car-2', 1]);
    expect(of(table.commandBase('centre', 'some'), 1)).toEqual(['down/1', 2]);
    expect(of(table.commandBase('centre', 'shown'), 0)).toEqual(['down/all', 1]);
  });

  it('describes a stream so that a person finds it in the scenario', () => {
    expect(table.describe(table.publicationBase('cars', 'position') + 3)).toMatch(/cars.*position.*car-3/);
    expect(table.describe(table.commandBase('centre', 'one') + 2)).toMatch(/centre.*one.*car-2/);
    expect(table.describe(table.size)).toContain(String(table.size));
  });
});

describe('a command', () => {
  it('has its subtopic with a leading slash, written without it or not', () => {
    expect(commandSecond(cars, command('one'), 4)).toBe('/p2p/car-4');
    expect(commandSecond(cars, command('some'), 1)).toBe('/1');
    expect(commandSecond(cars, command('shown'), 0)).toBe('/all');
    expect(commandSecond(cars, { ...command('shown'), second: undefined }, 0)).toBe('');
  });

  it('is shown under mqttRealTopic where that is set', () => {
    expect(commandShownTopic(cars, command('shown'), 0)).toBe('down/real');
    expect(commandShownTopic(cars, { ...command('some'), realTopic: '/r/{district}' }, 1)).toBe('down/r/1');
    expect(commandShownTopic(cars, { ...command('one'), realTopic: 'for/{clientId}' }, 1)).toBe('down/for/car-1');
    expect(commandShownTopic(cars, command('one'), 1)).toBe('down/p2p/car-1');
  });

  it('reaches its target only, and every member of a group', () => {
    expect(commandReach(cars, command('one'), 3)).toBe(1);
    expect([0, 1].map((group) => commandReach(cars, command('some'), group))).toEqual([3, 2]);
    expect(commandReach(cars, command('shown'), 0)).toBe(5);
    expect([command('one'), command('some'), command('shown')].map((c) => commandTargetName(cars, c, 1))).toEqual([
      'car-1',
      'district 1',
      'all cars',
    ]);
  });
});

describe('ReceiverTable', () => {
  const receivers = new ReceiverTable(scenario);

  it('numbers devices, then clustering groups, then each member of a broadcasting group', () => {
    expect(receivers.devices).toBe(8);
    expect(receivers.device('cars', 4)).toBe(4);
    expect(receivers.device('people', 0)).toBe(5);
    expect([0, 1].map((member) => receivers.service('centre', member))).toEqual([8, 8]);
    expect([0, 1, 2].map((member) => receivers.service('audit', member))).toEqual([9, 10, 11]);
    expect(receivers.size).toBe(12);
    expect(() => receivers.service('audit', 3)).toThrow();
  });

  it('describes each of them', () => {
    expect([0, 7, 8, 11].map((receiver) => receivers.describe(receiver))).toEqual(['car-0', 'p-2', 'group G1', 'audit member 3']);
    expect(receivers.describe(12)).toContain('12');
  });
});
