/**
 * The scenario that is being edited: one text with one history, changed by typing in the YAML or by fields of the form,
 * checked by the lab soon after each change. The text is the truth; the form shows what was last readable of it.
 */
import { history, isolateHistory, redo, redoDepth, undo, undoDepth } from '@codemirror/commands';
import { Compartment, EditorState, type Extension, type Transaction, type TransactionSpec } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import type { ScenarioExplanation, ScenarioProblem } from '../../../core/protocol/window.ts';
import type { LabClient } from '../../client/labClient.ts';
import { keysAt, type SchemaNode } from './schemaPlace.ts';
import { type BrokenText, type Place, placeAt, type ReadText, rangeAt, readText } from './yamlDocument.ts';
import { type Edit, editText } from './yamlEdit.ts';

export interface PlacedProblem extends ScenarioProblem {
  /** Offsets in the text that was checked. */
  readonly from: number;
  readonly to: number;
  readonly place: Place;
}

export interface OpenedFile {
  /** null: nowhere yet. */
  readonly path: string | null;
  readonly text: string;
  readonly shipped: boolean;
  /** To call it where it has no path. */
  readonly name?: string;
}

export interface BufferView {
  readonly path: string | null;
  readonly shipped: boolean;
  readonly name: string;
  readonly text: string;
  readonly dirty: boolean;
  /** Of the text as it was last readable. */
  readonly read: ReadText;
  /** Why the text cannot be read now. */
  readonly broken: BrokenText | null;
  readonly problems: readonly PlacedProblem[];
  readonly warnings: readonly PlacedProblem[];
  /** Of the text as it was last without problems. */
  readonly explanation: ScenarioExplanation | null;
  /** The text has changed since it was last checked. */
  readonly checking: boolean;
  readonly checkError: unknown;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

const CHECK_AFTER_MS = 250;
const EMPTY = readText('') as ReadText;

/** The last part of a path, without its ending. */
export const baseName = (path: string): string => path.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/i, '');

export class ScenarioBuffer {
  readonly #lab: LabClient;
  readonly #listeners = new Set<() => void>();
  readonly #outfit = new Compartment();
  #state: EditorState;
  #view: EditorView | undefined;
  #file: OpenedFile | undefined;
  #savedText = '';
  #lineEnd = '\n';
  #read: ReadText = EMPTY;
  #broken: BrokenText | null = null;
  #problems: readonly PlacedProblem[] = [];
  #warnings: readonly PlacedProblem[] = [];
  #explanation: ScenarioExplanation | null = null;
  #checkError: unknown = null;
  /** Counts changes of the text; a check's answer counts only for the text it was asked about. */
  #version = 0;
  #checked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #snapshot: BufferView | undefined;
  readonly #askBeforeLoss = (event: Event): void => event.preventDefault();
  /** JSON Schema of scenarios: gives new keys their place. */
  schema: SchemaNode | undefined;

  constructor(lab: LabClient) {
    this.#lab = lab;
    this.#state = this.#freshState('');
  }

  /** Is there a scenario at all? */
  get isOpen(): boolean {
    return this.#file !== undefined;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly view = (): BufferView => {
    this.#snapshot ??= {
      path: this.#file?.path ?? null,
      shipped: this.#file?.shipped ?? false,
      name: this.#file?.path == null ? (this.#file?.name ?? '') : baseName(this.#file.path),
      text: this.#text,
      dirty: this.#text !== this.#savedText,
      read: this.#read,
      broken: this.#broken,
      problems: this.#problems,
      warnings: this.#warnings,
      explanation: this.#explanation,
      checking: this.#checked !== this.#version,
      checkError: this.#checkError,
      canUndo: undoDepth(this.#state) > 0,
      canRedo: redoDepth(this.#state) > 0,
    };
    return this.#snapshot;
  };

  /** Shows another scenario; its history begins anew. */
  open(file: OpenedFile): void {
    this.#file = file;
    this.#lineEnd = file.text.includes('\r\n') ? '\r\n' : '\n';
    this.#savedText = EditorState.create({ doc: file.text }).doc.toString();
    this.#explanation = null;
    this.#problems = [];
    this.#warnings = [];
    this.#read = EMPTY;
    this.#state = this.#freshState(file.text);
    this.#view?.setState(this.#dressed());
    this.#textChanged(0);
  }

  /** The text with the line ends that the file came with; within the editor a line ends with one character. */
  fileText(): string {
    return this.#lineEnd === '\n' ? this.#text : this.#text.replaceAll('\n', this.#lineEnd);
  }

  /** `text` (as in the view) now stands in that file. */
  saved(path: string, text: string): void {
    this.#file = { path, text, shipped: false };
    this.#savedText = text;
    this.#changed();
  }

  /** Changes values by their place; false where that cannot be done in the form. */
  edit(edits: readonly Edit[]): boolean {
    const before = this.#text;
    const after = editText(before, edits, (place) => keysAt(this.schema, place));
    if (after === undefined) return false;
    if (after === before) return true;
    let from = 0;
    while (from < before.length && from < after.length && before[from] === after[from]) from += 1;
    let end = 0;
    const most = Math.min(before.length, after.length) - from;
    while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
    this.#dispatch({
      changes: { from, to: before.length - end, insert: after.slice(from, after.length - end) },
      // Typing in one field is one step back; each switch and each button is one, too.
      userEvent: 'input.type.form',
      scrollIntoView: false,
    });
    return true;
  }

  /** Puts another text in the place of the whole; one step to undo. */
  replaceText(text: string): void {
    this.#dispatch({ changes: { from: 0, to: this.#state.doc.length, insert: text } });
  }

  /** What is done next is a step of its own to undo. */
  mark(): void {
    this.#dispatch({ annotations: isolateHistory.of('full') });
  }

  undo(): void {
    undo(this.#target());
  }

  redo(): void {
    redo(this.#target());
  }

  /** Shows where the value stands, in the YAML. */
  reveal(place: Place): void {
    const view = this.#view;
    if (view === undefined || this.#broken !== null) return;
    this.revealRange(rangeAt(this.#read.document, place));
  }

  revealRange(range: { readonly from: number; readonly to: number }): void {
    const view = this.#view;
    if (view === undefined) return;
    const clamp = (offset: number): number => Math.min(offset, view.state.doc.length);
    view.dispatch({
      selection: { anchor: clamp(range.from), head: clamp(range.to) },
      effects: EditorView.scrollIntoView(clamp(range.from), { y: 'center' }),
    });
    view.focus();
  }

  /** The code view for this text; `outfit` are its looks and its helpers. One at a time. */
  attach(parent: HTMLElement, outfit: Extension): EditorView {
    this.#state = this.#state.update({ effects: this.#outfit.reconfigure(outfit) }).state;
    this.#view = new EditorView({ parent, state: this.#state });
    return this.#view;
  }

  detach(view: EditorView): void {
    if (this.#view === view) {
      this.#state = view.state;
      this.#view = undefined;
    }
    view.destroy();
  }

  /** Ends the wait for a check; the text stays. */
  close(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
    window.removeEventListener('beforeunload', this.#askBeforeLoss);
  }

  get #text(): string {
    return this.#state.doc.toString();
  }

  #freshState(text: string): EditorState {
    return EditorState.create({
      doc: text,
      extensions: [
        history(),
        this.#outfit.of([]),
        EditorView.updateListener.of((update) => this.#took(update.state, update.docChanged)),
      ],
    });
  }

  #dressed(): EditorState {
    const view = this.#view;
    const outfit = view === undefined ? [] : (this.#outfit.get(view.state) ?? []);
    this.#state = this.#state.update({ effects: this.#outfit.reconfigure(outfit) }).state;
    return this.#state;
  }

  #target(): { state: EditorState; dispatch: (transaction: Transaction) => void } {
    if (this.#view !== undefined) return this.#view;
    return { state: this.#state, dispatch: (transaction) => this.#took(transaction.state, transaction.docChanged) };
  }

  #dispatch(spec: TransactionSpec): void {
    if (this.#view !== undefined) this.#view.dispatch(spec);
    else {
      const transaction = this.#state.update(spec);
      this.#took(transaction.state, transaction.docChanged);
    }
  }

  #took(state: EditorState, docChanged: boolean): void {
    this.#state = state;
    if (docChanged) this.#textChanged(CHECK_AFTER_MS);
  }

  #textChanged(checkAfterMs: number): void {
    this.#version += 1;
    const read = readText(this.#text);
    if (read.ok) {
      this.#read = read;
      this.#broken = null;
    } else this.#broken = read;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check(), checkAfterMs);
    this.#changed();
  }

  async #check(): Promise<void> {
    const version = this.#version;
    const text = this.#text;
    const path = this.#file?.path ?? undefined;
    try {
      const answer = await this.#lab.call('scenarios.check', path === undefined ? { text } : { text, path });
      if (version !== this.#version) return;
      this.#problems = answer.problems.map((problem) => this.#placed(problem));
      this.#warnings = answer.warnings.map((problem) => this.#placed(problem));
      if (answer.explanation !== null) this.#explanation = answer.explanation;
      this.#checkError = null;
    } catch (error) {
      if (version !== this.#version) return;
      this.#checkError = error;
    }
    this.#checked = version;
    this.#changed();
  }

  #placed(problem: ScenarioProblem): PlacedProblem {
    const { doc } = this.#state;
    const line = doc.line(Math.min(Math.max(1, problem.line), doc.lines));
    const from = Math.min(line.from + Math.max(0, problem.column - 1), line.to);
    if (this.#broken !== null) return { ...problem, from, to: line.to, place: [] };
    const place = placeAt(this.#read.document, from);
    const value = rangeAt(this.#read.document, place);
    return { ...problem, from, to: value.to > from ? Math.min(value.to, line.to) : line.to, place };
  }

  #changed(): void {
    this.#snapshot = undefined;
    // Whatever screen is shown by then: unsaved changes are asked about when the window itself is closed.
    if (this.view().dirty) window.addEventListener('beforeunload', this.#askBeforeLoss);
    else window.removeEventListener('beforeunload', this.#askBeforeLoss);
    for (const listener of this.#listeners) listener();
  }
}

const buffers = new WeakMap<LabClient, ScenarioBuffer>();

/** The buffer of this window: what is being written stays while other screens are looked at. */
export function bufferOf(lab: LabClient): ScenarioBuffer {
  let buffer = buffers.get(lab);
  if (buffer === undefined) {
    buffer = new ScenarioBuffer(lab);
    buffers.set(lab, buffer);
  }
  return buffer;
}
