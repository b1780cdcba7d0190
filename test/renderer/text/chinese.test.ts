/** The Chinese templates are well-formed, and every sentence in the sources of the lab has one. */
import { describe, expect, test } from 'vitest';
import { REASONS, WARNINGS } from '../../../core/mapping/reasons.ts';
import { CausewayError, ERRORS, type ErrorCode } from '../../../core/protocol/errors.ts';
import { labText, translator } from '../../../renderer/text/lab.ts';
import { lab } from '../../../renderer/text/zh/lab.ts';
import { isChinese, proseOf } from './coreTexts.ts';

const CHINESE = /[\u4e00-\u9fff]/;
const all = [...lab.texts, ...lab.hints, ...lab.parts];
/** Also what means something within a sentence only. */
const translate = translator({ texts: all, hints: lab.hints, parts: [] });

/** Files whose sentences the window shows. */
const SOURCES = [
  'core/bridge',
  'core/choose/advise.ts',
  'core/choose/ahead.ts',
  'core/choose/experiments',
  'core/choose/featureRules.ts',
  'core/choose/figures.ts',
  'core/choose/rules.ts',
  'core/choose/table.ts',
  'core/external',
  'core/fleet',
  'core/host/confirmNetwork.ts',
  'core/host/inspect',
  'core/host/places.ts',
  'core/host/runStore.ts',
  'core/host/scenarioFiles.ts',
  'core/host/settingsCalls.ts',
  'core/host/settingsStore.ts',
  'core/mapping',
  'core/measure/mappingCheck.ts',
  'core/measure/saturation.ts',
  'core/measure/verdict.ts',
  'core/run/eventText.ts',
  'core/run/lab.ts',
  'core/run/runner.ts',
  'core/scenario/check.ts',
  'core/scenario/checkBody.ts',
  'core/scenario/checkBroker.ts',
  'core/scenario/checkContext.ts',
  'core/scenario/checkCredentials.ts',
  'core/scenario/checkPopulations.ts',
  'core/scenario/checkServices.ts',
  'core/scenario/describe.ts',
  'core/scenario/loader.ts',
  'core/scenario/normalise.ts',
  'core/scenario/normaliseBody.ts',
  'core/scenario/normaliseGateway.ts',
  'core/scenario/normaliseMq.ts',
  'core/scenario/overrides.ts',
  'core/scenario/scale.ts',
  'core/scenario/schema.ts',
  'core/scenario/shape.ts',
  'core/scenario/threshold.ts',
  'core/scenario/units.ts',
  'core/scenario/yamlText.ts',
  'core/protocol/scenarioText.ts',
];
/** Told on the command line, or not to people. */
const UNSEEN = new Set([
  'refused X1 X1',
  'dead X1',
  'route by hand',
  'its url',
  // The MQ, which the command line explains.
  'X1 at X1X1X1; topics that are missing are created there',
  ', over TLS',
]);

/** A part of a sentence: its words stand in their order in a template. */
function isPart(text: string): boolean {
  const pieces = text.split('X1').map((piece) => piece.trim());
  return all.some(([english]) => {
    let at = 0;
    return pieces.every((piece) => {
      const found = english.indexOf(piece, at);
      at = found + piece.length;
      return found >= 0;
    });
  });
}

describe('templates', () => {
  const names = (text: string): string[] => [...text.matchAll(/\{(\w+)[*!]?\}/g)].map((found) => found[1]!).sort();

  test.each(all.map((template) => [...template]))('%s', (english, translated) => {
    expect([...new Set(names(translated!))]).toEqual([...new Set(names(english!))]);
    // Between two values there is a sign that tells where the first one ends.
    expect(english).not.toMatch(/\}\{/);
  });

  test('no text has two', () => {
    const seen = new Map<string, string>();
    for (const [english, translated] of [...lab.texts, ...lab.hints]) {
      expect([english, seen.get(english) ?? translated]).toEqual([english, translated]);
      seen.set(english, translated);
    }
  });
});

test.each(Object.keys(ERRORS) as ErrorCode[])('the message of %s and its hint', (code) => {
  const { message, hint } = new CausewayError(code, { reason: 'EIO', expected: 'x' });
  for (const text of [message, hint].filter((one) => one !== 'EIO' && one !== 'x')) expect(labText('zh', text)).toMatch(CHINESE);
});

test.each(Object.entries(REASONS))('%s, by code and in words', (code, words) => {
  expect(labText('zh', `message 3 of MQ topic a went to the dead letters: ${code}`)).toContain(`（${code}）`);
  expect(labText('zh', words)).toMatch(CHINESE);
  expect(labText('zh', `It went to the dead letters: ${words} (${code}: 3).`)).toContain(labText('zh', words));
});

test.each(Object.entries(WARNINGS))('the warning %s', (code, words) => {
  expect(isChinese(labText('zh', `MQ topic a: ${code} b`))).toBe(true);
  expect(labText('zh', `${words} (${code})`)).toContain(`（${code}）`);
});

test('every sentence in the sources', () => {
  const missing = proseOf(SOURCES).filter(({ text }) => !UNSEEN.has(text) && !isChinese(translate(text)) && !isPart(text));
  expect(missing).toEqual([]);
});
