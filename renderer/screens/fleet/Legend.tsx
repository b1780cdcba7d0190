import { useComputedColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';
import { VEHICLE_STATE } from '../../../core/protocol/fleet.ts';
import { useFormat } from '../../shared/format.ts';
import { useText } from '../../text/useText.tsx';
import { DARK, LEGEND, LIGHT, SHAPES } from './palette.ts';

/** What the shapes and colours mean, with how many there are of each: first who has a network, then what came of commands. */
export function Legend({
  counts,
  online,
  away,
}: {
  readonly counts: readonly number[];
  readonly online: number;
  readonly away: number;
}): ReactNode {
  const text = useText().fleet;
  const entries = [
    { state: VEHICLE_STATE.online, name: 'online', count: online },
    { state: VEHICLE_STATE.offline, name: 'offline', count: away },
    ...LEGEND.map((entry) => ({ ...entry, count: counts[entry.state] ?? 0 })),
  ] as const;
  return (
    <ul className="cw-map-legend" aria-label={text.map.legend}>
      {entries.map(({ state, name, count }) => (
        <Entry key={name} state={state} name={name} label={text.states[name]} count={count} />
      ))}
    </ul>
  );
}

function Entry({
  state,
  name,
  label,
  count,
}: {
  readonly state: number;
  readonly name: string;
  readonly label: string;
  readonly count: number;
}): ReactNode {
  const format = useFormat();
  const { states } = useComputedColorScheme('light') === 'dark' ? DARK : LIGHT;
  const shape = SHAPES[state]!;
  const color = states[state]!;
  return (
    <li data-state={name}>
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <path
          d={shape.path}
          fill={shape.stroke === undefined ? color : 'none'}
          stroke={shape.stroke === undefined ? 'none' : color}
          strokeWidth={shape.stroke}
        />
      </svg>
      <span>{label}</span>
      <b className="cw-number">{format.count(count)}</b>
    </li>
  );
}
