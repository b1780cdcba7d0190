import type { ReactNode } from 'react';
import type { Direction } from '../../core/protocol/result.ts';
import { useText } from '../text/useText.tsx';
import { directionLook } from '../theme/directions.ts';
import './DirectionMark.css';

/** A direction by arrow, word and colour. */
export function DirectionMark({
  direction,
  long = false,
}: {
  readonly direction: Direction;
  readonly long?: boolean;
}): ReactNode {
  const text = useText().shared;
  return (
    <span className="cw-direction" style={{ color: directionLook[direction].color }}>
      <span aria-hidden="true">{directionLook[direction].arrow}</span> {text.directions[direction]}
      {long && <span className="cw-dim"> {text.directionsLong[direction]}</span>}
    </span>
  );
}
