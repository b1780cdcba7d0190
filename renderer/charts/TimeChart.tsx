import { type ReactNode, useMemo, useRef } from 'react';
import { useFormat } from '../shared/format.ts';
import { useText } from '../text/useText.tsx';
import { ChartFrame } from './ChartFrame.tsx';
import { Plot } from './Plot.tsx';
import { type Axis, roomFor } from './place.ts';
import { type ChartSeries, chartPoints, linearTicks, logTicks, timeTicks, unbroken } from './points.ts';
import { useStable } from './useStable.ts';

/** Lines and areas over time, aligned at t = 0 (the start of traffic). Values at or below 0 leave a gap on a log scale. */
export function TimeChart({
  title,
  hint,
  times,
  series,
  format,
  axisFormat,
  scale = 'linear',
  height = 200,
  maxY,
  actions,
  id,
  emptyText,
}: {
  readonly title: string;
  readonly hint?: ReactNode;
  /** Milliseconds since the start of traffic, rising. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  /** A value with its unit, for the tip and the table. */
  readonly format: (value: number) => string;
  /** Shorter, for the axis. */
  readonly axisFormat?: (value: number) => string;
  readonly scale?: 'linear' | 'log';
  readonly height?: number;
  /** Fixed top of the axis, e.g. 1 for shares. */
  readonly maxY?: number;
  readonly actions?: ReactNode;
  readonly id?: string;
  readonly emptyText?: string;
}): ReactNode {
  const text = useText().charts;
  const figures = useFormat();
  const log = scale === 'log';
  const points = useMemo(() => {
    const rows = chartPoints(times, series);
    if (!log) return rows;
    for (const row of rows as Record<string, number | null>[])
      for (const { key } of series) if ((row[key] ?? 1) <= 0) row[key] = null;
    return rows;
  }, [times, series, log]);
  const marks = useMemo(() => {
    if (!log && maxY !== undefined) return [0, 0.25, 0.5, 0.75, 1].map((share) => share * maxY);
    const values = points.flatMap((point) => series.map(({ key }) => point[key] ?? null));
    return log ? logTicks(values) : linearTicks(values);
  }, [log, maxY, points, series]);
  const ticks = useStable(marks);
  const from = points[0]?.t ?? 0;
  const to = useRoom(from, points.at(-1)?.t ?? 0);
  const at = figures.clock;
  const x = useMemo((): Axis => ({ domain: [from, to], ticks: timeTicks(from, to), format: at }), [from, to, at]);
  const y = useMemo((): Axis => {
    const format = (value: number): string => unbroken((axisFormat ?? figures.axis)(value));
    return { domain: [ticks[0] as number, ticks.at(-1) as number], log, ticks, format };
  }, [ticks, log, axisFormat, figures]);
  const empty = !points.some((point) => series.some(({ key }) => point[key] !== null));
  return (
    <ChartFrame
      title={title}
      hint={hint}
      height={height}
      legend={series}
      empty={empty}
      {...(emptyText === undefined ? {} : { emptyText })}
      {...(id === undefined ? {} : { id })}
      actions={actions}
      table={() => ({
        columns: [text.time, ...series.map(({ label }) => label)],
        rows: points.map((point) => [
          at(point.t),
          ...series.map(({ key }) => {
            const value = point[key];
            return value === null || value === undefined ? text.noValue : format(value);
          }),
        ]),
      })}
    >
      <Plot points={points} series={series} tipTitle={at} tipFormat={format} x={x} y={y} height={height} />
    </ChartFrame>
  );
}

/** Where the axis ends (see `roomFor`). */
function useRoom(from: number, to: number): number {
  const held = useRef<number>(undefined);
  held.current = roomFor(held.current, from, to);
  return held.current;
}
