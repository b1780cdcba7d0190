/** Values as YAML text, in the style of the shipped scenarios: short maps and lists on one line, long ones as blocks. */
import { Document, Scalar, type YAMLSeq } from 'yaml';

const STEP = '  ';
/** A map within a map stays on one line up to so many characters. */
const INLINE_CHARS = 60;

const isCollection = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isPlainMap = (value: unknown): value is Record<string, unknown> => isCollection(value) && !Array.isArray(value);

/** One value on one line, quoted where it has to be (also within braces); in the quotes of `style` where one is given. */
export function scalarText(value: unknown, style?: Scalar): string {
  const scalar = new Scalar(value);
  if (typeof value === 'string' && (style?.type === 'QUOTE_DOUBLE' || style?.type === 'QUOTE_SINGLE')) scalar.type = style.type;
  const document = new Document([scalar]);
  (document.contents as YAMLSeq).flow = true;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false }).trim().slice(1, -1).trim();
}

export function inlineText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inlineText).join(', ')}]`;
  if (!isPlainMap(value)) return scalarText(value);
  const pairs = Object.entries(value).map(([key, item]) => `${scalarText(key)}: ${inlineText(item)}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

function fitsOnLine(value: unknown): boolean {
  if (!isCollection(value)) return true;
  const items = Object.values(value);
  if (items.length === 0) return true;
  // A list of maps is read line by line.
  if (Array.isArray(value)) return !items.some(isCollection);
  return !items.some(isCollection) || (items.length === 1 && items.every(fitsOnLine) && inlineText(value).length <= INLINE_CHARS);
}

/** What stands behind the colon of a key that is indented by `pad`: ` value`, or a block that begins on the next line. */
export function afterColon(value: unknown, pad: string): string {
  if (fitsOnLine(value)) return ` ${inlineText(value)}`;
  const inner = pad + STEP;
  if (Array.isArray(value)) return `\n${value.map((item) => itemText(item, inner)).join('\n')}`;
  return `\n${Object.entries(value as object)
    .map(([key, item]) => pairText(key, item, inner))
    .join('\n')}`;
}

/** `key: value`, indented, without a line end. */
export const pairText = (key: string, value: unknown, pad: string): string =>
  `${pad}${scalarText(key)}:${afterColon(value, pad)}`;

/** `- value`, indented, without a line end. */
export function itemText(value: unknown, pad: string): string {
  if (fitsOnLine(value) || Array.isArray(value)) return `${pad}- ${inlineText(value)}`;
  const lines = Object.entries(value as object).map(([key, item]) => pairText(key, item, pad + STEP));
  return `${pad}- ${lines.join('\n').trimStart()}`;
}
