/** How the YAML looks and helps: colours of the theme, line numbers, problems at their place, completion, help on hover, search. */
import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  hoverTooltip,
  keymap,
  lineNumbers,
  type Tooltip,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { Texts } from '../../text/en.ts';
import { referencesIn } from './fields.ts';
import { cursorPlace, describe, keysAt, patternOf, type SchemaNode, schemaAt, valuesAt } from './schemaPlace.ts';
import { wordFor } from './words.ts';
import type { Place } from './yamlDocument.ts';

export interface CodeHelp {
  /** JSON Schema of scenarios, as soon as it is there. */
  schema(): SchemaNode | undefined;
  /** Data of the text as it was last readable. */
  data(): unknown;
  readonly text: Texts['editor'];
  /** Of the element that tells how to leave the text. */
  readonly describedBy: string;
}

const colours = HighlightStyle.define([
  { tag: tags.definition(tags.propertyName), color: 'var(--cw-series-1)', fontWeight: '600' },
  { tag: tags.propertyName, color: 'var(--cw-series-1)', fontWeight: '600' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--cw-series-2)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--cw-dim)', fontStyle: 'italic' },
  { tag: [tags.keyword, tags.bool, tags.number, tags.atom], color: 'var(--cw-series-3)' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--cw-dim)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', color: 'var(--cw-text)', backgroundColor: 'var(--cw-panel)' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--cw-accent)' },
  '.cm-cursor': { borderLeftColor: 'var(--cw-accent)', borderLeftWidth: '2px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-gutters': { color: 'var(--cw-dim)', backgroundColor: 'var(--cw-sunken)', borderRight: '1px solid var(--cw-border)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--cw-accent) 7%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--cw-accent-soft)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--cw-accent) 28%, transparent)',
  },
  '.cm-tooltip': {
    color: 'var(--cw-text)',
    backgroundColor: 'var(--cw-panel)',
    border: '1px solid var(--cw-border-strong)',
    borderRadius: '6px',
    boxShadow: 'var(--cw-shadow)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mantine-font-family-monospace)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    color: 'var(--cw-text)',
    backgroundColor: 'var(--cw-accent-soft)',
  },
  '.cm-completionInfo, .cw-code-hover': { maxWidth: '340px', padding: '6px 9px', fontSize: '12px', lineHeight: '1.4' },
  '.cm-diagnostic': { fontFamily: 'var(--mantine-font-family)', padding: '5px 9px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--cw-fail)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--cw-invalid)' },
  '.cm-panels': { color: 'var(--cw-text)', backgroundColor: 'var(--cw-sunken)', borderColor: 'var(--cw-border)' },
  '.cm-panels input, .cm-panels button': {
    color: 'var(--cw-text)',
    backgroundColor: 'var(--cw-panel)',
    backgroundImage: 'none',
    border: '1px solid var(--cw-border-strong)',
    borderRadius: '4px',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--cw-invalid-soft)', outline: '1px solid var(--cw-invalid)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--cw-down-soft)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--cw-accent-soft)' },
});

const WORD = /[\w-]*$/;

/** Names that stand elsewhere in the file, for keys that refer to them. */
function namesFor(place: Place, data: unknown): readonly string[] {
  const key = place.findLast((part) => typeof part === 'string');
  const inServices = place[0] === 'services';
  if (inServices && (key === 'topics' || key === 'topic')) return referencesIn(data, 'topics');
  if (inServices && key === 'population') return referencesIn(data, 'populations');
  if (inServices && key === 'answer') return referencesIn(data, 'reactions');
  return [];
}

/** What can stand at the cursor: keys with what they mean, words, and names of the file. */
export function completionsAt(text: string, offset: number, help: CodeHelp): readonly Completion[] {
  const at = cursorPlace(text, offset);
  const schema = help.schema();
  if (at === undefined) return [];
  if (at.mode === 'value') {
    return [...valuesAt(schema, at.place), ...namesFor(at.place, help.data())].map((label) => ({ label, type: 'enum' }));
  }
  return keysAt(schema, at.place).map((key): Completion => {
    const node = schemaAt(schema, [...at.place, key]);
    const isMap = node?.properties !== undefined || typeof node?.additionalProperties === 'object';
    const words = [wordFor(help.text.help, patternOf([...at.place, key])), describe(node)].filter((word) => word);
    return {
      label: key,
      type: 'property',
      apply: isMap ? `${key}:` : `${key}: `,
      ...(words.length > 0 ? { info: words.join('\n') } : {}),
    };
  });
}

function complete(context: CompletionContext, help: CodeHelp): CompletionResult | null {
  const word = context.matchBefore(WORD);
  if (!context.explicit && (word === null || word.from === word.to)) return null;
  const options = completionsAt(context.state.doc.toString(), context.pos, help);
  return options.length === 0 ? null : { from: word?.from ?? context.pos, options: [...options], validFor: /^[\w-]*$/ };
}

/** What the key under the pointer means. */
export function helpAt(text: string, offset: number, help: CodeHelp): string | undefined {
  let end = offset;
  while (end < text.length && /[\w-]/.test(text[end]!)) end += 1;
  if (text[end] === '"') end += 1;
  if (text[end] !== ':') return undefined;
  const at = cursorPlace(text, end);
  if (at === undefined || at.mode !== 'key') return undefined;
  const place = [...at.place, at.word.replace(/^["']|["']$/g, '')];
  const words = [wordFor(help.text.help, patternOf(place)), describe(schemaAt(help.schema(), place))].filter((word) => word);
  return words.length === 0 ? undefined : words.join('\n');
}

function hover(view: EditorView, offset: number, help: CodeHelp): Tooltip | null {
  const words = helpAt(view.state.doc.toString(), offset, help);
  if (words === undefined) return null;
  return {
    pos: offset,
    above: true,
    create() {
      const dom = document.createElement('div');
      dom.className = 'cw-code-hover';
      dom.style.whiteSpace = 'pre-line';
      dom.textContent = words;
      return { dom };
    },
  };
}

export function codeOutfit(help: CodeHelp): Extension {
  return [
    EditorState.phrases.of(help.text.code),
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightActiveLine(),
    lintGutter(),
    drawSelection(),
    indentUnit.of('  '),
    EditorState.tabSize.of(2),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    yaml(),
    syntaxHighlighting(colours),
    look,
    search({ top: true }),
    autocompletion({ override: [(context) => complete(context, help)], icons: false }),
    hoverTooltip((view, offset) => hover(view, offset, help)),
    EditorView.contentAttributes.of({ 'aria-label': help.text.codeLabel, 'aria-describedby': help.describedBy, tabindex: '0' }),
    keymap.of([
      { key: 'Ctrl-Space', run: startCompletion },
      ...closeBracketsKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...completionKeymap,
      ...lintKeymap,
      // Esc, then Tab leaves the text: a rule of the editor itself.
      indentWithTab,
      ...defaultKeymap,
    ]),
  ];
}
