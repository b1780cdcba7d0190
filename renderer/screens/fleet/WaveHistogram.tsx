import { ActionIcon, Tooltip } from '@mantine/core';
import { IconChartBar, IconTable } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { FleetWave } from '../../../core/protocol/fleet.ts';
import { useFormat } from '../../shared/format.ts';
import { useText } from '../../text/useText.tsx';
import { type Bar, bars } from './waveExport.ts';

/** Labels under the bars, the first and the last among them. */
const LABELS = 5;

/** How long the answers of a wave took, as bars or as a table. */
export function WaveHistogram({ wave }: { readonly wave: FleetWave }): ReactNode {
  const texts = useText();
  const words = texts.fleet.wave;
  const format = useFormat();
  const [asTable, setAsTable] = useState(false);
  const shown = bars(wave);
  if (shown.length === 0) return null;
  const most = Math.max(1, ...shown.map(({ count }) => count));
  const time = (ms: number): string => format.latency(ms * 1_000);
  const span = ({ from, to }: Bar): string => (to === null ? words.more(time(from)) : words.span(time(from), time(to)));
  const label = asTable ? texts.charts.asChart : texts.charts.asTable;
  return (
    <figure className="cw-wave-histogram">
      <figcaption>
        {words.histogram}
        <Tooltip label={label}>
          <ActionIcon
            size="sm"
            aria-label={`${words.histogram}: ${label}`}
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? <IconChartBar size={15} /> : <IconTable size={15} />}
          </ActionIcon>
        </Tooltip>
      </figcaption>
      {asTable ? (
        <table aria-label={words.histogram}>
          <thead>
            <tr>
              <th scope="col">{words.took}</th>
              <th scope="col">{words.answers}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((bar) => (
              <tr key={bar.from}>
                <td>{span(bar)}</td>
                <td className="cw-number">{format.count(bar.count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <>
          <ol>
            {shown.map((bar) => {
              const said = words.bar(format.count(bar.count), span(bar));
              return (
                <li key={bar.from} title={said} aria-label={said}>
                  <i style={{ height: `${(bar.count / most) * 100}%` }} />
                </li>
              );
            })}
          </ol>
          <div className="cw-wave-axis cw-number" aria-hidden="true">
            {edges(shown).map(({ at, ms }) => (
              <span key={at} style={{ left: `${at * 100}%`, translate: `${at * -100}%` }}>
                {ms === null ? words.more(time(shown.at(-1)!.from)) : time(ms)}
              </span>
            ))}
          </div>
        </>
      )}
    </figure>
  );
}

/** Edges of bars that get a label, spread evenly: where, as a share of the width, and the time; null: without end. */
export function edges(shown: readonly Bar[]): readonly { readonly at: number; readonly ms: number | null }[] {
  return Array.from({ length: LABELS }, (_, k) => {
    const edge = Math.round((k * shown.length) / (LABELS - 1));
    return { at: edge / shown.length, ms: edge === 0 ? shown[0]!.from : shown[edge - 1]!.to };
  });
}
