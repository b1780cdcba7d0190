/** Scenarios: which there are, what one says, whether it is right, and keeping what was written. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CausewayError } from '../protocol/errors.ts';
import type { RunOverrides, ScenarioCheck, ScenarioEntry, ScenarioExplanation } from '../protocol/window.ts';
import { explainScenario } from '../scenario/explain.ts';
import { scenarioJsonSchema } from '../scenario/jsonSchema.ts';
import { type LoadedScenario, parseScenario } from '../scenario/loader.ts';
import { loadForRun } from './loading.ts';
import type { ScenarioFiles } from './scenarioFiles.ts';
import type { SettingsStore } from './settingsStore.ts';
import type { Calls, LabHostOptions } from './types.ts';

type Names =
  | 'scenarios.list'
  | 'scenarios.read'
  | 'scenarios.check'
  | 'scenarios.save'
  | 'scenarios.remove'
  | 'scenarios.openDialog'
  | 'scenarios.saveDialog'
  | 'scenarios.schema';

export function scenarioCalls(options: LabHostOptions, files: ScenarioFiles, settings: SettingsStore): Calls<Names> {
  const { dialogs } = options;
  return {
    'scenarios.list': async () => [
      ...(await list(options.shippedScenarios, true, files)),
      ...(await list(options.scenariosFolder, false, files)),
    ],
    'scenarios.read': ({ path }) => files.read(path),
    'scenarios.check': ({ text, path = 'scenario.yaml', overrides }) => check(text, path, overrides, settings),
    'scenarios.save': async ({ text, path, name, replace = false }) => ({
      path: path === undefined ? await files.create(name ?? nameOf(text), text, replace) : await files.replace(path, text),
    }),
    'scenarios.remove': async ({ path }) => {
      await files.remove(path);
      return null;
    },
    'scenarios.openDialog': async () => {
      if (dialogs === undefined) throw new CausewayError('window.desktop-only');
      const path = await dialogs.openScenario();
      if (path === undefined) return null;
      await files.pick(path);
      return { path, text: (await files.read(path)).text };
    },
    'scenarios.saveDialog': async ({ text, name }) => {
      if (dialogs === undefined) throw new CausewayError('window.desktop-only');
      const path = await dialogs.saveScenario(join(options.scenariosFolder, basename(name)));
      if (path === undefined) return null;
      await files.pick(path);
      return { path: await files.replace(path, text) };
    },
    'scenarios.schema': () => scenarioJsonSchema(),
  };
}

async function list(folder: string, shipped: boolean, files: ScenarioFiles): Promise<ScenarioEntry[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // No folder yet: no scenarios. Another that cannot be read says so in its own place: the shipped ones are there all the same.
    return code === 'ENOENT' ? [] : [{ ...bareEntry(folder, shipped), problem: message }];
  }
  const wanted = names.filter((name) => /\.ya?ml$/i.test(name)).sort();
  return Promise.all(wanted.map((name) => entry(join(folder, name), shipped, files)));
}

const bareEntry = (path: string, shipped: boolean): Omit<ScenarioEntry, 'problem'> => ({
  ...{ path, shipped, name: basename(path), description: '' },
  ...{ clients: null, durationMs: null, messagesPerSecond: null },
});

async function entry(path: string, shipped: boolean, files: ScenarioFiles): Promise<ScenarioEntry> {
  const bare = bareEntry(path, shipped);
  try {
    const { text } = await files.read(path);
    const explained = explainScenario(parseScenario(text, path));
    return {
      ...bare,
      name: explained.name,
      description: explained.description,
      clients: explained.clients,
      durationMs: explained.trafficMs,
      messagesPerSecond: explained.totals.messagesPerSecond,
      problem: null,
    };
  } catch (error) {
    if (!(error instanceof CausewayError)) throw error;
    return { ...bare, problem: error.message };
  }
}

async function check(
  text: string,
  path: string,
  overrides: RunOverrides | undefined,
  settings: SettingsStore,
): Promise<ScenarioCheck> {
  let loaded: LoadedScenario;
  try {
    ({ loaded } = await loadForRun(text, path, overrides, settings));
  } catch (error) {
    if (!(error instanceof CausewayError)) throw error;
    if (error.code === 'input.invalid') return { problems: error.problems, warnings: [], explanation: null };
    const problem = { path, line: 1, column: 1, message: error.message };
    return { problems: [problem], warnings: [], explanation: null };
  }
  return { problems: [], warnings: loaded.warnings, explanation: explanation(loaded) };
}

function explanation(loaded: LoadedScenario): ScenarioExplanation {
  const { totals, resources, ...explained } = explainScenario(loaded);
  return {
    name: explained.name,
    description: explained.description,
    engine: explained.mq,
    clients: explained.clients,
    trafficMs: explained.trafficMs,
    expectedMs: explained.expectedMs,
    messagesPerSecond: totals.messagesPerSecond,
    deliveriesPerSecond: totals.deliveriesPerSecond,
    messages: totals.messages,
    bytesInPerSecond: totals.bytesInPerSecond,
    bytesOutPerSecond: totals.bytesOutPerSecond,
    memoryMb: resources.memoryMb,
    localPorts: resources.localPorts,
    populations: explained.populations.map(({ name, actor, count, clientId }) => ({ name, actor, count, clientId })),
    talk: explained.talk,
    checks: explained.checks,
  };
}

/** The scenario's own name, where it can be read. */
function nameOf(text: string): string {
  try {
    return parseScenario(text, 'scenario.yaml').scenario.name;
  } catch {
    return 'scenario';
  }
}
