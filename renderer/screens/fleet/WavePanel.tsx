import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCsv, IconJson, IconTargetArrow } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { FleetPlan, FleetWave } from '../../../core/protocol/fleet.ts';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { useText } from '../../text/useText.tsx';
import { saveText } from '../run/saveText.ts';
import type { Target } from './selection.ts';
import { useTargetName } from './targetName.ts';
import { WaveReadout } from './WaveReadout.tsx';
import { answeredShare, wavesCsv, wavesJson } from './waveExport.ts';

/** The newest wave (or the one chosen), and the list of all of this run. */
export function WavePanel({
  plan,
  waves,
  onTarget,
}: {
  readonly plan: FleetPlan;
  readonly waves: readonly FleetWave[];
  readonly onTarget: (target: Target) => void;
}): ReactNode {
  const text = useText().fleet;
  const format = useFormat();
  const nameOf = useTargetName(plan);
  const { runId } = plan;
  const [chosen, setChosen] = useState<{ readonly wave: number; readonly newest: number }>();
  const newest = waves[0];
  // A new wave is what one wants to see, whatever was looked at before.
  const wave = (chosen?.newest === newest?.wave ? waves.find((one) => one.wave === chosen?.wave) : undefined) ?? newest;
  const name = `waves-${runId.replaceAll(/[^\w.-]/g, '_').slice(0, 80)}`;
  return (
    <Panel
      title={text.wave.title}
      actions={
        newest !== undefined && (
          <>
            <Tooltip label={text.wave.exportJson}>
              <ActionIcon
                aria-label={text.wave.exportJson}
                onClick={() =>
                  saveText({ fileName: `${name}.json`, mediaType: 'application/json', text: wavesJson(runId, waves) })
                }
              >
                <IconJson size={18} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label={text.wave.exportCsv}>
              <ActionIcon
                aria-label={text.wave.exportCsv}
                onClick={() => saveText({ fileName: `${name}.csv`, mediaType: 'text/csv', text: wavesCsv(waves) })}
              >
                <IconCsv size={18} />
              </ActionIcon>
            </Tooltip>
          </>
        )
      }
    >
      {wave === undefined || newest === undefined ? (
        <p className="cw-dim cw-fleet-note">{text.wave.none}</p>
      ) : (
        <>
          <WaveReadout wave={wave} />
          <ul className="cw-wave-list" aria-label={text.wave.past}>
            {waves.map((one) => (
              <li key={one.wave} data-shown={one.wave === wave.wave || undefined}>
                <button type="button" onClick={() => setChosen({ wave: one.wave, newest: newest.wave })}>
                  <b className="cw-number">{one.wave}</b>
                  <span>
                    {text.kinds[one.kind]}
                    <span className="cw-dim cw-wave-whom">{nameOf(one.target)}</span>
                  </span>
                  <b className="cw-number">{format.percent(answeredShare(one), 0)}</b>
                </button>
                <Tooltip label={text.wave.choose}>
                  <ActionIcon
                    size="sm"
                    aria-label={`${text.wave.choose}: ${text.wave.number(one.wave)}`}
                    onClick={() => onTarget(one.target)}
                  >
                    <IconTargetArrow size={16} />
                  </ActionIcon>
                </Tooltip>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
