import { Button, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronDown, IconChevronRight, IconMinus, IconX } from '@tabler/icons-react';
import { type ReactNode, useId, useState } from 'react';
import type { ChooseCell, ChooseRow } from '../../../core/protocol/choose.ts';
import { useFormat } from '../../shared/format.ts';
import { WireText } from '../../shared/WireText.tsx';
import { useLabText, useText } from '../../text/useText.tsx';
import { FigurePairs } from './FigurePairs.tsx';
import { keyPairs } from './figures.ts';
import { RowDetails } from './RowDetails.tsx';
import type { Choose } from './useChoose.ts';

function Cell({ cell, measured }: { readonly cell: ChooseCell; readonly measured: boolean }): ReactNode {
  const words = useText().choose;
  const state = cell.holds === true ? 'yes' : cell.holds === false ? 'no' : measured ? 'unknown' : 'none';
  const Icon = { yes: IconCheck, no: IconX, unknown: IconMinus, none: IconMinus }[state];
  return (
    <td data-side={cell.side}>
      <div className="cw-claim">
        <WireText text={words.claim(cell.claim)} limit={140} />
      </div>
      <div className="cw-holds" data-holds={state}>
        <Icon size={14} aria-hidden="true" /> {words.holds[state]}
      </div>
    </td>
  );
}

/** A row of a table: claims, figures, what follows, how it was measured. */
export function ComparisonRow({ row, choose }: { readonly row: ChooseRow; readonly choose: Choose }): ReactNode {
  const words = useText().choose;
  const labText = useLabText();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const detailsId = useId();
  const { table, measuring, asked, failed, starting } = choose;
  const title = words.title(row.id, row.title);
  const mine = measuring !== null && measuring.engine === table?.engine;
  const running = mine && measuring.row === row.id;
  const place = asked.indexOf(row.id);
  const waiting = place >= 0 && mine && place > asked.indexOf(measuring.row);
  const problem = failed.get(row.id);
  const pairs = row.measured === null ? [] : keyPairs(row);
  const below = pairs.length > 0 || running || problem !== undefined;
  const span = below ? 2 : 1;
  const recommended = row.recommended ?? (row.measured === null ? 'none' : 'open');
  return (
    <tbody id={`choose-${row.id}`} data-running={running || undefined} tabIndex={-1}>
      <tr className="cw-choose-row">
        <th scope="row" rowSpan={span}>
          <div className="cw-choose-title">
            <WireText text={title} limit={120} />
          </div>
          <UnstyledButton
            className="cw-how"
            aria-expanded={open}
            aria-controls={open ? detailsId : undefined}
            aria-label={`${words.how} ${title}`}
            onClick={() => setOpen(!open)}
          >
            {open ? <IconChevronDown size={13} aria-hidden="true" /> : <IconChevronRight size={13} aria-hidden="true" />}
            {words.how}
          </UnstyledButton>
          {row.measured !== null && (
            <div className="cw-choose-when cw-dim">
              <WireText text={row.measured.engine} limit={80} />, {format.date(row.measured.at)}
            </div>
          )}
          {row.measured?.overloaded === true && <div className="cw-busy">{words.overloadedShort}</div>}
        </th>
        <Cell cell={row.mqtt} measured={row.measured !== null} />
        <Cell cell={row.mq} measured={row.measured !== null} />
        <td rowSpan={span} className="cw-recommended">
          <span data-use={recommended}>{words.recommended[recommended]}</span>
          {row.measured !== null && (
            <div className="cw-dim">
              <WireText text={labText(row.reason)} limit={160} />
            </div>
          )}
        </td>
        <td rowSpan={span} className="cw-choose-run">
          <Button
            size="compact-xs"
            variant="default"
            disabled={measuring !== null || starting}
            aria-label={words.runRow(row.measured === null ? words.run : words.again, title)}
            onClick={() => choose.run([row.id])}
          >
            {row.measured === null ? words.run : words.again}
          </Button>
          <div className="cw-dim">{waiting ? words.waiting : `≈ ${format.duration(row.seconds * 1_000)}`}</div>
        </td>
      </tr>
      {below && (
        <tr>
          <td colSpan={2} className="cw-choose-figures">
            {running && (
              <div className="cw-choose-now">
                {words.running}
                {measuring.text !== '' && ': '}
                {measuring.text !== '' && <WireText text={labText(measuring.text)} limit={120} />}
              </div>
            )}
            {problem !== undefined && (
              <div className="cw-choose-problem">
                {words.rowFailed}: <WireText text={labText(problem)} limit={300} />
              </div>
            )}
            {pairs.length > 0 && <FigurePairs pairs={pairs} label={title} />}
          </td>
        </tr>
      )}
      {open && (
        <tr>
          <td colSpan={5} id={detailsId} className="cw-choose-details">
            <RowDetails row={row} />
          </td>
        </tr>
      )}
    </tbody>
  );
}
