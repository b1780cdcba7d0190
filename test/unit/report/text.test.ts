import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createStyle } from '../../../core/report/style.ts';
import { tableLines } from '../../../core/report/table.ts';
import { displayWidth, escapeText, truncate, utf8OrUndefined, wrap } from '../../../core/report/text.ts';
import { formatBytes, formatCount, formatMs, formatRate, formatShare, formatUs } from '../../../core/report/units.ts';

describe('hostile text', () => {
  test.each([
    ['\x1b[31mred', '\\x1b[31mred'],
    ['a\r\nb\tc\0', 'a\\r\\nb\\tc\\0'],
    ['\x9b2J', '\\x9b2J'],
    ['\x7f', '\\x7f'],
    ['abc\u202egpj.exe', 'abc\\u202egpj.exe'],
    ['a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
    ['\ud800', '\\ud800'],
    ['Straße 北京 🚗', 'Straße 北京 🚗'],
  ])('%j is shown as %j', (text, shown) => expect(escapeText(text)).toBe(shown));

  test('no control character survives, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
        expect(escapeText(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });
});

describe('width', () => {
  test.each([
    ['abc', 3],
    ['北京', 4],
    ['🚗', 2],
    ['é', 1],
    ['e\u0301', 1],
  ])('%s takes %i columns', (text, width) => expect(displayWidth(text)).toBe(width));

  test('what is truncated fits, and what fits is left alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }).map(escapeText), fc.integer({ min: 0, max: 40 }), (text, width) => {
        const cut = truncate(text, width);
        expect(displayWidth(cut)).toBeLessThanOrEqual(width);
        if (displayWidth(text) <= width) expect(cut).toBe(text);
      }),
    );
  });

  test('wrapping keeps every word and the indent', () => {
    const lines = wrap('the quick brown fox jumps over the lazy dog', 16, '  ');
    expect(lines.every((line) => line.startsWith('  ') && line.length <= 16)).toBe(true);
    expect(lines.map((line) => line.trim()).join(' ')).toBe('the quick brown fox jumps over the lazy dog');
  });
});

describe('tables', () => {
  const style = createStyle(false);
  test('cells are aligned and escaped, wide characters included', () => {
    const lines = tableLines({
      columns: [{ title: 'name' }, { title: 'n', align: 'right' }],
      rows: [
        ['北京', '1'],
        ['a\x1b', '100'],
      ],
      width: 80,
      style,
    });
    expect(lines).toEqual(['  name     n', '  北京     1', '  a\\x1b  100']);
  });

  test('a table too wide for the terminal cuts the columns that may shrink, and only those', () => {
    const columns = [
      { title: 'topic', shrink: true },
      { title: 'figure', align: 'right' as const },
    ];
    const lines = tableLines({ columns, rows: [['x'.repeat(200), '123,456']], width: 40, style });
    expect(lines.every((line) => displayWidth(line) <= 40)).toBe(true);
    expect(lines[1]).toContain('…');
    expect(lines[1]).toContain('123,456');
  });

  test('colours change nothing but the colours', () => {
    const table = { columns: [{ title: 'a' }, { title: 'b' }], rows: [[{ text: 'x', style: 'bad' as const }, 'y']], width: 80 };
    const plain = tableLines({ ...table, style });
    const colored = tableLines({ ...table, style: createStyle(true) });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours are taken away
    expect(colored.map((line) => line.replace(/\x1b\[[\d;]*m/g, ''))).toEqual(plain);
    expect(colored.join('')).toContain('\x1b[31mx');
  });
});

describe('figures', () => {
  test.each([
    [formatUs(null), '-'],
    [formatUs(0), '0 µs'],
    [formatUs(999), '999 µs'],
    [formatUs(999.7), '1.00 ms'],
    [formatUs(12_345), '12.3 ms'],
    [formatUs(999_600), '1.00 s'],
    [formatUs(123_456_789), '123 s'],
    [formatMs(250), '250 ms'],
    [formatMs(30_000), '30.0 s'],
    [formatMs(3_600_000), '60 min 0 s'],
    [formatMs(10_800_000), '3 h 0 min'],
    [formatRate(0.5), '0.50/s'],
    [formatRate(1249.5), '1,250/s'],
    [formatBytes(999), '999 B'],
    [formatBytes(65_536), '65.5 kB'],
    [formatBytes(2_000_000_000), '2.00 GB'],
    [formatCount(1_234_567), '1,234,567'],
    [formatShare(1), '100.0 %'],
    [formatShare(0.999_999), '99.9 %'],
  ])('%s', (found, expected) => expect(found).toBe(expected));
});

test('bytes are text only when they are valid UTF-8', () => {
  expect(utf8OrUndefined(Buffer.from('grün'))).toBe('grün');
  expect(utf8OrUndefined(Buffer.from([0xc3, 0x28]))).toBeUndefined();
  expect(utf8OrUndefined(Buffer.from([0xef, 0xbb, 0xbf, 0x61]))).toBe('\ufeffa');
});
