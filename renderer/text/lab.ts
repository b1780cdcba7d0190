/**
 * Texts that come from the lab, in the language of the window. The lab speaks English: each of its texts is told from the others by
 * its template, and what stands in the place of a {placeholder} is put into the translated template. Pure.
 */
import type { Language } from './useText.tsx';
import { lab as zh } from './zh/lab.ts';

/**
 * English and translated, with the same {placeholders}. In the translated one, {name*}: what stands there is translated too; {name!}: it
 * must be a number or a known text, or else the template does not apply.
 */
export type LabTemplate = readonly [english: string, translated: string];

export interface LabTemplates {
  /** Whole sentences. */
  readonly texts: readonly LabTemplate[];
  /** What would be right, in brackets behind a problem, or on its own. */
  readonly hints: readonly LabTemplate[];
  /** What means something only within another text: directions, units, names of figures. */
  readonly parts: readonly LabTemplate[];
}

/** Longer texts stay as they are. */
const LONGEST = 2_000;
/** Texts within texts. */
const DEEPEST = 8;
/** Brackets at the end of a text that are looked at for a hint. */
const MOST_BRACKETS = 4;
/** Translations that are kept, since a log shows the same lines again and again. */
const MOST_KEPT = 1_000;
const WORD = /[A-Za-z]+/g;
/** Instead of a word. */
const ANY = '';
const NUMBER = /^-?[\d.,]+$/;

interface Pattern {
  /** What stands before, between and behind the placeholders. */
  readonly literals: readonly string[];
  readonly names: readonly string[];
  /** Names of the placeholders that ask for a number or a known text. */
  readonly strict: readonly string[];
  readonly translated: string;
  /** Characters of the literals: of several patterns that match the one that says most is meant. */
  readonly weight: number;
}

function patternOf([english, translated]: LabTemplate): Pattern {
  const literals = english.split(/\{\w+\}/);
  const names = [...english.matchAll(/\{(\w+)\}/g)].map((found) => found[1]!);
  const strict = [...translated.matchAll(/\{(\w+)!\}/g)].map((found) => found[1]!);
  return { literals, names, strict, translated, weight: literals.reduce((sum, literal) => sum + literal.length, 0) };
}

/** Words of a template that stand as words in each text made from it. */
function wordsOf({ literals }: Pattern): string[] {
  return literals.flatMap((literal, i) => {
    // A letter next to a placeholder may belong to a longer word of the text.
    const start = i === 0 ? literal : literal.replace(/^[A-Za-z]+/, ' ');
    const whole = i === literals.length - 1 ? start : start.replace(/[A-Za-z]+$/, ' ');
    return whole.match(WORD) ?? [];
  });
}

/**
 * What stands in the places of the placeholders; undefined: the text is not of this pattern. Each literal is looked for once, from
 * where the one before it ended: no text takes long.
 */
function partsOf({ literals }: Pattern, text: string): string[] | undefined {
  const first = literals[0]!;
  const last = literals[literals.length - 1]!;
  if (literals.length === 1) return text === first ? [] : undefined;
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return undefined;
  const parts: string[] = [];
  let at = first.length;
  for (const literal of literals.slice(1, -1)) {
    const found = text.indexOf(literal, at);
    if (found < 0 || found + literal.length > end) return undefined;
    parts.push(text.slice(at, found));
    at = found + literal.length;
  }
  parts.push(text.slice(at, end));
  return parts;
}

/**
 * Patterns, each filed under the rarest of its words; one of signs alone (`{a}, {b}`) is tried with every text. One of nothing but a
 * placeholder (`{reason}`) says nothing that could be translated.
 */
class Book {
  readonly #byWord = new Map<string, Pattern[]>();

  constructor(templates: readonly LabTemplate[]) {
    const patterns = templates.map((template) => patternOf(template));
    const counts = new Map<string, number>();
    for (const pattern of patterns) for (const word of new Set(wordsOf(pattern))) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const pattern of patterns) {
      const [rarest] = wordsOf(pattern).sort((a, b) => counts.get(a)! - counts.get(b)! || b.length - a.length);
      if (pattern.weight > 0) this.#byWord.set(rarest ?? ANY, [...(this.#byWord.get(rarest ?? ANY) ?? []), pattern]);
    }
  }

  /** The text in the translated template; `within` translates what stands in the place of a marked name. Undefined: not known. */
  translate(text: string, within: (part: string) => string): string | undefined {
    let best: { readonly pattern: Pattern; readonly parts: readonly string[] } | undefined;
    for (const word of new Set([...(text.match(WORD) ?? []), ANY])) {
      for (const pattern of this.#byWord.get(word) ?? []) {
        if (best !== undefined && pattern.weight <= best.pattern.weight) continue;
        const parts = partsOf(pattern, text);
        if (parts === undefined) continue;
        const fits = pattern.strict.every((name) => {
          const part = parts[pattern.names.indexOf(name)]!;
          return NUMBER.test(part) || within(part) !== part;
        });
        if (fits) best = { pattern, parts };
      }
    }
    if (best === undefined) return undefined;
    const { pattern, parts } = best;
    return pattern.translated.replace(/\{(\w+)([*!]?)\}/g, (_, name: string, mark: string) => {
      const part = parts[pattern.names.indexOf(name)] ?? '';
      return mark === '' ? part : within(part);
    });
  }
}

/** Translates by these templates; a text that none of them knows stays as it is. */
export function translator({ texts, hints, parts }: LabTemplates): (text: string) => string {
  const sentences = new Book([...texts, ...hints]);
  const suggestions = new Book(hints);
  const pieces = new Book([...texts, ...hints, ...parts]);

  const translate = (text: string, depth: number): string => {
    if (depth > DEEPEST) return text;
    const within = (part: string): string => translate(part, depth + 1);
    return withHint(text, within) ?? (depth === 0 ? sentences : pieces).translate(text, within) ?? text;
  };
  /** `message (hint)`, where the hint is known. */
  const withHint = (text: string, within: (part: string) => string): string | undefined => {
    if (!text.endsWith(')')) return undefined;
    let at = text.length;
    for (let i = 0; i < MOST_BRACKETS; i += 1) {
      at = text.lastIndexOf(' (', at - 1);
      if (at <= 0) return undefined;
      const hint = suggestions.translate(text.slice(at + 2, -1), within);
      if (hint !== undefined) return `${within(text.slice(0, at))}（${hint}）`;
    }
    return undefined;
  };
  return (text) => translate(text, 0);
}

let inChinese: ((text: string) => string) | undefined;
const kept = new Map<string, string>();

/** A text of the lab as this language says it; what is not known, or is very long, stays English. */
export function labText(language: Language, text: string): string {
  if (language === 'en' || text.length > LONGEST) return text;
  const known = kept.get(text);
  if (known !== undefined) return known;
  inChinese ??= translator(zh);
  const translated = inChinese(text);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(text, translated);
  return translated;
}
