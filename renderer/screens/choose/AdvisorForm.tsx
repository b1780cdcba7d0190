import { Button, SegmentedControl, Slider } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { type Format, useFormat } from '../../shared/format.ts';
import { useText } from '../../text/useText.tsx';
import { type Answers, BYTE_STEPS, CLIENT_STEPS, nearestStep, PRESET_NAMES, PRESETS, RATE_STEPS, samePreset } from './answers.ts';

const WHERE = ['devices', 'browsers', 'servers', 'mixed'] as const;
const FAN_OUT = ['one-to-one', 'work-sharing', 'few', 'all'] as const;
const ORDER = ['none', 'per-client', 'total'] as const;
const OFFLINE = ['none', 'store'] as const;

/** The questions as sliders of even ratios and short choices; cases to start from above. */
export function AdvisorForm({
  answers,
  onAnswers,
}: {
  readonly answers: Answers;
  readonly onAnswers: (answers: Answers) => void;
}): ReactNode {
  const words = useText().choose.advisor;
  const format = useFormat();
  const preset = samePreset(answers);
  const set = (change: Partial<Answers>): void => onAnswers({ ...answers, ...change });
  const total = answers.clients * answers.messagesPerSecondPerClient;
  return (
    <form className="cw-advisor-form" onSubmit={(event) => event.preventDefault()}>
      {/* biome-ignore lint/a11y/useSemanticElements: a group of buttons within the form, not of fields */}
      <div className="cw-presets" role="group" aria-label={words.presets}>
        <span className="cw-dim">{words.presets}</span>
        {PRESET_NAMES.map((name) => (
          <Button
            key={name}
            size="compact-xs"
            variant={name === preset ? 'light' : 'default'}
            aria-pressed={name === preset}
            onClick={() => onAnswers(PRESETS[name])}
          >
            {words.presetNames[name]}
          </Button>
        ))}
      </div>
      <StepSlider
        label={words.clients}
        steps={CLIENT_STEPS}
        value={answers.clients}
        say={format.count}
        onValue={(clients) => set({ clients })}
      />
      <Choice label={words.where} names={WHERE} texts={words.wheres} value={answers.where} onValue={(where) => set({ where })} />
      <StepSlider
        label={words.size}
        steps={BYTE_STEPS}
        value={answers.messageBytes}
        say={format.bytes}
        onValue={(messageBytes) => set({ messageBytes })}
      />
      <StepSlider
        label={words.rate}
        steps={RATE_STEPS}
        value={answers.messagesPerSecondPerClient}
        say={(rate) => rateText(rate, words, format)}
        onValue={(messagesPerSecondPerClient) => set({ messagesPerSecondPerClient })}
        note={words.total(format.rate(total), format.byteRate(total * answers.messageBytes))}
      />
      <Choice
        label={words.fanOut}
        names={FAN_OUT}
        texts={words.fanOuts}
        value={answers.fanOut}
        onValue={(fanOut) => set({ fanOut })}
      />
      <Choice label={words.order} names={ORDER} texts={words.orders} value={answers.order} onValue={(order) => set({ order })} />
      <Choice
        label={words.offline}
        names={OFFLINE}
        texts={words.offlines}
        value={answers.offline}
        onValue={(offline) => set({ offline })}
      />
    </form>
  );
}

/** 5 a second; below one a second the time between two says more. */
function rateText(rate: number, words: ReturnType<typeof useText>['choose']['advisor'], format: Format): string {
  return rate >= 1 ? words.perSecond(format.count(rate)) : words.every(format.duration(1_000 / rate));
}

function StepSlider({
  label,
  steps,
  value,
  say,
  onValue,
  note,
}: {
  readonly label: string;
  readonly steps: readonly number[];
  readonly value: number;
  readonly say: (value: number) => string;
  readonly onValue: (value: number) => void;
  readonly note?: string;
}): ReactNode {
  const id = useId();
  return (
    <div className="cw-question">
      <div className="cw-question-head">
        <span id={id}>{label}</span>
        <output className="cw-number">{say(value)}</output>
      </div>
      <Slider
        size="sm"
        min={0}
        max={steps.length - 1}
        step={1}
        value={nearestStep(steps, value)}
        onChange={(place) => onValue(steps[place] as number)}
        label={null}
        thumbProps={{ 'aria-labelledby': id, 'aria-valuetext': say(value) }}
      />
      {note !== undefined && <div className="cw-dim cw-question-note">{note}</div>}
    </div>
  );
}

function Choice<Name extends string>({
  label,
  names,
  texts,
  value,
  onValue,
}: {
  readonly label: string;
  readonly names: readonly Name[];
  readonly texts: Readonly<Record<Name, string>>;
  readonly value: Name;
  readonly onValue: (value: Name) => void;
}): ReactNode {
  const id = useId();
  return (
    <div className="cw-question">
      <div className="cw-question-head">
        <span id={id}>{label}</span>
      </div>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-labelledby={id}
        value={value}
        onChange={(chosen) => onValue(chosen as Name)}
        data={names.map((name) => ({ value: name, label: texts[name] }))}
      />
    </div>
  );
}
