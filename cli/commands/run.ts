/** `causeway run`: executes a scenario, shows how it goes, writes its folder and tells the verdict. */
import { readFile } from 'node:fs/promises';
import { confirmNetwork } from '../../core/host/confirmNetwork.ts';
import { CausewayError, EXIT } from '../../core/protocol/errors.ts';
import type { RunResult } from '../../core/protocol/result.ts';
import { formatSummary } from '../../core/report/console.ts';
import { createRunFolder, type RunFolder } from '../../core/report/runFolder.ts';
import { printError } from '../errors.ts';
import { EXIT_ABORTED, type Host, wantsColor } from '../host.ts';
import { Progress } from '../progress.ts';
import { load, type ScenarioFlags } from './explain.ts';

export interface RunFlags extends ScenarioFlags {
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly threads?: number;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly allowNetwork?: boolean;
}

const EXIT_OF = { pass: EXIT.pass, fail: EXIT.failed, invalid: EXIT.invalid } as const;

/** @throws CausewayError of the scenario, the folder or the infrastructure */
export async function run(host: Host, file: string, flags: RunFlags): Promise<number> {
  const loaded = await load(host, file, flags, flags.quiet);
  const { scenario } = loaded;
  if (flags.allowNetwork !== true) confirmNetwork({ loaded, placed: { mq: false, broker: false } });
  let folder: RunFolder | undefined;
  if (flags.out !== undefined) {
    const text = await readFile(loaded.path).catch(() => undefined);
    folder = await createRunFolder(host.path(flags.out), {
      force: flags.force ?? false,
      ...(text === undefined ? {} : { scenario: text }),
    });
  }
  const progress = new Progress(host, {
    durationMs: scenario.durationMs,
    plannedClients: scenario.populations.reduce((sum, population) => sum + population.count, 0),
    verbose: flags.verbose ?? false,
    quiet: flags.quiet ?? false,
  });
  try {
    const result = await execute(host, loaded, flags, folder, progress);
    progress.end();
    if (result === undefined) {
      host.stderr.write('ended at once: no result\n');
      return EXIT_ABORTED;
    }
    // A full disk must not cost the result of an hour: it is shown all the same, and the error comes after it.
    const unkept = await folder?.finish(result).catch((error: unknown) => error);
    if (flags.json === true) host.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    else {
      host.stdout.write(
        formatSummary(result, {
          color: wantsColor(host, host.stdout),
          ...(host.stdout.columns === undefined ? {} : { columns: host.stdout.columns }),
          ...(flags.out === undefined || unkept !== undefined ? {} : { folder: flags.out }),
        }),
      );
      if (flags.out === undefined && flags.quiet !== true)
        host.stderr.write('nothing was kept: --out DIR writes frames, events and result\n');
    }
    // On stderr alone: stdout has the result already, and with --json it holds one document.
    if (unkept !== undefined) return printError({ ...host, argv: host.argv.filter((word) => word !== '--json') }, unkept);
    return EXIT_OF[result.verdict];
  } catch (error) {
    folder?.event({ atMs: 0, level: 'error', text: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    progress.end();
    await folder?.close();
  }
}

/** The run itself; undefined when it was ended at once by a second Ctrl-C. */
async function execute(
  host: Host,
  loaded: Awaited<ReturnType<typeof load>>,
  flags: RunFlags,
  folder: RunFolder | undefined,
  progress: Progress,
): Promise<RunResult | undefined> {
  let signals = 0;
  let onSignal = (): void => undefined;
  // Listening before the start: a Ctrl-C while the threads come up must not kill a half-started lab.
  const unlisten = host.onSignal(() => {
    signals += 1;
    onSignal();
  });
  try {
    const started = await host.services.startRun({
      loaded,
      onFrame: (frame) => {
        folder?.frame(frame);
        progress.frame(frame);
      },
      onEvent: (event) => {
        folder?.event(event);
        progress.event(event);
      },
      onLive: ({ distributions }) => folder?.distributions(distributions),
      ...(flags.threads === undefined ? {} : { threads: flags.threads }),
      ...(folder === undefined ? {} : { outDir: folder.path }),
    });
    const aborted = new Promise<undefined>((resolve) => {
      let stopping = false;
      let aborting = false;
      onSignal = () => {
        if (!stopping) {
          stopping = true;
          progress.print('finishing: what is under way is drained (Ctrl-C again ends at once)');
          started.stop();
        }
        if (signals >= 2 && !aborting) {
          aborting = true;
          started.abort().then(
            () => resolve(undefined),
            () => resolve(undefined),
          );
        }
      };
    });
    if (signals > 0) onSignal();
    const done = started.done.catch((error: unknown) => {
      // The end that was asked for is no failure.
      if (error instanceof CausewayError && error.code === 'run.aborted') return undefined;
      throw error;
    });
    // After an abort nobody waits for it any more; its rejection must not become an unhandled one.
    done.catch(() => undefined);
    return await Promise.race([aborted, done]);
  } finally {
    unlisten();
  }
}
