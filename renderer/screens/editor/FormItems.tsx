import { Accordion, ActionIcon, Button, NativeSelect, Switch, TextInput, UnstyledButton } from '@mantine/core';
import { IconCode, IconPlus, IconTrash } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { WireText } from '../../shared/WireText.tsx';
import {
  type GroupItem,
  type Item,
  type LinesItem,
  type NamedItem,
  onlyInYaml,
  type RowsItem,
  shownValue,
  type VariantItem,
} from './fields.ts';
import { useForm } from './formContext.tsx';
import { renameEdits } from './renaming.ts';
import { ChoiceField, FieldLabel, FlagField, ProblemText, ReferenceField, ValueField, WordsField } from './ValueFields.tsx';
import type { Place } from './yamlDocument.ts';

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of the map at `place`, and what else stands in it. */
export function FormItems({ items, place }: { readonly items: readonly Item[]; readonly place: Place }): ReactNode {
  return (
    <div className="cw-form-grid">
      {items.map((item) => (
        <FormItem key={item.key} item={item} place={[...place, item.key]} />
      ))}
      {place.length > 0 && <OnlyYaml items={items} place={place} />}
    </div>
  );
}

function FormItem({ item, place }: { readonly item: Item; readonly place: Place }): ReactNode {
  switch (item.kind) {
    case 'choice':
      return <ChoiceField item={item} place={place} />;
    case 'flag':
      return <FlagField item={item} place={place} />;
    case 'words':
    case 'durations':
      return <WordsField item={item} place={place} />;
    case 'reference':
      return <ReferenceField item={item} place={place} />;
    case 'group':
      return <Group item={item} place={place} />;
    case 'variant':
      return <Variant item={item} place={place} />;
    case 'named':
      return item.folded === true ? <Folded item={item} place={place} /> : <Named item={item} place={place} />;
    case 'rows':
      return <Rows item={item} place={place} />;
    case 'texts':
      return <Texts item={item} place={place} />;
    default:
      return <ValueField item={item} place={place} />;
  }
}

/** Keys that the form has no field for: they are told, and one click shows them in the YAML. */
function OnlyYaml({ items, place }: { readonly items: readonly Item[]; readonly place: Place }): ReactNode {
  const { valueAt, reveal, text, labelOf } = useForm();
  const keys = onlyInYaml(valueAt(place), items);
  if (keys.length === 0) return null;
  return (
    <div className="cw-form-wide cw-form-yaml">
      <IconCode size={14} aria-hidden="true" />
      <span className="cw-dim">{text.onlyYaml}</span>
      {keys.slice(0, 20).map((key) => (
        <UnstyledButton
          key={key}
          className="cw-form-yaml-key"
          aria-label={text.showInYaml(key)}
          title={labelOf([...place, key])}
          onClick={() => reveal([...place, key])}
        >
          <WireText text={key.slice(0, 40)} limit={40} mono />
        </UnstyledButton>
      ))}
    </div>
  );
}

function Group({ item, place }: { readonly item: GroupItem; readonly place: Place }): ReactNode {
  const { valueAt, set, problemsAt, labelOf, helpOf } = useForm();
  const value = valueAt(place);
  const problems = problemsAt(place);
  if (item.initial === undefined) {
    return (
      <fieldset className="cw-form-group" data-plain={item.items.length === 1 || undefined}>
        {item.items.length > 1 && (
          <legend>
            <FieldLabel place={place} />
          </legend>
        )}
        <ProblemText problems={problems} />
        <FormItems items={item.items} place={place} />
      </fieldset>
    );
  }
  const on = value !== undefined;
  return (
    <fieldset className="cw-form-group">
      <legend>
        <Switch
          size="xs"
          label={<FieldLabel place={place} />}
          aria-label={labelOf(place)}
          title={helpOf(place)}
          checked={on}
          onChange={(event) => set([{ place, value: event.currentTarget.checked ? item.initial : undefined }])}
        />
      </legend>
      <ProblemText problems={problems} />
      {on && <FormItems items={item.items} place={place} />}
    </fieldset>
  );
}

function Variant({ item, place }: { readonly item: VariantItem; readonly place: Place }): ReactNode {
  const { valueAt, set, problemsAt, text } = useForm();
  const value = valueAt(place);
  const current = item.options.find(({ name }) => value === name || (isMap(value) && Object.hasOwn(value, name)));
  const kinds = { schedule: text.scheduleKinds, credentials: text.credentialKinds, outages: text.outageKinds };
  const names: Readonly<Record<string, string>> = kinds[item.key as keyof typeof kinds];
  const options = item.options.map(({ name }) => ({ value: name, label: names[name] ?? name }));
  const missing = { value: '', label: item.none === undefined ? text.choose : (names[item.none] ?? item.none) };
  const problems = problemsAt(place);
  return (
    <fieldset className="cw-form-group">
      <legend>
        <FieldLabel place={place} />
      </legend>
      <div className="cw-form-grid">
        <div className="cw-form-field">
          <NativeSelect
            size="xs"
            aria-label={text.fields[item.key as 'schedule']}
            data={current === undefined || item.none !== undefined ? [missing, ...options] : options}
            value={current?.name ?? ''}
            error={problems.length > 0 ? <ProblemText problems={problems} /> : undefined}
            onChange={(event) => {
              const next = item.options.find(({ name }) => name === event.currentTarget.value);
              set([{ place, value: next?.initial }]);
            }}
          />
        </div>
        {current?.items.map((inner) => (
          <FormItem key={inner.key} item={inner} place={[...place, inner.key]} />
        ))}
      </div>
    </fieldset>
  );
}

/** The first free name: home, home2, home3... */
function freeName(base: string, taken: Readonly<Record<string, unknown>>): string {
  if (!Object.hasOwn(taken, base)) return base;
  for (let number = 2; ; number += 1) if (!Object.hasOwn(taken, `${base}${number}`)) return `${base}${number}`;
}

function AddButton({ item, place }: { readonly item: NamedItem | RowsItem; readonly place: Place }): ReactNode {
  const { valueAt, set, view, text } = useForm();
  const value = valueAt(place);
  const add = (): void => {
    const initial = item.initial(view.read.data);
    if (item.kind === 'rows') set([{ place: [...place, Array.isArray(value) ? value.length : 0], value: initial }]);
    else set([{ place: [...place, freeName(item.base, isMap(value) ? value : {})], value: initial }]);
  };
  return (
    <Button
      size="compact-xs"
      variant="default"
      className="cw-form-add"
      leftSection={<IconPlus size={13} aria-hidden="true" />}
      onClick={add}
    >
      {text.add[item.key as keyof typeof text.add]}
    </Button>
  );
}

function Empty({ name }: { readonly name: string }): ReactNode {
  const { text } = useForm();
  return <p className="cw-dim cw-form-empty">{text.sectionEmpty[name as keyof typeof text.sectionEmpty]}</p>;
}

function NameField({ place }: { readonly place: Place }): ReactNode {
  const { view, set, text, valueAt, labelOf } = useForm();
  const name = String(place.at(-1));
  const [draft, setDraft] = useState<string | null>(null);
  const siblings = valueAt(place.slice(0, -1));
  const taken = draft !== null && draft !== name && isMap(siblings) && Object.hasOwn(siblings, draft);
  return (
    <TextInput
      size="xs"
      className="cw-form-name"
      aria-label={text.nameOf(labelOf(place.slice(0, -1)))}
      value={draft ?? name}
      error={taken ? text.nameTaken : undefined}
      spellCheck={false}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={() => {
        if (draft !== null && draft.trim() !== '' && draft !== name && !taken) {
          set(renameEdits(view.read.data, place, draft.trim()));
        }
        setDraft(null);
      }}
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
    />
  );
}

function RemoveButton({ place, name }: { readonly place: Place; readonly name: string }): ReactNode {
  const { set, text } = useForm();
  return (
    <ActionIcon
      size="sm"
      aria-label={text.remove(name)}
      title={text.remove(name)}
      onClick={() => set([{ place, value: undefined }])}
    >
      <IconTrash size={15} aria-hidden="true" />
    </ActionIcon>
  );
}

/** Entries with names of their own: topics, messages, commands. */
function Named({ item, place }: { readonly item: NamedItem; readonly place: Place }): ReactNode {
  const { valueAt, problemsAt, labelOf } = useForm();
  const value = valueAt(place);
  const names = isMap(value) ? Object.keys(value) : [];
  return (
    <section className="cw-form-wide cw-form-list" aria-label={labelOf(place)}>
      <div className="cw-form-list-head">
        <h3>
          <FieldLabel place={place} />
        </h3>
        <AddButton item={item} place={place} />
      </div>
      <ProblemText problems={problemsAt(place)} />
      {names.length === 0 && <Empty name={item.key} />}
      {names.map((name) => (
        <div key={name} className="cw-form-card" data-line={item.items.length <= 2 || undefined}>
          <div className="cw-form-card-head">
            <NameField place={[...place, name]} />
            <RemoveButton place={[...place, name]} name={name} />
          </div>
          <ProblemText problems={problemsAt([...place, name])} />
          <FormItems items={item.items} place={[...place, name]} />
        </div>
      ))}
    </section>
  );
}

/** Populations and services: one line each, unfolded to be changed. */
function Folded({ item, place }: { readonly item: NamedItem; readonly place: Place }): ReactNode {
  const { valueAt, problemsAt, labelOf, text } = useForm();
  const value = valueAt(place);
  const names = isMap(value) ? Object.keys(value) : [];
  const [open, setOpen] = useState<string | null>(names[0] ?? null);
  return (
    <section className="cw-form-wide cw-form-list" aria-label={labelOf(place)}>
      <ProblemText problems={problemsAt(place)} />
      {names.length === 0 && <Empty name={item.key} />}
      <Accordion value={open} onChange={setOpen} variant="separated" transitionDuration={0} order={3}>
        {names.map((name) => {
          const entry = valueAt([...place, name]);
          const problems = problemsAt([...place, name], true).length;
          return (
            <Accordion.Item key={name} value={name}>
              <Accordion.Control>
                <span className="cw-form-fold">
                  <strong>
                    <WireText text={name.slice(0, 60)} limit={60} />
                  </strong>
                  {isMap(entry) && 'count' in entry && (
                    <span className="cw-dim">{text.summary.devices(shownValue(entry.actor), shownValue(entry.count))}</span>
                  )}
                  {problems > 0 && <span className="cw-form-count">{text.summary.problems(problems)}</span>}
                </span>
              </Accordion.Control>
              <Accordion.Panel>
                {open === name && (
                  <>
                    <div className="cw-form-card-head">
                      <NameField place={[...place, name]} />
                      <RemoveButton place={[...place, name]} name={name} />
                    </div>
                    <ProblemText problems={problemsAt([...place, name])} />
                    <FormItems items={item.items} place={[...place, name]} />
                  </>
                )}
              </Accordion.Panel>
            </Accordion.Item>
          );
        })}
      </Accordion>
      <AddButton item={item} place={place} />
    </section>
  );
}

/** A list of small maps: subscriptions, phases, faults. */
function Rows({ item, place }: { readonly item: RowsItem; readonly place: Place }): ReactNode {
  const { valueAt, problemsAt, labelOf } = useForm();
  const value = valueAt(place);
  const rows: readonly unknown[] = Array.isArray(value) ? value : [];
  return (
    <section className="cw-form-wide cw-form-list" aria-label={labelOf(place)}>
      <div className="cw-form-list-head">
        <h3>
          <FieldLabel place={place} />
        </h3>
        <AddButton item={item} place={place} />
      </div>
      <ProblemText problems={problemsAt(place)} />
      {rows.length === 0 && <Empty name={item.key} />}
      {rows.map((_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an item of a list has no other name
        <div key={index} className="cw-form-card cw-form-row">
          <ProblemText problems={problemsAt([...place, index])} />
          <FormItems items={item.items} place={[...place, index]} />
          <RemoveButton place={[...place, index]} name={`${labelOf(place)} ${index + 1}`} />
        </div>
      ))}
    </section>
  );
}

function Texts({ item, place }: { readonly item: LinesItem; readonly place: Place }): ReactNode {
  const { valueAt, set, problemsAt, labelOf, text } = useForm();
  const value = valueAt(place);
  const lines: readonly unknown[] = Array.isArray(value) ? value : [];
  return (
    <section className="cw-form-wide cw-form-list" aria-label={labelOf(place)}>
      <p className="cw-dim cw-form-empty">{text.help.thresholds}</p>
      <ProblemText problems={problemsAt(place)} />
      {lines.length === 0 && <Empty name={item.key} />}
      {lines.map((_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an item of a list has no other name
        <TextLine key={index} place={[...place, index]} label={`${labelOf(place)} ${index + 1}`} />
      ))}
      <Button
        size="compact-xs"
        variant="default"
        className="cw-form-add"
        leftSection={<IconPlus size={13} aria-hidden="true" />}
        onClick={() => set([{ place: [...place, lines.length], value: item.initial }])}
      >
        {text.add.thresholds}
      </Button>
    </section>
  );
}

function TextLine({ place, label }: { readonly place: Place; readonly label: string }): ReactNode {
  const { valueAt, type, mark, problemsAt } = useForm();
  const problems = problemsAt(place, true);
  return (
    <div className="cw-form-text">
      <TextInput
        size="xs"
        aria-label={label}
        classNames={{ input: 'cw-mono' }}
        value={shownValue(valueAt(place))}
        error={problems.length > 0 ? <ProblemText problems={problems} /> : undefined}
        spellCheck={false}
        onFocus={mark}
        onChange={(event) => type([{ place, value: event.currentTarget.value }])}
        data-place={place.join('.')}
      />
      <RemoveButton place={place} name={label} />
    </div>
  );
}
