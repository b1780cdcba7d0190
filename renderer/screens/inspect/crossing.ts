/** Where the fields of a message and the arrows between them are drawn: two columns of rows of one height. */
import type { InspectArrow } from '../../../core/protocol/window.ts';

export interface CrossingRow {
  readonly field: string;
  /** null: nobody set it. */
  readonly value: string | null;
  readonly dropped: boolean;
}
export interface CrossingLink {
  /** Index into the arrows. */
  readonly arrow: number;
  readonly from: number;
  /** null: it ends between the columns. */
  readonly to: number | null;
  /** `used`: it had its effect on the way, e.g. it chose the receiver, and goes no further. */
  readonly kind: 'carried' | 'default' | 'used' | 'dropped';
}
export interface Crossing {
  readonly left: readonly CrossingRow[];
  readonly right: readonly CrossingRow[];
  readonly links: readonly CrossingLink[];
}

/** One row for each field and value on each side, in the order of the arrows; an arrow of something unset gets a row of its own. */
export function crossingOf(arrows: readonly InspectArrow[]): Crossing {
  const left: CrossingRow[] = [];
  const right: CrossingRow[] = [];
  const row = (rows: CrossingRow[], next: CrossingRow): number => {
    const index = rows.findIndex(
      ({ field, value, dropped }) => field === next.field && value === next.value && dropped === next.dropped,
    );
    return index >= 0 ? index : rows.push(next) - 1;
  };
  const links = arrows.flatMap((arrow, index): CrossingLink[] => {
    if (arrow.from === null && arrow.to === null) return [];
    const from = row(left, {
      field: arrow.from?.field ?? arrow.property,
      value: arrow.from?.value ?? null,
      dropped: arrow.dropped && arrow.from !== null,
    });
    const to = arrow.to === null ? null : row(right, { field: arrow.to.field, value: arrow.to.value, dropped: false });
    return [{ arrow: index, from, to, kind: kindOf(arrow) }];
  });
  return { left, right, links };
}

export function kindOf({ to, dropped, used = false, isDefault }: InspectArrow): CrossingLink['kind'] {
  if (used && !dropped) return 'used';
  if (dropped || to === null) return 'dropped';
  return isDefault ? 'default' : 'carried';
}
