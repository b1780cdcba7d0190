import { IconArrowDownRight, IconArrowUpRight, IconEqual, IconHelpHexagon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type Format, useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { VerdictBadge } from '../../shared/VerdictBadge.tsx';
import type { Texts } from '../../text/en.ts';
import { useText } from '../../text/useText.tsx';
import { directionLook } from '../../theme/directions.ts';
import { type Delta, deltaOf, knownMetrics, type Metric, type MetricKind } from './metrics.ts';
import { RunLetter } from './RunLetter.tsx';
import type { Compared } from './runs.ts';

function shown(kind: MetricKind, value: number | null, format: Format): string {
  switch (kind) {
    case 'rate':
      return format.rate(value);
    case 'latency':
      return format.latency(value);
    case 'share':
      return format.percent(value);
    case 'bytes':
      return format.byteRate(value);
    case 'duration':
      return format.duration(value);
    case 'count':
      return format.count(value);
  }
}

/** Every figure of every run, and what it is compared with the baseline's: better or worse in words, with a sign. */
export function MetricsTable({ runs, baseline }: { readonly runs: readonly Compared[]; readonly baseline: Compared }): ReactNode {
  const texts = useText();
  const words = texts.compare;
  const format = useFormat();
  const metrics = knownMetrics(runs.map(({ result }) => result));
  return (
    <Panel title={words.figures} hint={words.figuresHint(baseline.letter)} flush>
      <div className="cw-compare-room">
        <table className="cw-compare-table">
          <caption className="cw-compare-caption">{words.figures}</caption>
          <thead>
            <tr>
              <th scope="col">{words.metric}</th>
              {runs.map((run) => (
                <th key={run.id} scope="col">
                  <RunLetter letter={run.letter} place={run.place} />
                  {run === baseline && <span className="cw-dim"> {words.baseline}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{words.verdict}</th>
              {runs.map(({ id, result }) => (
                <td key={id}>
                  <VerdictBadge verdict={result.verdict} size="sm" />
                </td>
              ))}
            </tr>
            {metrics.map((metric) => (
              <tr key={metric.key}>
                <th scope="row">
                  {metric.direction !== null && (
                    <span style={{ color: directionLook[metric.direction].color }}>
                      {directionLook[metric.direction].arrow} {texts.shared.directions[metric.direction]}{' '}
                    </span>
                  )}
                  {words.metrics[metric.name]}
                </th>
                {runs.map(({ id, result }) => (
                  <td key={id} className="cw-number">
                    {shown(metric.kind, metric.value(result), format)}
                    <DeltaText delta={deltaOf(metric, result, baseline.result)} metric={metric} words={words} format={format} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function DeltaText({
  delta,
  metric,
  words,
  format,
}: {
  readonly delta: Delta;
  readonly metric: Metric;
  readonly words: Texts['compare'];
  readonly format: Format;
}): ReactNode {
  if (delta.kind === 'baseline' || delta.kind === 'unknown') return null;
  if (delta.kind === 'notComparable')
    return (
      <span className="cw-delta" data-judged="notComparable" title={words.notComparableHint}>
        <IconHelpHexagon size={14} aria-hidden="true" /> {words.notComparable}
      </span>
    );
  if (delta.kind === 'same')
    return (
      <span className="cw-delta" data-judged="same">
        <IconEqual size={14} aria-hidden="true" /> {words.same}
      </span>
    );
  const Icon = delta.difference > 0 ? IconArrowUpRight : IconArrowDownRight;
  const sign = delta.difference > 0 ? '+' : '−';
  const size =
    metric.kind === 'count' || delta.share === null
      ? shown(metric.kind, Math.abs(delta.difference), format)
      : // Above tenfold, so many times says more than so many per cent.
        delta.share >= 9
        ? words.times(format.decimal(delta.share + 1, 1))
        : format.percent(Math.abs(delta.share), Math.abs(delta.share) < 0.1 ? 1 : 0);
  return (
    <span className="cw-delta" data-judged={delta.judged}>
      <Icon size={14} aria-hidden="true" />
      {delta.share !== null && delta.share >= 9 && metric.kind !== 'count' ? size : `${sign}${size}`}
      {delta.judged !== 'neither' && ` ${words[delta.judged]}`}
    </span>
  );
}
