import { createContext, memo, type PointerEvent, type ReactNode, useContext, useMemo, useState } from 'react';
import { CartesianGrid, ComposedChart, ResponsiveContainer, usePlotArea, XAxis, YAxis } from 'recharts';
import { ChartTip } from './ChartTip.tsx';
import { Curves, type Steps } from './Curves.tsx';
import { type Axis, nearest, place } from './place.ts';
import type { ChartPoint, ChartSeries } from './points.ts';

interface Drawn {
  readonly points: readonly ChartPoint[];
  readonly series: readonly Pick<ChartSeries, 'key' | 'label' | 'color' | 'dash' | 'area'>[];
  readonly steps: Steps;
  /** The values at a time, with their units. */
  readonly tipTitle: (at: number) => string;
  readonly tipFormat: (value: number) => string;
}

const DrawnContext = createContext<Drawn | undefined>(undefined);

/**
 * Axes and grid by Recharts, lines by `Curves`. New figures come twice a second, new axes rarely: Recharts sees the axes
 * alone and is left in peace as long as they stay the same, since each of its charts takes ten milliseconds to be told of anything.
 */
export function Plot({
  points,
  series,
  steps = 'none',
  tipTitle,
  tipFormat,
  ...frame
}: Omit<Drawn, 'steps'> & { readonly steps?: Steps } & FrameProps): ReactNode {
  const drawn = useMemo(() => ({ points, series, steps, tipTitle, tipFormat }), [points, series, steps, tipTitle, tipFormat]);
  return (
    <DrawnContext value={drawn}>
      <Frame {...frame} />
    </DrawnContext>
  );
}

interface FrameProps {
  /** Both must be the same object as long as nothing in them changes. */
  readonly x: Axis;
  readonly y: Axis;
  readonly height: number;
  readonly grid?: 'horizontal' | 'both';
  /** Limits: a line from the left to this place, which curves must pass below. */
  readonly marks?: readonly { readonly x: number; readonly y: number }[];
}

const MARGIN = { top: 6, right: 14, bottom: 0, left: 0 };
const AXIS_LINE = { stroke: 'var(--cw-border)' };
const NOTHING: never[] = [];

const Frame = memo(function Frame({ x, y, height, grid = 'horizontal', marks = NOTHING }: FrameProps): ReactNode {
  return (
    <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height }}>
      <ComposedChart data={NOTHING} margin={MARGIN} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--cw-grid)" vertical={grid === 'both'} />
        <XAxis
          dataKey="t"
          type="number"
          scale={x.log === true ? 'log' : 'auto'}
          domain={[...x.domain]}
          allowDataOverflow
          ticks={x.ticks}
          tickCount={0}
          interval={0}
          tickFormatter={x.format}
          tickLine={false}
          axisLine={AXIS_LINE}
          height={20}
        />
        <YAxis
          type="number"
          scale={y.log === true ? 'log' : 'auto'}
          domain={[...y.domain]}
          allowDataOverflow
          ticks={y.ticks}
          tickCount={0}
          interval={0}
          tickFormatter={y.format}
          tickLine={false}
          axisLine={false}
          width={58}
        />
        <Content x={x} y={y} marks={marks} />
      </ComposedChart>
    </ResponsiveContainer>
  );
});

const TIP_WIDTH = 250;

/** The lines, and what they say where the pointer is. */
function Content({ x, y, marks }: Required<Pick<FrameProps, 'x' | 'y' | 'marks'>>): ReactNode {
  const drawn = useContext(DrawnContext);
  const plot = usePlotArea();
  const [pointer, setPointer] = useState<number>();
  if (drawn === undefined || plot === undefined) return null;
  const { points, series, steps, tipTitle, tipFormat } = drawn;
  const atX = place(x, plot.x, plot.x + plot.width);
  const found = pointer === undefined ? undefined : nearest(points, (point) => atX(point.t), pointer);
  const foundX = found === undefined ? 0 : atX(found.t);
  const follow = (event: PointerEvent<SVGRectElement>): void =>
    setPointer(plot.x + event.clientX - event.currentTarget.getBoundingClientRect().left);
  const left = foundX > plot.x + plot.width / 2;
  const atY = place(y, plot.y + plot.height, plot.y);
  return (
    <>
      <Curves points={points} series={series} x={x} y={y} plot={plot} steps={steps} />
      {marks.map((mark) => (
        <g key={`${mark.x} ${mark.y}`} className="cw-plot-limit">
          <line x1={plot.x} x2={atX(mark.x)} y1={atY(mark.y)} y2={atY(mark.y)} />
          <circle cx={atX(mark.x)} cy={atY(mark.y)} r={3.5} />
        </g>
      ))}
      {found !== undefined && (
        <line x1={foundX} x2={foundX} y1={plot.y} y2={plot.y + plot.height} stroke="var(--cw-border-strong)" />
      )}
      <rect
        className="cw-plot-pointer"
        x={plot.x}
        y={plot.y}
        width={plot.width}
        height={plot.height}
        fill="transparent"
        onPointerMove={follow}
        onPointerLeave={() => setPointer(undefined)}
      />
      {found !== undefined && (
        <foreignObject
          className={`cw-tip-room${left ? ' cw-tip-left' : ''}`}
          x={left ? foundX - TIP_WIDTH - 10 : foundX + 10}
          y={plot.y}
          width={TIP_WIDTH}
          height={plot.height}
        >
          <ChartTip point={found} series={series} title={tipTitle} format={tipFormat} />
        </foreignObject>
      )}
    </>
  );
}
