/** A scenario as it would run here and now: with what the window changes in it, on the engine and broker of the settings. */
import type { RunOverrides } from '../protocol/window.ts';
import { type LoadedScenario, parseScenario } from '../scenario/loader.ts';
import { loadOptions } from './overrides.ts';
import { brokerPlace, mqPlace } from './places.ts';
import type { SettingsStore } from './settingsStore.ts';

export interface Loading {
  readonly loaded: LoadedScenario;
  /** Passwords of the settings, for the places that the scenario was put on by them. */
  readonly env: Readonly<Record<string, string>>;
  /** Put on an engine, or a broker, that the user has set: it was confirmed by that. */
  readonly placed: { readonly mq: boolean; readonly broker: boolean };
}

/**
 * An engine asked for replaces that of the scenario. The default engine of the settings only replaces the embedded one: a scenario
 * that names another was written for it. The same holds for the broker. @throws CausewayError input.invalid, input.argument
 */
export async function loadForRun(
  text: string,
  path: string,
  overrides: RunOverrides | undefined,
  settings: SettingsStore,
): Promise<Loading> {
  const { defaultEngine } = await settings.get();
  let mq = overrides?.engine === undefined ? undefined : await mqPlace(settings, overrides.engine);
  let broker = await brokerPlace(settings);
  if ((mq === undefined && defaultEngine !== 'embedded') || broker.overrides.length > 0) {
    const { scenario } = parseScenario(text, path, loadOptions(overrides));
    if (mq === undefined && defaultEngine !== 'embedded' && scenario.mq.engine === 'embedded')
      mq = await mqPlace(settings, defaultEngine);
    if (scenario.gateway.broker !== undefined) broker = { overrides: [], env: {} };
  }
  const loaded = parseScenario(text, path, loadOptions(overrides, [...(mq?.overrides ?? []), ...broker.overrides]));
  const asked = (overrides?.set ?? []).some((one) => /^(mq|gateway)\b/.test(one));
  return {
    loaded,
    // A value set by hand may lead elsewhere: passwords do not go along.
    env: asked ? {} : { ...mq?.env, ...broker.env },
    placed: { mq: mq !== undefined && !asked, broker: broker.overrides.length > 0 && !asked },
  };
}
