import { type ReactNode, useMemo } from 'react';
import { type Axis, place } from './place.ts';
import type { ChartPoint, ChartSeries } from './points.ts';

/** How a value goes over to the next one: in a straight line, at the next one's place, or half way there. */
export type Steps = 'none' | 'at next' | 'half way';

/**
 * The lines and areas of a chart, each one SVG path. Recharts' own lines keep labels, hover areas and animations for each
 * point of each line: drawn twice a second, they would take more of the main thread than everything else of the window.
 */
export function Curves({
  points,
  series,
  x,
  y,
  plot,
  steps,
}: {
  readonly points: readonly ChartPoint[];
  readonly series: readonly Pick<ChartSeries, 'key' | 'color' | 'dash' | 'area'>[];
  readonly x: Pick<Axis, 'domain' | 'log'>;
  readonly y: Pick<Axis, 'domain' | 'log'>;
  readonly plot: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly steps: Steps;
}): ReactNode {
  const { x: left, y: top, width, height } = plot;
  const drawn = useMemo(() => {
    const atX = place(x, left, left + width);
    const atY = place(y, top + height, top);
    const xs = points.map(({ t }) => atX(t));
    return series.map(({ key }) =>
      paths(
        xs,
        points.map((point) => (typeof point[key] === 'number' ? atY(point[key]) : null)),
        top + height,
        steps,
      ),
    );
  }, [points, series, x, y, left, top, width, height, steps]);
  return (
    <g fill="none">
      {series.map(({ key, color, dash, area }, index) => (
        <g key={key} data-series={key}>
          {area === true && <path d={drawn[index]?.below} fill={color} fillOpacity={0.14} />}
          <path
            className="cw-curve"
            d={drawn[index]?.line}
            stroke={color}
            strokeWidth={area === true ? 1.5 : 1.8}
            strokeDasharray={dash}
            strokeLinejoin="round"
            strokeLinecap={dash === undefined ? 'round' : 'butt'}
          />
        </g>
      ))}
    </g>
  );
}

/** A line through the points, broken where there is no value, and the area between it and the floor. A lonely point is a dot. */
export function paths(
  xs: readonly number[],
  ys: readonly (number | null)[],
  floor: number,
  steps: Steps = 'none',
): { readonly line: string; readonly below: string } {
  let line = '';
  let below = '';
  let from = -1;
  for (let index = 0; index <= ys.length; index += 1) {
    const y = ys[index] ?? null;
    if (y !== null) {
      const next = from < 0 ? `${xs[index]},${y}` : stepTo(xs, index, y, steps);
      line += from < 0 ? `M${next}` : next;
      below += from < 0 ? `M${xs[index]},${floor}L${next}` : next;
      if (from < 0) from = index;
    } else if (from >= 0) {
      if (from === index - 1) line += 'h0';
      below += `V${floor}Z`;
      from = -1;
    }
  }
  return { line, below };
}

function stepTo(xs: readonly number[], index: number, y: number, steps: Steps): string {
  const x = xs[index] as number;
  if (steps === 'none') return `L${x},${y}`;
  if (steps === 'at next') return `H${x}V${y}`;
  return `H${((xs[index - 1] as number) + x) / 2}V${y}H${x}`;
}
