import type { ReactNode } from 'react';
import { lookOf } from './runs.ts';

/** A run's letter in its colour, over a stroke of its line. */
export function RunLetter({ letter, place }: { readonly letter: string; readonly place: number }): ReactNode {
  const { color, dash } = lookOf({ place });
  return (
    <span className="cw-letter" style={{ color }}>
      {letter}
      <svg width="20" height="4" aria-hidden="true">
        <line x1="0" x2="20" y1="2" y2="2" stroke={color} strokeWidth="2.5" strokeDasharray={dash} />
      </svg>
    </span>
  );
}
