import { type ReactNode, useCallback, useMemo } from 'react';
import { CartesianGrid, ComposedChart, Line, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { useFormat } from '../shared/format.ts';
import { useText } from '../text/useText.tsx';
import { ChartFrame } from './ChartFrame.tsx';
import { ChartTip } from './ChartTip.tsx';
import { Curves } from './Curves.tsx';
import { type ChartSeries, chartPoints, linearTicks, logTicks, timeTicks, unbroken } from './points.ts';

const CARRIER = 'carrier';
/** The same objects at every redraw: Recharts takes new ones for changes. */
const MARGIN = { top: 6, right: 8, bottom: 0, left: 0 };
const AXIS_LINE = { stroke: 'var(--cw-border)' };

/** Lines and areas over time, aligned at t = 0 (the start of traffic). Values at or below 0 leave a gap on a log scale. */
export function TimeChart({
  title,
  hint,
  times,
  series,
  format,
  axisFormat,
  scale = 'linear',
  threshold,
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
  readonly threshold?: { readonly value: number; readonly label: string } | undefined;
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
    const values = [...points.flatMap((point) => series.map(({ key }) => point[key] ?? null)), threshold?.value ?? null];
    return log ? logTicks(values) : linearTicks(values);
  }, [log, maxY, points, series, threshold?.value]);
  const ticks = useStable(marks);
  const [bottom, top] = [ticks[0] as number, ticks.at(-1) as number];
  // What the pointer finds: one invisible line along the bottom, whose points carry the values of all series.
  const [from, to] = [points[0]?.t ?? 0, points.at(-1)?.t ?? 0];
  const rows = useMemo(() => points.map((point) => ({ ...point, [CARRIER]: bottom })), [points, bottom]);
  const empty = !points.some((point) => series.some(({ key }) => point[key] !== null));
  const at = figures.clock;
  const mark = useCallback((value: number) => unbroken((axisFormat ?? figures.axis)(value)), [axisFormat, figures]);
  const timeMarks = useStable(timeTicks(from, to));
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
      <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height }}>
        <ComposedChart data={rows} margin={MARGIN} accessibilityLayer={false}>
          <CartesianGrid stroke="var(--cw-grid)" vertical={false} />
          <XAxis
            dataKey="t"
            type="number"
            domain={[from, to]}
            allowDataOverflow
            tickCount={0}
            interval={0}
            tickFormatter={at}
            tickLine={false}
            axisLine={AXIS_LINE}
            ticks={timeMarks}
            height={20}
          />
          <YAxis
            scale={log ? 'log' : 'auto'}
            domain={[bottom, top]}
            ticks={ticks}
            tickCount={0}
            interval={0}
            allowDataOverflow
            tickFormatter={mark}
            tickLine={false}
            axisLine={false}
            width={52}
          />
          <Tooltip
            includeHidden
            isAnimationActive={false}
            cursor={{ stroke: 'var(--cw-border-strong)' }}
            content={<ChartTip series={series} title={at} format={format} />}
          />
          {threshold !== undefined && (
            <ReferenceLine
              y={threshold.value}
              stroke="var(--cw-fail)"
              strokeDasharray="4 3"
              label={{ value: threshold.label, position: 'insideTopRight', fill: 'var(--cw-fail)', fontSize: 11 }}
            />
          )}
          <Curves points={points} series={series} x={{ domain: [from, to] }} y={{ domain: [bottom, top], log }} />
          <Line dataKey={CARRIER} hide isAnimationActive={false} />
        </ComposedChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

/** The list of before, as long as the numbers in it are the same. */
function useStable(values: readonly number[]): readonly number[] {
  const key = values.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what is in the list
  return useMemo(() => values, [key]);
}
