import { NativeSelect, Switch, Textarea, TextInput, Tooltip } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import { WireText } from '../../shared/WireText.tsx';
import { useLabText } from '../../text/useText.tsx';
import {
  type ChoiceItem,
  chosenValue,
  type FlagItem,
  type ReferenceItem,
  referencesIn,
  shownValue,
  typedValue,
  type ValueItem,
  type WordsItem,
  wordList,
} from './fields.ts';
import { useForm } from './formContext.tsx';
import type { PlacedProblem } from './scenarioBuffer.ts';
import type { Place } from './yamlDocument.ts';

export function ProblemText({ problems }: { readonly problems: readonly PlacedProblem[] }): ReactNode {
  const labText = useLabText();
  return problems.map((problem) => (
    <span key={problem.message} className="cw-form-problem">
      <WireText text={labText(problem.message)} limit={200} />
      {problem.suggestion !== undefined && (
        <>
          {' '}
          <WireText text={problem.suggestion} limit={160} />
        </>
      )}
    </span>
  ));
}

/** A label with its help behind a sign. */
export function FieldLabel({ place, required = false }: { readonly place: Place; readonly required?: boolean }): ReactNode {
  const { labelOf, helpOf } = useForm();
  const help = helpOf(place);
  return (
    <span className="cw-form-label">
      {labelOf(place)}
      {required && <span aria-hidden="true"> *</span>}
      {help !== undefined && (
        <Tooltip label={help}>
          <IconInfoCircle size={13} className="cw-form-help" aria-hidden="true" />
        </Tooltip>
      )}
    </span>
  );
}

function useDescribed(place: Place) {
  const { helpOf } = useForm();
  const id = useId();
  const help = helpOf(place);
  return {
    id,
    hidden:
      help === undefined ? null : (
        <span id={id} hidden>
          {help}
        </span>
      ),
    described: help === undefined ? undefined : id,
  };
}

/** What is being typed, as long as the file says what it made of it; a change from elsewhere (YAML, undo) wins. */
function useDraft(shown: string) {
  const [draft, setDraft] = useState<{ readonly text: string; readonly of: string } | null>(null);
  const isMine = draft !== null && draft.of === shown;
  return { text: isMine ? draft.text : shown, emptied: isMine && draft.text.trim() === '' && shown !== '', setDraft };
}

/** A value as people write it. Emptied: it leaves the file, and the default applies. */
export function ValueField({ item, place }: { readonly item: ValueItem; readonly place: Place }): ReactNode {
  const { valueAt, problemsAt, type, set, mark, text } = useForm();
  const value = valueAt(place);
  const shown = shownValue(value);
  const { text: typed, emptied, setDraft } = useDraft(shown);
  const [aliased, setAliased] = useState(false);
  const { hidden, described, id } = useDescribed(place);
  const problems = problemsAt(place, true);
  const write = (next: string): void => {
    if (next.trim() === '') {
      setDraft({ text: next, of: shown });
      return;
    }
    const after = typedValue(item.kind, next);
    const done = type([{ place, value: after }]);
    setAliased(!done);
    setDraft({ text: next, of: done ? shownValue(after) : shown });
  };
  const props = {
    label: <FieldLabel place={place} required={item.required === true} />,
    'aria-required': item.required === true ? true : undefined,
    'aria-describedby': described,
    placeholder:
      item.default === undefined || item.default === '' ? (item.required ? '' : text.optional) : text.byDefault(item.default),
    value: typed,
    error: aliased ? text.aliased : problems.length > 0 ? <ProblemText problems={problems} /> : undefined,
    onFocus: mark,
    onBlur: () => {
      if (emptied) set([{ place, value: undefined }]);
      setDraft(null);
    },
    onChange: (event: { readonly currentTarget: { readonly value: string } }) => write(event.currentTarget.value),
    spellCheck: item.kind === 'lines',
    autoComplete: 'off',
    size: 'xs',
    'data-place': place.join('.'),
  } as const;
  return (
    <div className={item.wide ? 'cw-form-wide' : 'cw-form-field'} data-described={id}>
      {item.kind === 'lines' ? <Textarea {...props} autosize minRows={2} maxRows={6} /> : <TextInput {...props} />}
      {hidden}
    </div>
  );
}

/** One of several words; the first stands for the default, which leaves the file without the key. */
export function ChoiceField({ item, place }: { readonly item: ChoiceItem; readonly place: Place }): ReactNode {
  const { valueAt, text } = useForm();
  const shown = shownValue(valueAt(place));
  const data = item.options.map((option) => ({ value: option, label: option }));
  const preset = item.default;
  return (
    <SelectField
      place={place}
      required={item.required === true}
      options={preset === undefined ? data : [{ value: '', label: text.byDefault(preset) }, ...data]}
      shown={shown}
    />
  );
}

export function ReferenceField({ item, place }: { readonly item: ReferenceItem; readonly place: Place }): ReactNode {
  const { valueAt, view, text } = useForm();
  const shown = shownValue(valueAt(place));
  const names = referencesIn(view.read.data, item.from).map((name) => ({ value: name, label: name }));
  return (
    <SelectField
      place={place}
      required={item.required === true}
      options={item.required === true ? names : [{ value: '', label: text.notSet }, ...names]}
      shown={shown}
    />
  );
}

function SelectField({
  place,
  required,
  options,
  shown,
}: {
  readonly place: Place;
  readonly required: boolean;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly shown: string;
}): ReactNode {
  const { set, problemsAt, text } = useForm();
  const { hidden, described } = useDescribed(place);
  const problems = problemsAt(place, true);
  const known = options.some(({ value }) => value === shown);
  // What stands in the file is shown, also where it is none of the choices.
  const all = known ? options : [{ value: shown, label: shown === '' ? text.choose : shown.slice(0, 60) }, ...options];
  return (
    <div className="cw-form-field">
      <NativeSelect
        size="xs"
        label={<FieldLabel place={place} required={required} />}
        aria-describedby={described}
        data={[...all]}
        value={shown}
        error={problems.length > 0 ? <ProblemText problems={problems} /> : undefined}
        onChange={(event) => {
          const word = event.currentTarget.value;
          set([{ place, value: word === '' ? undefined : chosenValue(word) }]);
        }}
        data-place={place.join('.')}
      />
      {hidden}
    </div>
  );
}

export function FlagField({ item, place }: { readonly item: FlagItem; readonly place: Place }): ReactNode {
  const { valueAt, set, problemsAt } = useForm();
  const { hidden, described } = useDescribed(place);
  const value = valueAt(place);
  const problems = problemsAt(place, true);
  return (
    <div className="cw-form-field cw-form-flag">
      <Switch
        size="xs"
        label={<FieldLabel place={place} />}
        aria-describedby={described}
        checked={typeof value === 'boolean' ? value : item.default}
        error={problems.length > 0 ? <ProblemText problems={problems} /> : undefined}
        onChange={(event) => set([{ place, value: event.currentTarget.checked }])}
        data-place={place.join('.')}
      />
      {hidden}
    </div>
  );
}

/** Several words or times with commas between, a list in the file. */
export function WordsField({ item, place }: { readonly item: WordsItem; readonly place: Place }): ReactNode {
  const { valueAt, problemsAt, set, mark, text } = useForm();
  const { hidden, described } = useDescribed(place);
  const shown = shownValue(valueAt(place));
  const { text: typed, setDraft } = useDraft(shown);
  const problems = problemsAt(place, true);
  return (
    <div className="cw-form-wide">
      <TextInput
        size="xs"
        label={<FieldLabel place={place} required={item.required === true} />}
        aria-describedby={described}
        placeholder={text.commas}
        value={typed}
        error={problems.length > 0 ? <ProblemText problems={problems} /> : undefined}
        onFocus={mark}
        onChange={(event) => setDraft({ text: event.currentTarget.value, of: shown })}
        onBlur={(event) => {
          const words = wordList(event.currentTarget.value);
          if (words.join() !== wordList(shown).join()) set([{ place, value: words }]);
          setDraft(null);
        }}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        spellCheck={false}
        data-place={place.join('.')}
      />
      {hidden}
    </div>
  );
}
