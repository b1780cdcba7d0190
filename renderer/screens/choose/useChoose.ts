/** The table of one engine, kept true by what the lab pushes, and the measuring that is under way. */
import { useCallback, useEffect, useState } from 'react';
import type { ChooseRowId, ChooseTable } from '../../../core/protocol/choose.ts';
import type { EngineName } from '../../../core/protocol/window.ts';
import { useLab } from '../../client/context.tsx';
import { useCall } from '../../client/useCall.ts';

export interface Measuring {
  /** May be another engine than the one that is shown. */
  readonly engine: string;
  readonly row: ChooseRowId;
  readonly text: string;
  readonly step: number;
  /** 0: not known. */
  readonly steps: number;
}

export interface Choose {
  readonly table: ChooseTable | undefined;
  readonly measuring: Measuring | null;
  /** Asked of the lab by this window, in the order of the table; empty: by somebody else. */
  readonly asked: readonly ChooseRowId[];
  /** Why rows could not be measured. */
  readonly failed: ReadonlyMap<ChooseRowId, string>;
  readonly error: Error | undefined;
  /** The lab has been asked and has not begun yet. */
  readonly starting: boolean;
  /** No rows: all. */
  run(rows?: readonly ChooseRowId[]): void;
  cancel(): void;
  reload(): void;
}

const NONE: readonly ChooseRowId[] = [];

export function useChoose(engine: EngineName | undefined): Choose {
  const lab = useLab();
  const asking = useCall('choose.table', engine === undefined ? null : { engine });
  const [table, setTable] = useState<ChooseTable>();
  const [measuring, setMeasuring] = useState<Measuring | null>(null);
  const [asked, setAsked] = useState(NONE);
  const [failed, setFailed] = useState<ReadonlyMap<ChooseRowId, string>>(new Map());
  const [error, setError] = useState<Error>();
  const [starting, setStarting] = useState(false);
  const { data, reload } = asking;

  useEffect(() => {
    if (data === undefined) return;
    setTable(data);
    setMeasuring((before) => {
      if (data.running !== null)
        return before?.engine === data.engine && before.row === data.running
          ? before
          : { engine: data.engine, row: data.running, text: '', step: 0, steps: 0 };
      return before?.engine === data.engine ? null : before;
    });
  }, [data]);

  useEffect(() => {
    setFailed(new Map());
    setError(undefined);
    return lab.onPush((push) => {
      if (push.push !== 'choose') return;
      const { running, row, error: problem } = push;
      setStarting(false);
      setMeasuring(running === null ? null : { ...push, row: running });
      if (running === null) setAsked(NONE);
      if (push.engine !== engine) return;
      if (row !== null)
        setTable((before) =>
          before?.engine === push.engine
            ? { ...before, running, rows: before.rows.map((old) => (old.id === row.id ? row : old)) }
            : before,
        );
      const named = row?.id ?? running;
      if (problem !== null && named === null) setError(new Error(problem));
      else if (problem !== null && named !== null) setFailed((before) => new Map(before).set(named, problem));
      else if (row !== null)
        setFailed((before) => {
          if (!before.has(row.id)) return before;
          const after = new Map(before);
          after.delete(row.id);
          return after;
        });
    });
  }, [lab, engine]);

  const run = useCallback(
    (rows?: readonly ChooseRowId[]): void => {
      if (engine === undefined) return;
      setStarting(true);
      setError(undefined);
      setFailed(new Map());
      setAsked(rows ?? table?.rows.map(({ id }) => id) ?? NONE);
      lab.call('choose.run', { engine, ...(rows === undefined ? {} : { rows: [...rows] }) }).then(
        () => setStarting(false),
        (thrown: Error) => {
          setStarting(false);
          setAsked(NONE);
          setError(thrown);
        },
      );
    },
    [lab, engine, table],
  );
  const cancel = useCallback(() => void lab.call('choose.cancel', {}).catch(setError), [lab]);
  return {
    table: table?.engine === engine ? table : undefined,
    measuring,
    asked,
    failed,
    error: error ?? (table?.engine === engine ? undefined : asking.error),
    starting,
    run,
    cancel,
    reload: () => {
      setError(undefined);
      reload();
    },
  };
}
