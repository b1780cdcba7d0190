/** Text from the wire is hostile: what could hide, reorder or break a line is shown as a visible escape instead. */

export interface WirePart {
  readonly text: string;
  readonly escaped: boolean;
}

// Controls, formats (bidi and zero-width marks, tags), halves of surrogate pairs, line separators and everything that draws nothing.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
/** Asks for an emoji's picture: harmless, and common. */
const EMOJI_SELECTOR = '\ufe0f';
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\0': '\\0' };

function escapeOf(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

/** `lines`: line breaks and tabs stay what they are. Neighbouring escapes make one part. */
export function wireParts(text: string, lines = false): readonly WirePart[] {
  const parts: { text: string; escaped: boolean }[] = [];
  for (const character of text) {
    const escaped =
      HIDDEN.test(character) && character !== EMOJI_SELECTOR && !(lines && (character === '\n' || character === '\t'));
    const shown = escaped ? escapeOf(character) : character;
    const last = parts.at(-1);
    if (last?.escaped === escaped) last.text += shown;
    else parts.push({ text: shown, escaped });
  }
  return parts;
}

/** The same as one plain text, for places that hold text only: titles, labels of charts, table exports. At most `limit` characters of it. */
export function wirePlain(text: string, limit = 120): string {
  const cut = cutText(text, limit);
  return wireParts(cut)
    .map((part) => part.text)
    .join('')
    .concat(cut.length < text.length ? '…' : '');
}

/** The first `limit` UTF-16 units, never half a character. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
}
