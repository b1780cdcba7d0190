/** Findings of the checks: a place in the scenario's tree, not yet a line; the loader turns them into problems. */

/** Keys and list indices from the top of the file, e.g. `['populations', 'sensors', 'count']`. */
export type Place = readonly (string | number)[];

export interface Finding {
  readonly place: Place;
  /** Point at the key (unknown keys, missing things) or at its value. */
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly hint?: Hint | undefined;
}

/** What would be right: a sentence that completes the message, or the very word to write instead. */
export type Hint = string | { readonly instead: string };

export type Report = (place: Place, message: string, hint?: Hint, at?: 'key' | 'value') => void;

/** Message and suggestion of a problem: a word to write instead stands apart, a sentence goes to the message's end. */
export function withHint(message: string, hint: Hint | undefined): { message: string; suggestion?: string } {
  if (hint === undefined) return { message };
  return typeof hint === 'string' ? { message: `${message} (${hint})` } : { message, suggestion: hint.instead };
}

/** A place as people write it: `populations.sensors.subscribe[0].topic`. */
export function formatPlace(place: Place): string {
  if (place.length === 0) return 'the file';
  let text = '';
  for (const part of place) text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`;
  return text;
}

/** A value as it may stand in a message: one line, not longer than 60 characters, control characters escaped. */
export function show(value: unknown): string {
  const text =
    value === undefined
      ? 'nothing'
      : typeof value === 'object' || typeof value === 'string'
        ? JSON.stringify(value)
        : String(value);
  const clean = text.replace(/[\p{Cc}\p{Cs}\p{Cf}]/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return clean.length > 60 ? `${clean.slice(0, 59)}…` : clean;
}

/** Does `place` lie at or below `root`? */
export function isWithin(place: Place, root: Place): boolean {
  return root.length <= place.length && root.every((part, i) => String(part) === String(place[i]));
}

/** Does `place` lie at or below one of the roots? */
export function isCovered(place: Place, roots: readonly Place[]): boolean {
  return roots.some((root) => isWithin(place, root));
}
