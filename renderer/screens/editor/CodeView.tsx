import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import type { EditorView } from '@codemirror/view';
import { type ReactNode, useEffect, useId, useRef } from 'react';
import { MOD } from '../../app/mod.ts';
import { wirePlain } from '../../shared/wire.ts';
import { useLabText, useText } from '../../text/useText.tsx';
import { codeOutfit } from './codeOutfit.ts';
import type { BufferView, PlacedProblem, ScenarioBuffer } from './scenarioBuffer.ts';

const diagnostic =
  (severity: 'error' | 'warning', length: number, labText: (text: string) => string) =>
  (problem: PlacedProblem): Diagnostic => ({
    from: Math.min(problem.from, length),
    to: Math.min(Math.max(problem.to, problem.from), length),
    severity,
    message: wirePlain([labText(problem.message), problem.suggestion].filter((part) => part !== undefined).join(' '), 500),
  });

/** The scenario's text, with the lab's own messages at line and column. */
export function CodeView({ buffer, view }: { readonly buffer: ScenarioBuffer; readonly view: BufferView }): ReactNode {
  const text = useText().editor;
  const labText = useLabText();
  const parent = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView | null>(null);
  const describedBy = useId();
  useEffect(() => {
    if (parent.current === null) return;
    const attached = buffer.attach(
      parent.current,
      codeOutfit({ schema: () => buffer.schema, data: () => buffer.view().read.data, text, describedBy }),
    );
    editor.current = attached;
    return () => {
      editor.current = null;
      buffer.detach(attached);
    };
  }, [buffer, text, describedBy]);

  const { problems, warnings } = view;
  useEffect(() => {
    const attached = editor.current;
    if (attached === null) return;
    const { length } = attached.state.doc;
    const all = [...problems.map(diagnostic('error', length, labText)), ...warnings.map(diagnostic('warning', length, labText))];
    attached.dispatch(setDiagnostics(attached.state, all));
  }, [problems, warnings, labText]);

  return (
    <div className="cw-code">
      <div ref={parent} className="cw-code-text" />
      <p id={describedBy} className="cw-dim cw-code-help">
        {text.editorHelp(MOD)}
      </p>
    </div>
  );
}
