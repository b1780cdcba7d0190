import { describe, expect, test } from 'vitest';
import { labText, translator } from '../../../renderer/text/lab.ts';

const translate = translator({
  texts: [
    ['nothing was sent', '没有发送'],
    ['{place}: {count} messages of {topic} were lost', '{place}：{topic} 丢失 {count} 条'],
    ['{place}: {count} messages were lost', '{place}：丢失 {count} 条'],
    ['cannot write to {path}: {reason}', '无法写入 {path}：{reason*}'],
    ['{reason}', '{reason*}'],
    ['{event} (more of this kind)', '{event*}（同类）'],
    ['the key {key} is unknown', '未知的键 {key}'],
    ['fault {direction}', '{direction*}故障'],
    ['ahead in {figures}', '{figures*}领先'],
  ],
  hints: [
    ['known: {names}', '已知：{names}'],
    ['give a number ({unit})', '请给出数值（{unit*}）'],
  ],
  parts: [
    ['up', '上行'],
    ['ms', '毫秒'],
    ['{first} or {second}', '{first!}或{second!}'],
    ['{value} ms', '{value!} 毫秒'],
    ['{first}, {second}', '{first!}、{second!}'],
  ],
});

describe('a text of the lab', () => {
  test('is told by its template, and its values are put in their places', () => {
    expect(translate('nothing was sent')).toBe('没有发送');
    expect(translate('up/x: 12 messages were lost')).toBe('up/x：丢失 12 条');
  });

  test('is that of the template that says most', () => {
    expect(translate('up: 12 messages of a/b were lost')).toBe('up：a/b 丢失 12 条');
  });

  test('stays as it is when no template is its own', () => {
    for (const text of [
      '',
      'something else',
      'nothing was sent at all',
      '12 messages were lost',
      'known',
      '没有发送',
      '{place}',
      '$&',
    ])
      expect(translate(text)).toBe(text);
  });

  test('holds other texts, which are translated where the template says so', () => {
    expect(translate('cannot write to a: nothing was sent')).toBe('无法写入 a：没有发送');
    expect(translate('cannot write to nothing was sent: EACCES')).toBe('无法写入 nothing was sent：EACCES');
    expect(translate('nothing was sent (more of this kind)')).toBe('没有发送（同类）');
  });

  test('ends in its hint, in brackets', () => {
    expect(translate('the key "a" is unknown (known: "b", "c")')).toBe('未知的键 "a"（已知："b", "c"）');
    expect(translate('the key "a" is unknown (give a number (ms))')).toBe('未知的键 "a"（请给出数值（毫秒））');
    expect(translate('the key "a" is unknown (who knows)')).toBe('the key "a" is unknown (who knows)');
  });

  test('is no part of one: a word means something only where it is expected', () => {
    expect(translate('up')).toBe('up');
    expect(translate('fault up')).toBe('上行故障');
    expect(translate('fault sideways')).toBe('sideways故障');
  });

  test('is no template whose values must be numbers or known, where they are not', () => {
    expect(translate('ahead in up or 1.5 ms')).toBe('上行或1.5 毫秒领先');
    expect(translate('ahead in up or away')).toBe('up or away领先');
    expect(translate('ahead in some ms')).toBe('some ms领先');
    expect(translate('ahead in up, 1 ms, up')).toBe('上行、1 毫秒、上行领先');
    expect(translate('ahead in up, away')).toBe('up, away领先');
  });

  test('may hold anything: values are not read as templates', () => {
    expect(translate('the key {key} $1 $& \\ is unknown')).toBe('未知的键 {key} $1 $& \\');
    expect(translate('the key the key a is unknown is unknown')).toBe('未知的键 the key a is unknown');
  });
});

describe('hostile texts', () => {
  test.each([
    ['a megabyte', `cannot write to ${'x'.repeat(1_000_000)}: nothing was sent`],
    ['a megabyte of blanks and brackets', ' ('.repeat(500_000)],
  ])('%s stays as it is', (_, text) => {
    expect(labText('zh', text)).toBe(text);
  });

  test.each([
    ['the start of a template, again and again', 'cannot write to a: '.repeat(100)],
    ['errors within errors', `${'CausewayError: '.repeat(130)}x`],
    ['brackets', `x${' (known: '.repeat(200)}${')'.repeat(150)}`],
    ['colons', 'a: '.repeat(650)],
    ['lists', `neither side is ahead by a factor of 2, in ${'clients or '.repeat(170)}clients`],
    [
      'every word of English',
      Array.from({ length: 300 }, (_, i) => `message${i} of to the`)
        .join(' ')
        .slice(0, 1_999),
    ],
  ])('%s do not take long', (_, text) => {
    // A thousand of them within the time of a test: what needs more than 60 ms each does not end in time.
    for (let i = 0; i < 1_000; i += 1) labText('zh', `${i}${text}`);
  });
});

test('English stays English', () => {
  expect(labText('en', 'the MQ engine is closed')).toBe('the MQ engine is closed');
  expect(labText('zh', 'the MQ engine is closed')).toBe('MQ 引擎已关闭');
  expect(labText('zh', 'the MQ engine is closed')).toBe('MQ 引擎已关闭');
});
