/** `causeway choose`: "MQTT or MQ?", answered by measuring. */
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { formatChoose } from '../../core/choose/console.ts';
import { chooseHtml } from '../../core/choose/html.ts';
import { isRow } from '../../core/choose/rows.ts';
import type { EngineName } from '../../core/mq/engines.ts';
import { CHOOSE_ROWS, type ChooseRowId } from '../../core/protocol/choose.ts';
import { CausewayError, EXIT } from '../../core/protocol/errors.ts';
import { escapeText } from '../../core/report/text.ts';
import { EXIT_ABORTED, type Host } from '../host.ts';
import { confirmMq, type EngineFlags, externalOf } from '../mqFlags.ts';

export interface ChooseFlags extends EngineFlags {
  readonly engine: EngineName;
  readonly row?: readonly string[];
  readonly limit?: number;
  readonly json?: boolean;
  readonly html?: boolean;
  readonly out?: string;
  readonly show?: boolean;
  readonly allowNetwork?: boolean;
}

/** @throws CausewayError input.argument, folder.unwritable, and those of the lab */
export async function choose(host: Host, flags: ChooseFlags): Promise<number> {
  const rows = rowsOf(flags.row ?? []);
  const mq = await externalOf(host, flags);
  if (mq !== undefined) confirmMq(mq.address, flags.allowNetwork);
  const out = flags.out === undefined ? undefined : await openOut(host, flags.out);
  const abort = new AbortController();
  const unlisten = host.onSignal(() => abort.abort());
  let failed = 0;
  try {
    const table = await host.services.choose({
      engine: flags.engine,
      env: host.env,
      ...(mq === undefined ? {} : { mq }),
      ...(rows.length === 0 ? {} : { rows }),
      ...(flags.limit === undefined ? {} : { limit: flags.limit }),
      measure: flags.show !== true,
      signal: abort.signal,
      onProgress: ({ id, text }) => host.stderr.write(`${id}: ${escapeText(text)}\n`),
      onFailed: (id, error) => {
        failed += 1;
        host.stderr.write(`${id}: not measured: ${escapeText(error instanceof Error ? error.message : String(error))}\n`);
      },
      onProblem: (problem) => host.stderr.write(`${escapeText(problem.message)}\n`),
    });
    const shown = rows.length === 0 ? table : { ...table, rows: table.rows.filter(({ id }) => rows.includes(id)) };
    const text =
      flags.html === true ? chooseHtml(shown) : flags.json === true ? `${JSON.stringify(shown, null, 2)}\n` : formatChoose(shown);
    if (out === undefined) host.stdout.write(text);
    else await out.write(text);
  } finally {
    unlisten();
    await out?.close();
  }
  if (abort.signal.aborted) {
    host.stderr.write('ended before all rows were measured; what was measured is kept\n');
    return EXIT_ABORTED;
  }
  return failed > 0 ? EXIT.infrastructure : EXIT.pass;
}

function rowsOf(names: readonly string[]): readonly ChooseRowId[] {
  return names.map((name) => {
    if (isRow(name)) return name;
    const expected = `one of ${CHOOSE_ROWS.join(', ')}`;
    throw new CausewayError('input.argument', { argument: '--row', value: name, reason: 'there is no such row', expected });
  });
}

interface Out {
  write(text: string): Promise<void>;
  /** Removes what was begun and not finished. Idempotent. */
  close(): Promise<void>;
}

/**
 * A file that takes its place when it is whole: until then what was there stays. That it can be written is tried at once,
 * before the work. @throws CausewayError folder.unwritable
 */
async function openOut(host: Host, file: string): Promise<Out> {
  const path = host.path(file);
  const there = await stat(path).catch(() => undefined);
  // What is no file (a pipe, /dev/stdout) has no place to be taken.
  const aside = there === undefined || there.isFile() ? `${path}.new` : path;
  const tried = async (work: Promise<unknown>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CausewayError('folder.unwritable', { path: file, reason }, { cause: error });
    }
  };
  if (aside !== path) await tried(writeFile(aside, ''));
  return {
    async write(text) {
      await tried(writeFile(aside, text));
      if (aside !== path) await tried(rename(aside, path));
    },
    async close() {
      if (aside !== path) await rm(aside, { force: true });
    },
  };
}
