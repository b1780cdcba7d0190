import { Button, Loader, Menu, SegmentedControl, Text, UnstyledButton } from '@mantine/core';
import { IconBulb, IconSend } from '@tabler/icons-react';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { InspectResult } from '../../../core/protocol/window.ts';
import { MOD } from '../../app/mod.ts';
import { useLab } from '../../client/context.tsx';
import type { LabClient } from '../../client/labClient.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { ScreenTitle } from '../../shared/ScreenTitle.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { cutText } from '../../shared/wire.ts';
import { useText } from '../../text/useText.tsx';
import { Compose } from './Compose.tsx';
import { EXAMPLE_NAMES, EXAMPLES, type ExampleName } from './examples.ts';
import { callOf, formProblems, type InspectForm, START_MQ, START_MQTT } from './form.ts';
import './inspect.css';
import { OUTCOMES, Outcome } from './Outcome.tsx';

interface Sent {
  readonly id: number;
  readonly form: InspectForm;
  readonly result: InspectResult;
}
interface Kept {
  readonly forms: { readonly mqtt: InspectForm; readonly mq: InspectForm };
  readonly side: InspectForm['side'];
  readonly history: readonly Sent[];
  readonly shown: number | null;
}
const START: Kept = { forms: { mqtt: START_MQTT, mq: START_MQ }, side: 'mqtt', history: [], shown: null };
const MOST_KEPT = 20;
/** What was written and sent stays while the window is open, also when another screen is looked at. */
const keptOf = new WeakMap<LabClient, Kept>();

/** Sends one message through a lab of its own, and shows what became of it. */
export function InspectScreen(_: { readonly argument: string | undefined }): ReactNode {
  const lab = useLab();
  const { inspect: text, shared } = useText();
  const [kept, setKept] = useState<Kept>(() => keptOf.get(lab) ?? START);
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const latest = useRef(0);
  useEffect(() => {
    keptOf.set(lab, kept);
  }, [lab, kept]);

  const form = kept.forms[kept.side];
  const problems = formProblems(form);
  const setForm = (next: InspectForm): void =>
    setKept((old) => ({ ...old, side: next.side, forms: { ...old.forms, [next.side]: next } }));

  const send = async (message: InspectForm): Promise<void> => {
    latest.current += 1;
    const turn = latest.current;
    setSending(true);
    setError(null);
    try {
      const result = await lab.call('inspect.send', callOf(message));
      if (turn !== latest.current) return;
      setKept((old) => {
        const id = (old.history[0]?.id ?? 0) + 1;
        return { ...old, history: [{ id, form: message, result }, ...old.history].slice(0, MOST_KEPT), shown: id };
      });
    } catch (problem) {
      if (turn === latest.current) setError(problem);
    } finally {
      if (turn === latest.current) setSending(false);
    }
  };
  /** What is under way goes on in the lab; its outcome is not waited for any more. */
  const cancel = (): void => {
    latest.current += 1;
    setSending(false);
  };
  const tryExample = (name: ExampleName): void => {
    setForm(EXAMPLES[name]);
    void send(EXAMPLES[name]);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || problems.length > 0 || sending) return;
    event.preventDefault();
    void send(form);
  };
  const shown = kept.history.find(({ id }) => id === kept.shown);

  return (
    <div className="cw-inspect">
      <ScreenTitle
        title={text.title}
        subtitle={text.subtitle}
        actions={
          <Menu position="bottom-end" width={360} shadow="md">
            <Menu.Target>
              <Button variant="default" leftSection={<IconBulb size={16} aria-hidden="true" />}>
                {text.examples}
              </Button>
            </Menu.Target>
            <Menu.Dropdown mah="70vh" style={{ overflowY: 'auto' }}>
              {(['mqtt', 'mq'] as const).map((side) => [
                <Menu.Label key={side}>{text.exampleGroups[side]}</Menu.Label>,
                ...EXAMPLE_NAMES.filter((name) => EXAMPLES[name].side === side).map((name) => (
                  <Menu.Item key={name} onClick={() => tryExample(name)}>
                    {text.example[name][0]}
                    <Text size="xs" c="dimmed">
                      {text.example[name][1]}
                    </Text>
                  </Menu.Item>
                )),
              ])}
            </Menu.Dropdown>
          </Menu>
        }
      />
      <div className="cw-inspect-columns">
        <div className="cw-inspect-left">
          <Panel title={text.compose}>
            {/* biome-ignore lint/a11y/noStaticElementInteractions: a shortcut for what the button below does */}
            <div className="cw-inspect-form" onKeyDown={onKeyDown}>
              <SegmentedControl
                fullWidth
                aria-label={text.side}
                value={kept.side}
                onChange={(side) => setKept({ ...kept, side: side as InspectForm['side'] })}
                data={[
                  { value: 'mqtt', label: text.sides.mqtt },
                  { value: 'mq', label: text.sides.mq },
                ]}
              />
              <Compose form={form} onChange={setForm} />
              <div className="cw-inspect-send">
                <Button
                  leftSection={sending ? <Loader size={14} color="currentColor" /> : <IconSend size={16} aria-hidden="true" />}
                  disabled={problems.length > 0 || sending}
                  onClick={() => void send(form)}
                >
                  {sending ? text.sending : text.send}
                </Button>
                {sending && (
                  <Button variant="default" onClick={cancel}>
                    {shared.cancel}
                  </Button>
                )}
                <span className="cw-dim" role="status">
                  {problems[0] === undefined ? text.sendKeys(MOD) : text.problems[problems[0]]}
                </span>
              </div>
            </div>
          </Panel>
          {kept.history.length > 0 && (
            <Panel title={text.history} flush>
              <ol className="cw-inspect-history">
                {kept.history.map((sent) => (
                  <li key={sent.id}>
                    <HistoryLine
                      sent={sent}
                      active={sent.id === kept.shown}
                      onClick={() => {
                        setError(null);
                        setKept({
                          ...kept,
                          shown: sent.id,
                          side: sent.form.side,
                          forms: { ...kept.forms, [sent.form.side]: sent.form },
                        });
                      }}
                    />
                  </li>
                ))}
              </ol>
            </Panel>
          )}
        </div>
        <div className="cw-inspect-right" aria-busy={sending}>
          {error !== null && <ErrorNotice error={error} title={text.failed} retry={() => void send(form)} />}
          {shown !== undefined ? (
            <Outcome key={shown.id} result={shown.result} />
          ) : (
            <Panel>
              <EmptyState icon={<IconSend size={28} />} title={text.examplesTitle} text={text.examplesText} />
              {(['mqtt', 'mq'] as const).map((side) => (
                <section key={side} className="cw-examples" aria-label={text.exampleGroups[side]}>
                  <h3>{text.exampleGroups[side]}</h3>
                  <div className="cw-examples-grid">
                    {EXAMPLE_NAMES.filter((name) => EXAMPLES[name].side === side).map((name) => (
                      <UnstyledButton key={name} className="cw-example" disabled={sending} onClick={() => tryExample(name)}>
                        <strong>{text.example[name][0]}</strong>
                        <span className="cw-dim">{text.example[name][1]}</span>
                      </UnstyledButton>
                    ))}
                  </div>
                </section>
              ))}
            </Panel>
          )}
        </div>
      </div>
    </div>
  );
}

function HistoryLine({
  sent,
  active,
  onClick,
}: {
  readonly sent: Sent;
  readonly active: boolean;
  readonly onClick: () => void;
}): ReactNode {
  const text = useText().inspect;
  const { Icon, tone } = OUTCOMES[sent.result.outcome];
  const second = sent.form.side === 'mq' ? (sent.form.properties.find(({ key }) => key === 'mqttSecondTopic')?.value ?? '') : '';
  return (
    <UnstyledButton className="cw-inspect-sent" data-tone={tone} aria-current={active} onClick={onClick}>
      <Icon size={15} aria-hidden="true" />
      <span className="cw-inspect-sent-topic">
        <span aria-hidden="true">{sent.form.side === 'mqtt' ? '↑ ' : '↓ '}</span>
        {/* A button may hold no button: the text is cut short, so that WireText offers none. */}
        <WireText text={cutText(sent.form.topic + second, 60)} limit={60} mono />
      </span>
      <span className="cw-dim">{text.outcomes[sent.result.outcome]}</span>
    </UnstyledButton>
  );
}
