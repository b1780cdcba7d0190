import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import './Figure.css';
import type { Quantity } from './format.ts';

/** A big number with its unit and label. `tone` colours it by meaning; say the meaning in words, too (note). */
export function Figure({
  label,
  quantity,
  note,
  tone = 'plain',
  explain,
  size = 'md',
}: {
  readonly label: ReactNode;
  readonly quantity: Quantity;
  readonly note?: ReactNode;
  readonly tone?: 'plain' | 'up' | 'down' | 'device' | 'pass' | 'fail' | 'invalid';
  /** Shown on hover and focus of the label. */
  readonly explain?: string;
  readonly size?: 'sm' | 'md';
}): ReactNode {
  const labelled = <span className="cw-figure-label">{label}</span>;
  return (
    <div className={`cw-figure cw-figure-${size}`} data-tone={tone}>
      {explain === undefined ? labelled : <Tooltip label={explain}>{labelled}</Tooltip>}
      <span className="cw-figure-value cw-number">
        {quantity.value}
        {quantity.unit !== '' && <span className="cw-figure-unit"> {quantity.unit}</span>}
      </span>
      {note !== undefined && <span className="cw-figure-note cw-dim">{note}</span>}
    </div>
  );
}
