/** `causeway explain` and `causeway validate`: a scenario looked at without being run. */
import { existsSync } from 'node:fs';
import { CausewayError, EXIT } from '../../core/protocol/errors.ts';
import { escapeText } from '../../core/report/text.ts';
import { formatCount, formatMs } from '../../core/report/units.ts';
import type { LoadedScenario, LoadOptions } from '../../core/scenario/loader.ts';
import { type BrokerFlags, brokerOverrides } from '../brokerFlags.ts';
import { problemLine } from '../errors.ts';
import type { Host } from '../host.ts';
import { type EngineFlags, mqOverrides } from '../mqFlags.ts';
import { findScenario, nearestScenario } from '../scenarioFile.ts';

/** The options that change a scenario, as the command line names them. */
export interface ScenarioFlags extends EngineFlags, BrokerFlags {
  readonly duration?: number;
  readonly scale?: number;
  readonly seed?: number;
  readonly set?: readonly { readonly path: string; readonly value: string }[];
}

/** Loads the file with the changes asked for; its warnings go to stderr unless `quiet`. @throws CausewayError input.unreadable, input.invalid */
export async function load(host: Host, file: string, flags: ScenarioFlags, quiet = false): Promise<LoadedScenario> {
  const options: LoadOptions = {
    overrides: [...mqOverrides(host, flags), ...brokerOverrides(host, flags), ...(flags.set ?? [])],
    ...(flags.duration === undefined ? {} : { durationMs: flags.duration }),
    ...(flags.scale === undefined ? {} : { scale: flags.scale }),
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
  };
  const path = findScenario(host, file);
  const loaded = await host.services.loadScenario(path, options).catch(async (error: unknown) => {
    const near = existsSync(path) ? undefined : await nearestScenario(host, file);
    if (near === undefined || !(error instanceof CausewayError) || error.code !== 'input.unreadable') throw error;
    throw new CausewayError('input.unreadable', { path, reason: `there is no such file (did you mean ${near}?)` });
  });
  if (!quiet) for (const warning of loaded.warnings) host.stderr.write(`warning: ${problemLine(warning)}\n`);
  return loaded;
}

/** Prints what the file will do. */
export async function explain(host: Host, file: string, flags: ScenarioFlags & { readonly json?: boolean }): Promise<number> {
  const loaded = await load(host, file, flags);
  const { data, text } = await host.services.explain(loaded);
  if (flags.json === true) host.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
  else host.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return EXIT.pass;
}

/** Says whether the file is valid; its problems are thrown by the loader, all at once. */
export async function validate(host: Host, file: string, flags: ScenarioFlags & { readonly json?: boolean }): Promise<number> {
  const loaded = await load(host, file, flags);
  const { scenario, warnings } = loaded;
  const clients = scenario.populations.reduce((sum, population) => sum + population.count, 0);
  if (flags.json === true) {
    const summary = { valid: true, path: loaded.path, name: scenario.name, clients, durationMs: scenario.durationMs, warnings };
    host.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
    return EXIT.pass;
  }
  const what = `${escapeText(scenario.name)}: ${formatCount(clients)} clients for ${formatMs(scenario.durationMs)}`;
  const warned = warnings.length === 0 ? '' : `, ${warnings.length} warning${warnings.length === 1 ? '' : 's'}`;
  host.stdout.write(`${escapeText(loaded.path)} is valid (${what}${warned})\n`);
  return EXIT.pass;
}
