import { createContext, useContext } from 'react';
import { useText } from '../../text/useText.tsx';
import type { BufferView, PlacedProblem, ScenarioBuffer } from './scenarioBuffer.ts';
import { patternOf } from './schemaPlace.ts';
import { wordFor } from './words.ts';
import { type Place, valueAt } from './yamlDocument.ts';
import type { Edit } from './yamlEdit.ts';

interface FormValue {
  readonly buffer: ScenarioBuffer;
  readonly view: BufferView;
  /** Shows a place in the YAML, also where that is not on the screen. */
  readonly reveal: (place: Place) => void;
}
export const FormContext = createContext<FormValue | undefined>(undefined);

const startsWith = (place: Place, start: Place): boolean =>
  start.length <= place.length && start.every((part, index) => part === place[index]);

export function useForm() {
  const value = useContext(FormContext);
  if (value === undefined) throw new Error('no form above');
  const { buffer, view, reveal } = value;
  const text = useText().editor;
  return {
    view,
    reveal,
    text,
    valueAt: (place: Place): unknown => valueAt(view.read.data, place),
    /** Problems of this very value; `below`: also of what stands in it. */
    problemsAt: (place: Place, below = false): readonly PlacedProblem[] =>
      view.problems.filter((problem) =>
        below ? startsWith(problem.place, place) : problem.place.length === place.length && startsWith(problem.place, place),
      ),
    /** A step of its own to undo. */
    set: (edits: readonly Edit[]): boolean => {
      buffer.mark();
      return buffer.edit(edits);
    },
    /** Goes on with the step that the last keystroke began. */
    type: (edits: readonly Edit[]): boolean => buffer.edit(edits),
    mark: () => buffer.mark(),
    labelOf: (place: Place): string => wordFor(text.fields, patternOf(place)) ?? String(place.at(-1)),
    helpOf: (place: Place): string | undefined => wordFor(text.help, patternOf(place)),
  };
}
