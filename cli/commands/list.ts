/** `causeway list`: the scenarios at hand. */
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { CausewayError, EXIT } from '../../core/protocol/errors.ts';
import { createStyle, type Style } from '../../core/report/style.ts';
import { escapeText, wrap } from '../../core/report/text.ts';
import { formatCount, formatMs } from '../../core/report/units.ts';
import { type Host, wantsColor } from '../host.ts';
import { scenarioFiles } from '../scenarioFile.ts';

interface Entry {
  file: string;
  shipped: boolean;
  name: string | undefined;
  description: string | undefined;
  clients: number | undefined;
  durationMs: number | undefined;
  /** Why it cannot be run. */
  problem: string | undefined;
}

const real = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

/** Width for output that goes to no terminal: nothing is cut there. */
const UNBOUND = 1000;

/** The fault without the path, which stands in the column beside it. */
function reasonOf(error: CausewayError): string {
  if (error.code !== 'input.invalid') return error.message;
  const count = error.details.count ?? error.problems.length;
  return `${count} problem${count === 1 ? '' : 's'}: see causeway validate`;
}

async function entryOf(host: Host, file: string, shipped: boolean): Promise<Entry> {
  try {
    const { scenario } = await host.services.loadScenario(file, {});
    const clients = scenario.populations.reduce((sum, population) => sum + population.count, 0);
    const description = scenario.description.trim().split('\n')[0] ?? '';
    return { file, shipped, name: scenario.name, description, clients, durationMs: scenario.durationMs, problem: undefined };
  } catch (error) {
    if (!(error instanceof CausewayError)) throw error;
    return {
      file,
      shipped,
      name: undefined,
      description: undefined,
      clients: undefined,
      durationMs: undefined,
      problem: reasonOf(error),
    };
  }
}

/** What to type after `run`: shipped ones are found by their bare name. */
const shortName = (entry: Entry): string => (entry.shipped ? basename(entry.file).replace(/\.ya?ml$/i, '') : entry.file);

/** What to type, what it is, and how large. */
function block(entry: Entry, style: Style, width: number): string[] {
  const title = style('accent', escapeText(shortName(entry)));
  if (entry.problem !== undefined)
    return [title, ...wrap(escapeText(entry.problem), width, '  ').map((line) => style('bad', line))];
  const size = `${formatCount(entry.clients ?? 0)} clients, ${formatMs(entry.durationMs ?? 0)}`;
  return [
    `${title}  ${style('bold', escapeText(entry.name ?? ''))}  ${style('dim', size)}`,
    ...wrap(escapeText(entry.description ?? ''), width, '  '),
  ];
}

/** Prints the shipped scenarios and those of ./scenarios. */
export async function list(host: Host, options: { readonly json?: boolean }): Promise<number> {
  const own = host.path('scenarios');
  const folders = [{ path: host.shippedScenarios, shipped: true }];
  if (real(own) !== real(host.shippedScenarios)) folders.push({ path: own, shipped: false });
  const entries: Entry[] = [];
  for (const folder of folders) {
    for (const file of await scenarioFiles(folder.path)) entries.push(await entryOf(host, file, folder.shipped));
  }
  if (options.json === true) {
    host.stdout.write(`${JSON.stringify(entries, null, 2)}\n`);
    return EXIT.pass;
  }
  if (entries.length === 0) {
    host.stdout.write('no scenario files here\n');
    return EXIT.pass;
  }
  const style = createStyle(wantsColor(host, host.stdout));
  const width = Math.min(100, host.stdout.columns ?? UNBOUND);
  for (const entry of entries) host.stdout.write(`${block(entry, style, width).join('\n')}\n\n`);
  const example = entries.find((entry) => entry.problem === undefined && entry.shipped);
  if (example !== undefined)
    host.stdout.write(
      `causeway explain ${shortName(example)}   tells what it will do\ncauseway run ${shortName(example)}       does it\n`,
    );
  return EXIT.pass;
}
