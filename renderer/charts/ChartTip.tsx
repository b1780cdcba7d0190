import type { ReactNode } from 'react';
import type { ChartPoint } from './points.ts';

/** What a chart says where the pointer is. */
export function ChartTip({
  point,
  series,
  title,
  format,
}: {
  readonly point: ChartPoint;
  readonly series: readonly { readonly key: string; readonly label: string; readonly color: string }[];
  readonly title: (at: number) => string;
  readonly format: (value: number) => string;
}): ReactNode {
  return (
    <div className="cw-tip">
      <div className="cw-tip-title cw-number">{title(point.t)}</div>
      {series.map(({ key, label, color }) => {
        const value = point[key];
        if (typeof value !== 'number') return null;
        return (
          <div key={key} className="cw-tip-row">
            <i style={{ background: color }} />
            <span>{label}</span>
            <span className="cw-number">{format(value)}</span>
          </div>
        );
      })}
    </div>
  );
}
