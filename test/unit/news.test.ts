import { expect, test } from 'vitest';
import { News } from '../../core/news.ts';

test('the same is news once a minute, something else at once', () => {
  let nowUs = 0;
  const news = new News(() => nowUs);
  expect([news.is('a'), news.is('a'), news.is('b')]).toEqual([true, false, true]);
  nowUs = 59_999_999;
  expect(news.is('a')).toBe(false);
  nowUs = 60_000_000;
  expect([news.is('a'), news.is('a')]).toEqual([true, false]);
});

test('texts without end are not all remembered', () => {
  const news = new News(() => 0);
  for (let i = 0; i <= 100; i += 1) news.is(String(i));
  expect([news.is('100'), news.is('0')]).toEqual([false, true]);
});
