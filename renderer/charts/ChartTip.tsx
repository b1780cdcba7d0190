import type { ReactNode } from 'react';

interface Entry {
  /** The row of the data under the pointer. */
  readonly payload?: unknown;
}

/** What a chart says where the pointer is. Recharts fills `active`, `payload` and `label`. */
export function ChartTip({
  active,
  payload,
  label,
  series,
  title,
  format,
}: {
  readonly active?: boolean;
  readonly payload?: readonly Entry[];
  readonly label?: unknown;
  readonly series: readonly { readonly key: string; readonly label: string; readonly color: string }[];
  readonly title: (at: number) => string;
  readonly format: (value: number) => string;
}): ReactNode {
  if (active !== true || payload === undefined || payload.length === 0) return null;
  const row = (payload[0]?.payload ?? {}) as Readonly<Record<string, unknown>>;
  return (
    <div className="cw-tip">
      <div className="cw-tip-title cw-number">{title(Number(label))}</div>
      {series.map(({ key, label: name, color }) => {
        const value = row[key];
        if (typeof value !== 'number') return null;
        return (
          <div key={key} className="cw-tip-row">
            <i style={{ background: color }} />
            <span>{name}</span>
            <span className="cw-number">{format(value)}</span>
          </div>
        );
      })}
    </div>
  );
}
