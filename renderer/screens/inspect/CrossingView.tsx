import type { ReactNode } from 'react';
import type { InspectArrow } from '../../../core/protocol/window.ts';
import { WireText } from '../../shared/WireText.tsx';
import { useLabText, useText } from '../../text/useText.tsx';
import { type CrossingLink, type CrossingRow, crossingOf } from './crossing.ts';

const ROW = 46;
const WIDTH = 150;
const MIDDLE = WIDTH / 2;
const yOf = (row: number): number => row * ROW + ROW / 2;

function Column({
  title,
  rows,
  active,
}: {
  readonly title: string;
  readonly rows: readonly CrossingRow[];
  readonly active: (row: number) => boolean;
}): ReactNode {
  const text = useText().inspect;
  const labText = useLabText();
  return (
    <div className="cw-crossing-column">
      <h3>{title}</h3>
      {rows.map((row, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: rows stand at their place
          key={index}
          className="cw-crossing-row"
          style={{ height: ROW - 6 }}
          data-unset={row.value === null || undefined}
          data-active={active(index) || undefined}
        >
          <span className="cw-crossing-field">
            <WireText text={labText(row.field)} limit={40} />
          </span>
          <span className="cw-crossing-value">
            {row.value === null ? (
              <span className="cw-dim">{text.notSet}</span>
            ) : row.dropped ? (
              <del>
                <WireText text={row.value} limit={60} mono />
              </del>
            ) : (
              <WireText text={row.value} limit={60} mono />
            )}
          </span>
        </div>
      ))}
    </div>
  );
}

function Arrow({
  link,
  active,
  dim,
}: {
  readonly link: CrossingLink;
  readonly active: boolean;
  readonly dim: boolean;
}): ReactNode {
  const from = yOf(link.from);
  const className = `cw-crossing-link cw-crossing-${link.kind}`;
  const state = { 'data-active': active || undefined, 'data-dim': dim || undefined };
  if (link.to === null) {
    const end = MIDDLE - 6;
    return (
      <g className={className} {...state}>
        <path d={`M2,${from} H${end}`} />
        {link.kind === 'used' ? (
          <circle cx={end} cy={from} r={4.5} />
        ) : (
          <path d={`M${end - 5},${from - 5} l10,10 m0,-10 l-10,10`} className="cw-crossing-cross" />
        )}
      </g>
    );
  }
  const to = yOf(link.to);
  const tip = WIDTH - 3;
  return (
    <g className={className} {...state}>
      <path d={`M2,${from} C${MIDDLE},${from} ${MIDDLE},${to} ${tip - 8},${to}`} />
      <polygon points={`${tip},${to} ${tip - 9},${to - 5} ${tip - 9},${to + 5}`} />
    </g>
  );
}

/** The message on both sides, and an arrow for each property from where it stood to where it went. The table of rules says the same in words. */
export function CrossingView({
  direction,
  arrows,
  active,
}: {
  readonly direction: 'up' | 'down';
  readonly arrows: readonly InspectArrow[];
  /** The arrow that is pointed at in the table. */
  readonly active: number | null;
}): ReactNode {
  const text = useText().inspect;
  const { left, right, links } = crossingOf(arrows);
  const pointed = links.find((link) => link.arrow === active);
  const kinds = (['carried', 'default', 'used', 'dropped'] as const).filter((kind) => links.some((link) => link.kind === kind));
  const height = Math.max(left.length, right.length) * ROW;
  return (
    <div className="cw-crossing" data-direction={direction}>
      <Column title={direction === 'up' ? text.packet : text.message} rows={left} active={(row) => pointed?.from === row} />
      <svg width={WIDTH} height={height} viewBox={`0 0 ${WIDTH} ${height}`} aria-hidden="true" className="cw-crossing-arrows">
        {links.map((link) => (
          <Arrow key={link.arrow} link={link} active={link === pointed} dim={pointed !== undefined && link !== pointed} />
        ))}
      </svg>
      <Column title={direction === 'up' ? text.message : text.packet} rows={right} active={(row) => pointed?.to === row} />
      <ul className="cw-crossing-legend">
        {kinds.map((kind) => (
          <li key={kind}>
            <svg width={30} height={10} viewBox="0 0 30 10" aria-hidden="true" className={`cw-crossing-link cw-crossing-${kind}`}>
              <path d="M0,5 H30" />
            </svg>
            {text.legend[kind]}
          </li>
        ))}
      </ul>
    </div>
  );
}
