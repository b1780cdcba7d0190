import { type ReactNode, useMemo } from 'react';
import type { Distribution } from '../../core/protocol/window.ts';
import { useFormat } from '../shared/format.ts';
import { useText } from '../text/useText.tsx';
import { ChartFrame } from './ChartFrame.tsx';
import { latencyAt, percentileCurve, shareAtTail, tailPosition } from './distribution.ts';
import { Plot } from './Plot.tsx';
import type { Axis } from './place.ts';
import { logTicks, unbroken } from './points.ts';
import { useStable } from './useStable.ts';

/** What the tail axis is marked with, and the rows of the table. */
const SHARES = [0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];
const TICKS = [0, 1, 2, 3, 4, 5];
const STEPS = Array.from({ length: 51 }, (_, index) => index / 10);

const name = (position: number): string => {
  if (position >= 5) return 'max';
  const share = shareAtTail(position) * 100;
  return `p${Number(share.toFixed(Math.max(0, Math.ceil(position) - 1)))}`;
};
const TAIL: Axis = { domain: [0, 5], ticks: TICKS, format: name };

export interface DistributionSeries {
  readonly key: string;
  readonly label: string;
  readonly color: string;
  readonly dash?: string | undefined;
  readonly distribution: Pick<Distribution, 'bounds' | 'counts'>;
}

/** Latency by percentile, both axes logarithmic: the tail (p99, p99.9 ...) has as much room as the middle. */
export function DistributionChart({
  title,
  hint,
  series,
  height = 200,
  threshold,
  actions,
  id,
}: {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly series: readonly DistributionSeries[];
  readonly height?: number;
  /** Microseconds. */
  readonly threshold?: { readonly value: number; readonly label: string } | undefined;
  readonly actions?: ReactNode;
  readonly id?: string;
}): ReactNode {
  const text = useText().charts;
  const format = useFormat();
  const curves = useMemo(() => series.map((one) => ({ ...one, curve: percentileCurve(one.distribution) })), [series]);
  const points = useMemo(
    () =>
      STEPS.map((t) => ({
        t,
        ...Object.fromEntries(curves.map(({ key, curve }) => [key, latencyAt(curve, t === 5 ? 1 : shareAtTail(t))])),
      })),
    [curves],
  );
  const marks = useMemo(
    () => logTicks([...curves.flatMap(({ curve }) => curve.map(({ micros }) => micros)), threshold?.value ?? null]),
    [curves, threshold?.value],
  );
  const ticks = useStable(marks);
  const y = useMemo(
    (): Axis => ({
      domain: [ticks[0] as number, ticks.at(-1) as number],
      log: true,
      ticks,
      format: (micros) => unbroken(format.latency(micros)),
    }),
    [ticks, format],
  );
  return (
    <ChartFrame
      title={title}
      hint={hint}
      height={height}
      legend={series}
      empty={curves.every(({ curve }) => curve.length === 0)}
      actions={actions}
      {...(id === undefined ? {} : { id })}
      table={() => ({
        columns: [text.percentile, ...series.map(({ label }) => label)],
        rows: SHARES.map((share) => [
          share === 1 ? 'max' : name(tailPosition(share)),
          ...curves.map(({ curve }) => format.latency(latencyAt(curve, share))),
        ]),
      })}
    >
      <Plot
        points={points}
        series={series}
        steps
        tipTitle={name}
        tipFormat={format.latency}
        x={TAIL}
        y={y}
        height={height}
        grid="both"
        thresholdAt={threshold?.value}
        thresholdLabel={threshold?.label}
      />
    </ChartFrame>
  );
}
