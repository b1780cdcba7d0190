/** How a direction looks: its colour token, its dash, and the sign that says the same without colour. */
import type { Direction } from '../../core/protocol/result.ts';

export const DIRECTIONS: readonly Direction[] = ['up', 'down', 'device'];

interface DirectionLook {
  readonly color: string;
  readonly soft: string;
  /** SVG dash array; undefined: a solid line. */
  readonly dash: string | undefined;
  readonly arrow: string;
}

export const directionLook: Readonly<Record<Direction, DirectionLook>> = {
  up: { color: 'var(--cw-up)', soft: 'var(--cw-up-soft)', dash: undefined, arrow: '↑' },
  down: { color: 'var(--cw-down)', soft: 'var(--cw-down-soft)', dash: '7 3', arrow: '↓' },
  device: { color: 'var(--cw-device)', soft: 'var(--cw-device-soft)', dash: '2 3', arrow: '⇄' },
};

/** Colours for runs that are laid over each other, by place. */
export const SERIES_COLORS = [
  'var(--cw-series-1)',
  'var(--cw-series-2)',
  'var(--cw-series-3)',
  'var(--cw-series-4)',
  'var(--cw-series-5)',
];
