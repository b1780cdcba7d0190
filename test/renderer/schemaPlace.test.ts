import { describe, expect, it } from 'vitest';
import { scenarioJsonSchema } from '../../core/scenario/jsonSchema.ts';
import { cursorPlace, keysAt, patternOf, valuesAt } from '../../renderer/screens/editor/schemaPlace.ts';

/** `|` is the cursor. */
const at = (text: string) => cursorPlace(text.replace('|', ''), text.indexOf('|'));

describe('the place of the cursor', () => {
  it.each([
    ['|', 'key', [], ''],
    ['gate|', 'key', [], 'gate'],
    ['gateway:\n  prof|', 'key', ['gateway'], 'prof'],
    ['gateway:\n  profile: st|', 'value', ['gateway', 'profile'], 'st'],
    ['gateway:\n  topics:\n    a: { direction: u|', 'value', ['gateway', 'topics', 'a', 'direction'], 'u'],
    ['gateway:\n  topics:\n    a: { direction: up, par|', 'key', ['gateway', 'topics', 'a'], 'par'],
    ['populations:\n  x:\n    # a comment\n    count: 1\n\n    |', 'key', ['populations', 'x'], ''],
    ['populations:\n  x:\n    subscribe:\n      - { topic: "a{b}", q|', 'key', ['populations', 'x', 'subscribe', 0], 'q'],
    ['faults:\n  - inject: drop\n    dir|', 'key', ['faults', 0], 'dir'],
    ['faults:\n- inject: drop\n  direction: |', 'value', ['faults', 0, 'direction'], ''],
    ['faults:\n  - inj|', 'key', ['faults', 0], 'inj'],
    ['services:\n  s:\n    consume: { topics: [a, |', 'value', ['services', 's', 'consume', 'topics', 1], ''],
    ['a: { b: { c: 1 }, d|', 'key', ['a'], 'd'],
    ['x:\n  y: 1\nname: |', 'value', ['name'], ''],
  ] as const)('%s', (text, mode, place, word) => {
    expect(at(text)).toMatchObject({ mode, place, word });
  });

  it('is none in a comment', () => {
    expect(at('name: x # com|ment')).toBeUndefined();
    expect(at('# |')).toBeUndefined();
  });
});

describe('the schema', () => {
  const schema = scenarioJsonSchema();
  it('lists keys and values of the real schema', () => {
    expect(keysAt(schema, [])).toContain('populations');
    expect(keysAt(schema, ['populations', 'any', 'client'])).toContain('keepAlive');
    expect(keysAt(schema, ['populations', 'any', 'credentials'])).toContain('token');
    expect(valuesAt(schema, ['gateway', 'profile'])).toEqual(['strict', 'lenient']);
    expect(valuesAt(schema, ['populations', 'any', 'client', 'cleanSession'])).toEqual(['true', 'false']);
    expect(valuesAt(schema, ['faults', 3, 'direction'])).toEqual(['up', 'down']);
    expect(keysAt(schema, ['no', 'such'])).toEqual([]);
  });

  it('turns places into patterns', () => {
    expect(patternOf(['populations', 'topics', 'publish', 'x', 'qos'])).toBe('populations.*.publish.*.qos');
    expect(patternOf(['faults', 2, 'at'])).toBe('faults.#.at');
    expect(patternOf(['services', 's', 'consume', 'topics', 0])).toBe('services.*.consume.topics.#');
  });
});
