/**
 * A scenario's YAML within bounds. The parser is recursive and takes seconds for texts made to hurt it: what is too large or too
 * deep is found by its lexer, before anything is built of it, in the lab as in the window's editor.
 */
import { Composer, type CST, type Document, Lexer, LineCounter, Parser, YAMLParseError } from 'yaml';

/** Largest text of a scenario, bytes. */
export const MAX_SCENARIO_BYTES = 1_048_576;
/** Words, marks and line ends; the shipped scenarios have about a thousand. */
const MAX_PARTS = 30_000;
/** Brackets and indented blocks within each other. */
const MAX_DEPTH = 64;
/** Marks that stand where none can; the first ones tell enough. */
const MAX_ERRORS = 50;

/** The text was not parsed. `offset`: where in it the bound was crossed. */
export class TextBeyondBounds extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'TextBeyondBounds';
    this.offset = offset;
  }
}

function* bounded(text: string, lines: LineCounter): Generator<CST.Token, void> {
  if (text.length > MAX_SCENARIO_BYTES) throw new TextBeyondBounds('it is larger than 1 MiB', 0);
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let parts = 0;
  let errors = 0;
  for (const lexeme of new Lexer().lex(text)) {
    parts += 1;
    if (parts > MAX_PARTS) throw new TextBeyondBounds(`it has more than ${MAX_PARTS} words and marks`, parser.offset);
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') errors += 1;
      yield token;
    }
    if (parser.stack.length > MAX_DEPTH) throw new TextBeyondBounds('it is nested too deeply', parser.offset);
    if (errors > MAX_ERRORS) return;
  }
  yield* parser.end();
}

/**
 * The text's document; what is wrong within it stands in its `errors`. Keys that stand twice are not looked for.
 * @throws TextBeyondBounds
 */
export function parseScenarioText(text: string, lines: LineCounter = new LineCounter()): Document.Parsed {
  const composer = new Composer({ uniqueKeys: false, stringKeys: false, strict: true });
  let first: Document.Parsed | undefined;
  for (const document of composer.compose(bounded(text, lines), true, text.length)) {
    if (first === undefined) {
      first = document;
      continue;
    }
    const [from, to] = document.range;
    first.errors.push(new YAMLParseError([from, to], 'MULTIPLE_DOCS', 'there is more than one document'));
    break;
  }
  // With the second argument of `compose` there is one, if an empty one.
  return first!;
}
