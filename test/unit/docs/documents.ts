/** The documents that a reader of the repository meets, taken apart for the tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Paths from the repository's root. */
export function documents(): string[] {
  const docs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' });
  const top = readdirSync(ROOT);
  return [...top, ...docs.map((file) => join('docs', file))].filter((file) => file.endsWith('.md')).sort();
}

export const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** Without fenced code. */
export const proseOf = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '');

/** Targets of links and images, also those written in HTML. */
export function linksOf(text: string): string[] {
  const prose = proseOf(text).replace(/`[^`\n]*`/g, '');
  const found = [...prose.matchAll(/\]\(([^)\s]+)\)/g), ...prose.matchAll(/(?:src|href)="([^"]+)"/g)];
  return found.map((match) => match[1]!);
}

/** The names under which the headings of a document can be linked to, as GitHub makes them. */
export function anchorsOf(text: string): string[] {
  return [...proseOf(text).matchAll(/^#+ +(.*)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replace(/ /g, '-'),
  );
}

export interface ShownCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Stands in a block to be copied, so it must be complete; in running text it may be a part. */
  readonly whole: boolean;
}

/** Words of a shell line up to a pipe, a redirection, a comment or the next command; the rest begins behind it. */
function firstCommand(line: string): { words: string[]; rest: string } {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    const token = /^\s*(?:("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'|&;<>#]|(?<=\S)#)+)/.exec(line.slice(at));
    if (token === null) break;
    words.push(token[0].trim().replace(/["']/g, ''));
    at += token[0].length;
  }
  const rest = line.slice(at).trimStart();
  const separator = /^(\|\||&&|[|&;]|do\b)/.exec(rest);
  return { words, rest: separator === null ? '' : rest.slice(separator[0].length) };
}

/** Every `causeway ...` and `npx causeway ...` of a shell line, with shell variables replaced by 1, and without `NAME=$(...)` around it. */
export function commandsOfLine(line: string, whole: boolean): ShownCommand[] {
  const found: ShownCommand[] = [];
  const unfolded = line.replace(/^\w+=\$\((.*)\)$/, '$1').replace(/\$\w+/g, '1');
  for (let left = unfolded; left !== ''; ) {
    const { words, rest } = firstCommand(left);
    const env: Record<string, string> = {};
    while (/^[A-Z_]+=/.test(words[0] ?? '')) {
      const [name = '', value = ''] = words.shift()!.split('=');
      env[name] = value;
    }
    if (words[0] === 'npx') words.shift();
    if (words[0] === 'causeway') found.push({ argv: words.slice(1), env, whole });
    left = rest;
  }
  return found;
}

/** Every command line of the program that a document shows. */
export function commandsOf(text: string): ShownCommand[] {
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].filter((match) =>
    ['', 'sh', 'shell', 'yaml'].includes(match[1]!),
  );
  const lines = blocks.flatMap((match) => match[2]!.split('\n').map((line) => line.replace(/^\s*(- run: )?/, '')));
  const inline = [...proseOf(text).matchAll(/`([^`\n]+)`/g)].map((match) => match[1]!);
  return [...lines.flatMap((line) => commandsOfLine(line, true)), ...inline.flatMap((line) => commandsOfLine(line, false))];
}
