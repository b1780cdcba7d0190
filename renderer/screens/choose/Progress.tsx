import { Progress as Bar, Button } from '@mantine/core';
import { IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useFormat } from '../../shared/format.ts';
import { WireText } from '../../shared/WireText.tsx';
import { wirePlain } from '../../shared/wire.ts';
import { useText } from '../../text/useText.tsx';
import type { Choose } from './useChoose.ts';

/** Measure all; while it is measured: which row, how far, and cancel. */
export function Progress({ choose }: { readonly choose: Choose }): ReactNode {
  const words = useText().choose;
  const format = useFormat();
  const { table, measuring, asked, starting } = choose;
  if (measuring === null) {
    const some = table?.rows.some(({ measured }) => measured !== null) ?? false;
    // Where nothing is measured, the one thing to do stands in the empty state.
    if (!some && !starting) return null;
    return (
      <Button
        size="xs"
        loading={starting}
        disabled={table === undefined}
        leftSection={<IconPlayerPlay size={15} aria-hidden="true" />}
        onClick={() => choose.run()}
      >
        {words.runAll}
      </Button>
    );
  }
  const other = measuring.engine !== table?.engine;
  const row = other ? undefined : table?.rows.find(({ id }) => id === measuring.row);
  const place = asked.indexOf(measuring.row);
  const within = measuring.steps > 0 ? Math.min(1, measuring.step / measuring.steps) : 0;
  const done = asked.length > 1 && place >= 0 ? (place + within) / asked.length : measuring.steps > 0 ? within : null;
  const title = words.title(measuring.row, row?.title ?? measuring.row);
  return (
    <div className="cw-choose-progress">
      <span role="status">
        <b>{other ? words.otherEngine(wirePlain(measuring.engine, 40)) : <WireText text={title} limit={50} />}</b>
        {asked.length > 1 && place >= 0 && ` · ${words.rowOf(format.count(place + 1), format.count(asked.length))}`}
        {measuring.steps > 0 && ` · ${words.stepOf(format.count(measuring.step), format.count(measuring.steps))}`}
      </span>
      {/* Without a number of steps there is no honest share to show. */}
      <Bar w={120} size="sm" value={done === null ? 100 : done * 100} animated={done === null} aria-label={words.running} />
      <Button size="xs" variant="default" leftSection={<IconPlayerStop size={15} aria-hidden="true" />} onClick={choose.cancel}>
        {words.cancel}
      </Button>
    </div>
  );
}
