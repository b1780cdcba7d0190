import { SegmentedControl } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import type { Distribution } from '../../core/protocol/window.ts';
import { type Format, useFormat } from '../shared/format.ts';
import type { Texts } from '../text/en.ts';
import { useText } from '../text/useText.tsx';
import { ChartFrame, type ChartTable } from './ChartFrame.tsx';
import type { Steps } from './Curves.tsx';
import { latencyAt, percentileCurve, percentileName, shareAtTail, tailPosition } from './distribution.ts';
import { histogramBars } from './histogram.ts';
import { Plot } from './Plot.tsx';
import type { Axis } from './place.ts';
import { type ChartPoint, linearTicks, logTicks, unbroken } from './points.ts';
import { useStable } from './useStable.ts';

export interface DistributionSeries {
  readonly key: string;
  readonly label: string;
  readonly color: string;
  readonly dash?: string | undefined;
  readonly distribution: Pick<Distribution, 'bounds' | 'counts'>;
}

/** What a percentile must stay below. */
export interface DistributionLimit {
  readonly label: string;
  /** 0..1 */
  readonly share: number;
  readonly micros: number;
}

const NO_LIMITS: readonly DistributionLimit[] = [];

const VIEWS = ['percentiles', 'histogram'] as const;
type View = (typeof VIEWS)[number];

/**
 * How long deliveries took, seen in two ways: by percentile, where the tail (p99, p99.9 ...) has as much room as the
 * middle, and as a histogram, where the humps show.
 */
export function DistributionChart({
  title,
  hint,
  series,
  limits = NO_LIMITS,
  height = 200,
  id,
}: {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly series: readonly DistributionSeries[];
  /** Drawn among the percentiles. */
  readonly limits?: readonly DistributionLimit[];
  readonly height?: number;
  readonly id?: string;
}): ReactNode {
  const text = useText().charts;
  const format = useFormat();
  const [view, setView] = useState<View>('percentiles');
  const drawing = useMemo(
    () => (view === 'percentiles' ? byPercentile(series, limits, text, format) : asHistogram(series, text, format)),
    [view, series, limits, text, format],
  );
  const { points, steps, tipTitle, tipFormat, table } = drawing;
  const x = useAxis(drawing.x);
  const y = useAxis(drawing.y);
  const drawn = useMemo(() => (view === 'histogram' ? series.map((one) => ({ ...one, area: true })) : series), [view, series]);
  const marks = useMemo(
    () => (view === 'percentiles' ? limits.map(({ share, micros }) => ({ x: tailPosition(share), y: micros })) : []),
    [view, limits],
  );
  const legend = useMemo(
    () =>
      view === 'percentiles'
        ? [...series, ...limits.map(({ label }) => ({ key: label, label, color: 'var(--cw-fail)', dash: '4 3' }))]
        : series,
    [view, series, limits],
  );
  return (
    <ChartFrame
      title={title}
      hint={hint}
      height={height}
      legend={legend}
      empty={points.length === 0}
      {...(id === undefined ? {} : { id })}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={text.drawnAs(title)}
          value={view}
          onChange={(value) => setView(value as View)}
          data={VIEWS.map((value) => ({ value, label: text.views[value] }))}
        />
      }
      table={table}
    >
      <Plot
        points={points}
        series={drawn}
        steps={steps}
        tipTitle={tipTitle}
        tipFormat={tipFormat}
        x={x}
        y={y}
        height={height}
        grid="both"
        marks={marks}
      />
    </ChartFrame>
  );
}

type Scale = Omit<Axis, 'domain'>;

interface Drawing {
  readonly points: readonly ChartPoint[];
  readonly steps: Steps;
  readonly x: Scale;
  readonly y: Scale;
  readonly tipTitle: (at: number) => string;
  readonly tipFormat: (value: number) => string;
  readonly table: () => ChartTable;
}

/** From the first mark to the last. The same as before as long as its marks are. */
function useAxis({ log = false, ticks: marks, format }: Scale): Axis {
  const ticks = useStable(marks);
  return useMemo(
    () => ({ domain: [ticks[0] ?? 0, ticks.at(-1) ?? 1], log, ticks, format: (value) => unbroken(format(value)) }),
    [ticks, log, format],
  );
}

/** What the tail axis is marked with, and the rows of the table. */
const SHARES = [0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];
const STEPS = Array.from({ length: 51 }, (_, index) => index / 10);

const nameAt = (position: number): string => percentileName(position >= 5 ? 1 : shareAtTail(position));
const TAIL: Scale = { ticks: [0, 1, 2, 3, 4, 5], format: nameAt };

function byPercentile(
  series: readonly DistributionSeries[],
  limits: readonly DistributionLimit[],
  text: Texts['charts'],
  format: Format,
): Drawing {
  const curves = series.map(({ key, distribution }) => ({ key, curve: percentileCurve(distribution) }));
  const empty = curves.every(({ curve }) => curve.length === 0);
  return {
    points: (empty ? [] : STEPS).map((t) => ({
      t,
      ...Object.fromEntries(curves.map(({ key, curve }) => [key, latencyAt(curve, t === 5 ? 1 : shareAtTail(t))])),
    })),
    steps: 'at next',
    x: TAIL,
    y: {
      log: true,
      ticks: logTicks([...curves.flatMap(({ curve }) => curve), ...limits].map(({ micros }) => micros)),
      format: format.latency,
    },
    tipTitle: nameAt,
    tipFormat: format.latency,
    table: () => ({
      columns: [text.percentile, ...series.map(({ label }) => label)],
      rows: SHARES.map((share) => [percentileName(share), ...curves.map(({ curve }) => format.latency(latencyAt(curve, share)))]),
    }),
  };
}

function asHistogram(series: readonly DistributionSeries[], text: Texts['charts'], format: Format): Drawing {
  const bars = histogramBars(series.map(({ distribution }) => distribution));
  const range = (at: number): string => {
    const bar = bars.find(({ middle }) => middle === at);
    return bar === undefined ? '' : text.between(format.latency(bar.from), format.latency(bar.to));
  };
  return {
    points: bars.map(({ middle, shares }) => ({
      t: middle,
      ...Object.fromEntries(series.map(({ key }, index) => [key, shares[index] ?? null])),
    })),
    steps: 'half way',
    x: { log: true, ticks: logTicks(bars.flatMap(({ from, to }) => [from, to])), format: format.latency },
    y: {
      ticks: linearTicks(bars.flatMap(({ shares }) => shares.map((share) => 100 * (share ?? 0)))).map((mark) => mark / 100),
      format: format.percent,
    },
    tipTitle: range,
    tipFormat: format.percent,
    table: () => ({
      columns: [text.latency, ...series.map(({ label }) => label)],
      rows: bars.map(({ middle, counts, shares }) => [
        range(middle),
        ...series.map((_, index) =>
          (shares[index] ?? null) === null
            ? text.noValue
            : text.shareAndCount(format.percent(shares[index]), format.count(counts[index])),
        ),
      ]),
    }),
  };
}
