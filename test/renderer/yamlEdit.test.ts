import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Place, placeAt, rangeAt, readText, valueAt } from '../../renderer/screens/editor/yamlDocument.ts';
import { editText } from '../../renderer/screens/editor/yamlEdit.ts';

const folder = new URL('../../scenarios/', import.meta.url);
const shipped = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));

function dataOf(text: string): Record<string, unknown> {
  const read = readText(text);
  if (!read.ok) throw new Error(read.message);
  return structuredClone(read.data) as Record<string, unknown>;
}

/** Places of all values that are no map or list. */
function leaves(value: unknown, place: Place = []): { place: Place; value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ place, value }];
  const list = Array.isArray(value);
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...place, list ? Number(key) : key]));
}

/** What stands in `before` but no more in `after`, and what is new there. */
function difference(before: string, after: string): { gone: string; come: string } {
  let from = 0;
  while (from < before.length && before[from] === after[from]) from += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - from && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  return { gone: before.slice(from, before.length - end), come: after.slice(from, after.length - end) };
}

describe.each(shipped)('edits of $name', ({ text }) => {
  const all = leaves(dataOf(text));

  it('change no byte when each value is set to what it is', () => {
    for (const { place, value } of all) expect(editText(text, [{ place, value }])).toBe(text);
  });

  it('change nothing but the value, wherever it stands', () => {
    for (const { place, value } of all) {
      const other = typeof value === 'number' ? value + 1234 : typeof value === 'boolean' ? !value : 'a "new", {value}: #1';
      const after = editText(text, [{ place, value: other }])!;
      const expected = dataOf(text);
      let parent: unknown = expected;
      for (const part of place.slice(0, -1)) parent = (parent as Record<string, unknown>)[part];
      (parent as Record<string, unknown>)[place.at(-1)!] = other;
      expect(dataOf(after)).toEqual(expected);
      expect(difference(text, after).gone).not.toMatch(/\n| #/);
    }
  });

  it('find each value where it is written', () => {
    const read = readText(text);
    if (!read.ok) throw new Error(read.message);
    for (const { place } of all) {
      const range = rangeAt(read.document, place);
      expect(placeAt(read.document, range.from)).toEqual(place);
    }
  });

  it('keep every comment when a key is added', () => {
    const comments = (from: string): string[] => from.match(/#.*$/gm) ?? [];
    for (const place of [
      ['gateway', 'port'],
      ['mq', 'storage'],
      ['phases', 0],
      ['gateway', 'topics', 'extra', 'direction'],
    ]) {
      const value = place[0] === 'phases' ? { name: 'all', for: '30s', load: '50%' } : place[2] === 'extra' ? 'up' : 1;
      const after = editText(text, [{ place, value }])!;
      expect(comments(after)).toEqual(comments(text));
      expect(valueAt(dataOf(after), place)).toEqual(value);
      expect(difference(text, after).gone).toBe('');
    }
  });

  it('remove a key with its line and nothing else', () => {
    for (const { place } of all) {
      if (place.some((part) => typeof part === 'number')) continue;
      const after = editText(text, [{ place, value: undefined }])!;
      expect(valueAt(dataOf(after), place)).toBeUndefined();
    }
    const after = editText(text, [{ place: ['seed'], value: undefined }])!;
    expect(after).toBe(text.replace(/^seed:.*\n/m, ''));
  });

  it('rename and rename back gives the same bytes', () => {
    const name = Object.keys(dataOf(text).populations as object)[0]!;
    const there = editText(text, [{ place: ['populations', name], rename: 'others' }])!;
    expect(Object.keys(dataOf(there).populations as object)[0]).toBe('others');
    expect(editText(there, [{ place: ['populations', 'others'], rename: name }])).toBe(text);
  });
});

describe('editText', () => {
  const order = () => ['name', 'duration', 'seed', 'gateway'];

  it('puts a new key where people write it, on a line of its own', () => {
    const text = 'name: x # the name\n\n# the gateway\ngateway: {}\n';
    expect(editText(text, [{ place: ['seed'], value: 7 }], order)).toBe(
      'name: x # the name\nseed: 7\n\n# the gateway\ngateway: {}\n',
    );
  });

  it('adds to maps in braces, to empty ones and to keys without a value', () => {
    const edit = (text: string) => editText(text, [{ place: ['client', 'keepAlive'], value: '30s' }]);
    expect(edit('client: { cleanSession: false } # c\n')).toBe('client: { cleanSession: false, keepAlive: 30s } # c\n');
    expect(edit('client: {} # c\n')).toBe('client: { keepAlive: 30s } # c\n');
    expect(dataOf(edit('client:\nname: x\n')!)).toEqual({ client: { keepAlive: '30s' }, name: 'x' });
    expect(edit('client:\n    # why\n    cleanSession: false\n\n\nname: x\n')).toBe(
      'client:\n    # why\n    cleanSession: false\n    keepAlive: 30s\n\n\nname: x\n',
    );
  });

  it('removes an entry with the comment that speaks of it, and a container that is left empty', () => {
    const text = 'publish:\n  # first\n  a: { qos: 1 }\n\n  # second\n  b:\n    qos: 2 # two\n    retain: true\n# end\n';
    expect(editText(text, [{ place: ['publish', 'b'], value: undefined }])).toBe(
      'publish:\n  # first\n  a: { qos: 1 }\n\n# end\n',
    );
    expect(editText('name: x\nclient: { keepAlive: 1s }\n', [{ place: ['client', 'keepAlive'], value: undefined }])).toBe(
      'name: x\n',
    );
  });

  it('adds to and removes from lists in both notations', () => {
    expect(editText('topics: [a, b] # t\n', [{ place: ['topics', 2], value: 'c' }])).toBe('topics: [a, b, c] # t\n');
    expect(editText('topics: [a, b] # t\n', [{ place: ['topics', 0], value: undefined }])).toBe('topics: [b] # t\n');
    const block = 'thresholds:\n  - "a < 1" # one\n  # two\n  - "b < 2"\nname: x\n';
    expect(editText(block, [{ place: ['thresholds', 2], value: 'c < 3' }])).toBe(
      'thresholds:\n  - "a < 1" # one\n  # two\n  - "b < 2"\n  - c < 3\nname: x\n',
    );
    expect(editText(block, [{ place: ['thresholds', 0], value: undefined }])).toBe(
      'thresholds:\n  # two\n  - "b < 2"\nname: x\n',
    );
  });

  it('starts a file, also one without a last line end', () => {
    expect(editText('', [{ place: ['name'], value: 'x' }])).toBe('name: x\n');
    expect(editText('causeway: 1', [{ place: ['name'], value: 'yes' }])).toBe('causeway: 1\nname: yes');
  });

  it('writes texts that are no plain words in quotes', () => {
    for (const value of [
      'true',
      '1',
      '',
      ' x',
      'a: b',
      '# no comment',
      '{x}',
      'line\nbreak',
      'null',
      '-',
      'a, b]',
      '\u202e\u0000',
    ]) {
      expect(
        dataOf(
          editText('name: x\nlist: { a: x }\n', [
            { place: ['list', 'a'], value },
            { place: ['name'], value },
          ])!,
        ),
      ).toEqual({
        name: value,
        list: { a: value },
      });
    }
  });

  it('never changes what an anchor shares with other places', () => {
    const text = 'a: &x { qos: 1 }\nb: *x\n';
    expect(editText(text, [{ place: ['b', 'qos'], value: 0 }])).toBeUndefined();
    expect(editText(text, [{ place: ['a', 'qos'], value: 0 }])).toBeUndefined();
  });

  it('leaves a broken text alone', () => {
    expect(editText('name: [', [{ place: ['name'], value: 'x' }])).toBeUndefined();
    expect(readText('name: [')).toMatchObject({ ok: false });
    expect(readText('[1, 2]')).toMatchObject({ ok: false });
    expect(readText('['.repeat(20_000))).toMatchObject({ ok: false });
  });
});
