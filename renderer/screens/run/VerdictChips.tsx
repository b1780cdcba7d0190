import { Tooltip, UnstyledButton } from '@mantine/core';
import {
  IconAlertTriangleFilled,
  IconCircleCheck,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleXFilled,
  IconHelpHexagonFilled,
} from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import type { RunSnapshot } from '../../live/runSnapshot.ts';
import { type Format, useFormat } from '../../shared/format.ts';
import { wirePlain } from '../../shared/wire.ts';
import type { Texts } from '../../text/en.ts';
import { useLabText, useText } from '../../text/useText.tsx';
import { type ChipKey, type ChipNote, type ChipTone, chipPanel, chipsOf } from './chips.ts';

const ICONS: Readonly<Record<ChipTone, typeof IconCircleCheck>> = {
  pass: IconCircleCheckFilled,
  fail: IconCircleXFilled,
  invalid: IconHelpHexagonFilled,
  good: IconCircleCheck,
  watch: IconAlertTriangleFilled,
  none: IconCircleDashed,
};

function noteText(note: ChipNote, live: boolean, words: Texts['run']['chips'], format: Format): string {
  switch (note.kind) {
    case 'count':
      return words[live ? 'countsSoFar' : 'counts'][note.what](format.count(note.count));
    case 'met':
      return words.met(format.count(note.count));
    case 'missed':
      return words.missed(format.count(note.count), format.count(note.of));
    case 'holding':
    case 'failing':
      return words[note.kind](format.count(note.count), format.count(note.of));
    case 'busy':
      return words.busy(wirePlain(note.thread, 40));
    default:
      return words.notes[note.kind];
  }
}

/** Goes to a panel of this screen: into view, and the focus with it. */
export function showPanel(id: string): void {
  const panel = document.getElementById(id);
  panel?.scrollIntoView({ behavior: 'smooth', block: 'start' });
  panel?.focus({ preventScroll: true });
}

/** What the run promises, promise by promise; each leads to the panel that tells more. */
export function VerdictChips({ run }: { readonly run: RunSnapshot }): ReactNode {
  const words = useText().run.chips;
  const format = useFormat();
  const labText = useLabText();
  const live = run.result === null;
  return (
    <ul className="cw-chips" aria-label={words.label}>
      {chipsOf(run).map(({ key, tone, note, reasons }) => (
        <li key={key}>
          <ChipButton
            chip={key}
            tone={tone}
            note={noteText(note, live, words, format)}
            why={reasons.map(({ text }) => wirePlain(labText(text), 300)).join('\n')}
          />
        </li>
      ))}
    </ul>
  );
}

/** Reasons that a tip tells; the panel has them all. */
const MOST_REASONS = 4;

/** Plain texts as props: redrawn only when one of them changes. `why`: a line for each reason. */
const ChipButton = memo(function ChipButton({
  chip,
  tone,
  note,
  why,
}: {
  readonly chip: ChipKey;
  readonly tone: ChipTone;
  readonly note: string;
  readonly why: string;
}): ReactNode {
  const words = useText().run.chips;
  const format = useFormat();
  const Icon = ICONS[tone];
  const reasons = why === '' ? [words.explain[chip]] : why.split('\n');
  return (
    <Tooltip
      label={
        <>
          {reasons.slice(0, MOST_REASONS).map((text) => (
            <div key={text}>{text}</div>
          ))}
          {reasons.length > MOST_REASONS && <div>{words.more(format.count(reasons.length - MOST_REASONS))}</div>}
        </>
      }
    >
      <UnstyledButton className="cw-chip" data-tone={tone} data-chip={chip} onClick={() => showPanel(chipPanel[chip])}>
        <Icon size={17} aria-hidden="true" />
        <span className="cw-chip-name">{words.names[chip]}</span>
        <span className="cw-chip-note">{note}</span>
      </UnstyledButton>
    </Tooltip>
  );
});
