/** Colours for a terminal, or none: every style is a function from text to text. */
export type StyleName = 'plain' | 'bold' | 'dim' | 'good' | 'bad' | 'warn' | 'accent' | 'goodBadge' | 'badBadge' | 'warnBadge';

const CODES: Readonly<Record<StyleName, readonly [string, string]>> = {
  plain: ['', ''],
  bold: ['1', '22'],
  dim: ['2', '22'],
  good: ['32', '39'],
  bad: ['31', '39'],
  warn: ['33', '39'],
  accent: ['36', '39'],
  // Bold white on a colour that has enough contrast on dark and on light terminals.
  goodBadge: ['1;97;42', '22;39;49'],
  badBadge: ['1;97;41', '22;39;49'],
  warnBadge: ['1;30;43', '22;39;49'],
};

/** Applies a style; where colours are off it returns the text as it is. */
export type Style = (name: StyleName, text: string) => string;

/** A `Style` with colours on or off. */
export function createStyle(color: boolean): Style {
  if (!color) return (_, text) => text;
  return (name, text) => {
    const [on, off] = CODES[name];
    return on === '' || text === '' ? text : `\x1b[${on}m${text}\x1b[${off}m`;
  };
}
