import {
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleXFilled,
  IconHelpHexagonFilled,
  IconLoader2,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useText } from '../text/useText.tsx';
import './VerdictBadge.css';

export type ShownVerdict = 'pass' | 'fail' | 'invalid' | 'running' | 'none';
const ICONS = {
  pass: IconCircleCheckFilled,
  fail: IconCircleXFilled,
  invalid: IconHelpHexagonFilled,
  running: IconLoader2,
  none: IconCircleDashed,
};

/** A verdict by icon, word and colour. `label` replaces the word, e.g. "Nothing lost". */
export function VerdictBadge({
  verdict,
  label,
  size = 'md',
}: {
  readonly verdict: ShownVerdict | null;
  readonly label?: ReactNode;
  readonly size?: 'sm' | 'md' | 'lg';
}): ReactNode {
  const text = useText().shared;
  const shown = verdict ?? 'none';
  const Icon = ICONS[shown];
  return (
    <span className={`cw-verdict cw-verdict-${size}`} data-verdict={shown} title={text.verdictHints[shown]}>
      <Icon size={size === 'lg' ? 20 : size === 'md' ? 16 : 14} aria-hidden="true" />
      {label ?? text.verdicts[shown]}
    </span>
  );
}
