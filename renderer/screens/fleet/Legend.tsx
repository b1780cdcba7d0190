import { useComputedColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';
import { useFormat } from '../../shared/format.ts';
import { useText } from '../../text/useText.tsx';
import { DARK, LEGEND, LIGHT, SHAPES } from './palette.ts';

/** What the shapes and colours mean, with how many there are of each. */
export function Legend({ counts }: { readonly counts: readonly number[] }): ReactNode {
  const text = useText().fleet;
  const format = useFormat();
  const { states } = useComputedColorScheme('light') === 'dark' ? DARK : LIGHT;
  return (
    <ul className="cw-map-legend" aria-label={text.map.legend}>
      {LEGEND.map(({ state, name }) => {
        const shape = SHAPES[state]!;
        const color = states[state]!;
        return (
          <li key={name}>
            <svg viewBox="0 0 32 32" aria-hidden="true">
              <path
                d={shape.path}
                fill={shape.stroke === undefined ? color : 'none'}
                stroke={shape.stroke === undefined ? 'none' : color}
                strokeWidth={shape.stroke}
              />
            </svg>
            <span>{text.states[name]}</span>
            <b className="cw-number">{format.count(counts[state] ?? 0)}</b>
          </li>
        );
      })}
    </ul>
  );
}
