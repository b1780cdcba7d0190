import type { ReactNode } from 'react';
import type { FleetWave } from '../../../core/protocol/fleet.ts';
import { useFormat } from '../../shared/format.ts';
import { useText } from '../../text/useText.tsx';
import { WaveHistogram } from './WaveHistogram.tsx';
import { answeredShare, canReach } from './waveExport.ts';

const FIGURES = ['addressed', 'sent', 'delivered', 'storedOffline', 'dropped', 'refused'] as const;
const TIMES = [
  ['t50', 0.5],
  ['t95', 0.95],
  ['t100', 1],
] as const;

/** One wave: how many have answered, what became of the rest, and how long it took. */
export function WaveReadout({
  wave,
  big = false,
  title,
}: {
  readonly wave: FleetWave;
  readonly big?: boolean;
  readonly title?: string | undefined;
}): ReactNode {
  const text = useText().fleet;
  const words = text.wave;
  const format = useFormat();
  const ms = (value: number | null): string => (value === null ? '–' : format.latency(value * 1_000));
  const time = (value: number | null, share: number): string =>
    value === null && canReach(wave, share) === false ? words.never : ms(value);
  return (
    <div className="cw-wave" data-big={big || undefined}>
      {title !== undefined && <h3 className="cw-wave-title">{title}</h3>}
      <div className="cw-wave-head">
        <span>
          {words.number(wave.wave)} · {text.kinds[wave.kind]} · QoS {wave.qos}
          {title === undefined && 'members' in wave.target && ` · ${wave.store ? text.present.kept : text.present.notKept}`}
        </span>
      </div>
      <div className="cw-wave-answered">
        <b className="cw-number">{format.percent(answeredShare(wave), 0)}</b>
        <span>
          {words.of(format.count(wave.answered), format.count(wave.addressed))} {words.answered}
        </span>
      </div>
      <div className="cw-wave-bar" aria-hidden="true">
        <i style={{ width: `${Math.min(1, wave.delivered / Math.max(1, wave.addressed)) * 100}%` }} />
        <b style={{ width: `${answeredShare(wave) * 100}%` }} />
      </div>
      <dl className="cw-wave-times" aria-label={words.times}>
        {TIMES.map(([key, share]) => (
          <div key={key}>
            <dt>{words[key]}</dt>
            <dd className="cw-number">{time(wave[key], share)}</dd>
          </div>
        ))}
      </dl>
      <dl className="cw-wave-figures">
        {FIGURES.map((key) => (
          <div key={key} data-alert={(key === 'dropped' || key === 'refused') && wave[key] > 0 ? true : undefined}>
            <dt>{words[key]}</dt>
            <dd className="cw-number">{format.count(wave[key])}</dd>
          </div>
        ))}
      </dl>
      <WaveHistogram wave={wave} />
    </div>
  );
}
