import { type ReactNode, useMemo } from 'react';
import { Area, CartesianGrid, ComposedChart, Line, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { useFormat } from '../shared/format.ts';
import { useText } from '../text/useText.tsx';
import { ChartFrame } from './ChartFrame.tsx';
import { ChartTip } from './ChartTip.tsx';
import { type ChartSeries, chartPoints, logTicks, timeTicks, unbroken } from './points.ts';

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
  const ticks = useMemo(
    () =>
      log
        ? logTicks([...points.flatMap((point) => series.map(({ key }) => point[key] ?? null)), threshold?.value ?? null])
        : undefined,
    [log, points, series, threshold?.value],
  );
  const empty = !points.some((point) => series.some(({ key }) => point[key] !== null));
  const at = (ms: number): string => figures.clock(ms);
  const domain: [number, number | 'auto'] =
    ticks !== undefined ? [ticks[0] as number, ticks.at(-1) as number] : [0, maxY ?? 'auto'];
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
        <ComposedChart data={points} margin={{ top: 6, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid stroke="var(--cw-grid)" vertical={false} />
          <XAxis
            dataKey="t"
            type="number"
            domain={['dataMin', 'dataMax']}
            tickFormatter={at}
            tickLine={false}
            axisLine={{ stroke: 'var(--cw-border)' }}
            ticks={timeTicks(points[0]?.t ?? 0, points.at(-1)?.t ?? 0)}
            minTickGap={24}
            height={20}
          />
          <YAxis
            scale={log ? 'log' : 'auto'}
            domain={domain}
            {...(ticks === undefined ? {} : { ticks })}
            allowDataOverflow={log || maxY !== undefined}
            tickFormatter={(value: number) => unbroken((axisFormat ?? figures.axis)(value))}
            tickLine={false}
            axisLine={false}
            width={52}
          />
          <Tooltip
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
          {series.map(({ key, color, dash, area }) =>
            area === true ? (
              <Area
                key={key}
                dataKey={key}
                stroke={color}
                strokeDasharray={dash ?? 'none'}
                strokeWidth={1.5}
                fill={color}
                fillOpacity={0.14}
                type="linear"
                dot={false}
                activeDot={false}
                isAnimationActive={false}
              />
            ) : (
              <Line
                key={key}
                dataKey={key}
                stroke={color}
                strokeDasharray={dash ?? 'none'}
                strokeWidth={1.8}
                type="linear"
                dot={false}
                activeDot={false}
                isAnimationActive={false}
              />
            ),
          )}
        </ComposedChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}
