/** Sentences in the sources of the lab, so that none is forgotten in the translation; and whether a translation is whole. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'vite';

/** What stands for a value in a sentence. */
const VALUE = 'X1';
/** Two words with a blank between: a sentence or a part of one, and no code, name or key. */
const PROSE = /(^|[\s(“"])[A-Za-z’'-]{2,}[,:;]? [A-Za-z(]/;

const CHINESE = /[\u4e00-\u9fff]/;
/** Words of English with nothing but a blank between. What is quoted is a name or a value. */
const ENGLISH = /\b[a-z]{2,} [a-z]{2,}\b/;
/** Is there Chinese in it, and no English? Names and values do not count. */
export const isChinese = (text: string): boolean => CHINESE.test(text) && !ENGLISH.test(text.replace(/"[^"]*"|`[^`]*`/g, ''));

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Literal texts of these files and folders that read like prose, values replaced. */
export function proseOf(paths: readonly string[]): { readonly file: string; readonly text: string }[] {
  return paths.flatMap(filesOf).flatMap((file) => literalsOf(file).map((text) => ({ file, text })));
}

const filesOf = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .flatMap((name) => filesOf(join(path, name)))
    : [path];

function literalsOf(file: string): string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) visit(one);
    if (typeof value !== 'object' || value === null || !('type' in value)) return;
    const node = value as Node;
    // Types and names of modules are no texts, and an Error of JavaScript is for those who write the lab.
    if (/^TS\w*Type|^Import|^TSTypeAlias|^TSInterface/.test(node.type) || isError(node)) return;
    const text = textOf(node);
    if (text !== undefined) found.add(text);
    for (const part of Object.values(node)) if (text === undefined || node.type === 'TemplateLiteral') visit(part);
    if (text !== undefined && node.type === 'BinaryExpression')
      visit([node.left, node.right].filter((side) => textOf(side as Node) === undefined));
  };
  visit(parseAst(readFileSync(file, 'utf8'), { lang: 'ts' }));
  return [...found].filter((text) => PROSE.test(text));
}

/** The text of a literal, of a template, or of some of them added; undefined: no text. */
function textOf(node: Node): string | undefined {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type === 'TemplateLiteral')
    return (node.quasis as { readonly value: { readonly cooked: string } }[]).map(({ value }) => value.cooked).join(VALUE);
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return undefined;
  const [left, right] = [textOf(node.left as Node), textOf(node.right as Node)];
  return left === undefined && right === undefined ? undefined : (left ?? VALUE) + (right ?? VALUE);
}

const isError = (node: Node): boolean => node.type === 'NewExpression' && (node.callee as Node).name === 'Error';
