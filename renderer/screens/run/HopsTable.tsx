import { memo, type ReactNode } from 'react';
import type { Latency, Path, RunResult } from '../../../core/protocol/result.ts';
import { DataTable } from '../../shared/DataTable.tsx';
import { DirectionMark } from '../../shared/DirectionMark.tsx';
import { DASH, useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { useText } from '../../text/useText.tsx';
import { directionLook } from '../../theme/directions.ts';
import './HopsTable.css';
import { isAtOnce } from './topology.ts';

interface Row {
  readonly key: string;
  readonly name: string;
  readonly latency: Latency;
  /** Of the end-to-end mean; null for the sums. */
  readonly share: number | null;
}

/** Where the time went: each hop's latency, and that their means add up to the whole. */
export const HopsTable = memo(function HopsTable({ result }: { readonly result: RunResult | null }): ReactNode {
  const words = useText().run.hops;
  const paths = result?.paths.filter(({ endToEnd }) => endToEnd.count > 0) ?? [];
  return (
    <Panel id="run-hops" title={words.title} hint={words.hint} flush>
      {paths.length === 0 ? (
        <p className="cw-later cw-dim">{result === null ? words.later : words.nothing}</p>
      ) : (
        paths.map((path) => <PathTable key={path.direction} path={path} engine={result?.engine.name ?? ''} />)
      )}
    </Panel>
  );
});

function PathTable({ path, engine }: { readonly path: Path; readonly engine: string }): ReactNode {
  const texts = useText();
  const words = texts.run.hops;
  const format = useFormat();
  const whole = path.endToEnd.mean;
  const names: Readonly<Record<string, string>> = texts.run.topology.hops;
  const rows: readonly Row[] = [
    ...path.hops.map(({ name, latency }) => ({
      key: name,
      name: names[name] ?? name,
      latency,
      share: whole === null || whole <= 0 || latency.mean === null || isAtOnce(engine, name) ? null : latency.mean / whole,
    })),
    { key: 'endToEnd', name: words.endToEnd, latency: path.endToEnd, share: null },
    { key: 'service', name: words.service, latency: path.service, share: null },
  ];
  const figure = (key: 'mean' | 'p50' | 'p95' | 'p99' | 'p999' | 'max') => ({
    key,
    label: key === 'p999' ? 'p99.9' : key === 'mean' ? words.mean : key,
    numeric: true,
    render: ({ key: hop, latency }: Row) =>
      isAtOnce(engine, hop) ? <span title={texts.run.topology.atOnce}>{DASH}</span> : format.latency(latency[key]),
  });
  const color = directionLook[path.direction].color;
  return (
    <div className="cw-path">
      <div className="cw-path-head">
        <DirectionMark direction={path.direction} long />
        <span className="cw-dim">{words.sum(format.latency(path.sumOfHopMeans), format.latency(whole))}</span>
        {path.untraced > 0 && <span className="cw-dim">{words.untraced(format.count(path.untraced))}</span>}
      </div>
      <DataTable
        caption={`${words.title}: ${texts.shared.directions[path.direction]}`}
        columns={[
          {
            key: 'name',
            label: words.hop,
            render: ({ key, name }) => (key === 'endToEnd' || key === 'service' ? <b>{name}</b> : name),
          },
          {
            key: 'share',
            label: words.share,
            width: 150,
            render: ({ share }) =>
              share === null ? null : (
                <span className="cw-share" title={format.percent(share)}>
                  <i style={{ width: `${Math.min(100, Math.max(0.5, share * 100))}%`, background: color }} />
                  <span className="cw-number">{format.percent(share, 0)}</span>
                </span>
              ),
          },
          figure('mean'),
          figure('p50'),
          figure('p95'),
          figure('p99'),
          figure('p999'),
          figure('max'),
        ]}
        rows={rows}
        rowKey={({ key }) => key}
      />
    </div>
  );
}
