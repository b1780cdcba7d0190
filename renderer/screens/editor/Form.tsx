import { Alert, Tabs, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useText } from '../../text/useText.tsx';
import { FormItems } from './FormItems.tsx';
import { SECTION_NAMES, SECTIONS, type SectionName, sectionOf } from './fields.ts';
import { FormContext } from './formContext.tsx';
import type { BufferView, ScenarioBuffer } from './scenarioBuffer.ts';
import type { Place } from './yamlDocument.ts';

/** The scenario as a form: by sections, each with the number of its problems. A text that cannot be read leaves it as it was, and locked. */
export function Form({
  buffer,
  view,
  section,
  onSection,
  reveal,
  revealOffset,
}: {
  readonly buffer: ScenarioBuffer;
  readonly view: BufferView;
  readonly section: SectionName;
  readonly onSection: (section: SectionName) => void;
  readonly reveal: (place: Place) => void;
  readonly revealOffset: (offset: number) => void;
}): ReactNode {
  const text = useText().editor;
  const { broken } = view;
  /** Undo is one for form and YAML: not each field's own. */
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    if (key === 'y' || event.shiftKey) buffer.redo();
    else buffer.undo();
  };
  return (
    <FormContext value={{ buffer, view, reveal }}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: shortcuts for the buttons above */}
      <div className="cw-form" onKeyDown={onKeyDown}>
        {broken !== null && (
          <Alert
            color="yellow"
            variant="light"
            icon={<IconAlertTriangle size={16} aria-hidden="true" />}
            className="cw-form-broken"
          >
            <span role="status">{text.broken(view.text.slice(0, broken.offset).split('\n').length)} </span>
            <UnstyledButton className="cw-form-link" onClick={() => revealOffset(broken.offset)}>
              {text.showThere}
            </UnstyledButton>
          </Alert>
        )}
        <Tabs value={section} onChange={(next) => next !== null && onSection(next as SectionName)} className="cw-form-tabs">
          <Tabs.List>
            {SECTION_NAMES.map((name) => {
              const count = view.problems.filter((problem) => sectionOf(problem.place) === name).length;
              return (
                <Tabs.Tab key={name} value={name}>
                  {text.sections[name]}
                  {count > 0 && (
                    <span className="cw-form-count" title={text.summary.problems(count)}>
                      {count}
                    </span>
                  )}
                </Tabs.Tab>
              );
            })}
          </Tabs.List>
          {SECTION_NAMES.map((name) => (
            <Tabs.Panel key={name} value={name} className="cw-form-panel" tabIndex={0}>
              {name === section && (
                <fieldset disabled={broken !== null} className="cw-form-lock">
                  <FormItems items={SECTIONS[name]} place={[]} />
                </fieldset>
              )}
            </Tabs.Panel>
          ))}
        </Tabs>
      </div>
    </FormContext>
  );
}
