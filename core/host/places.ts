/** The engines and the broker of the settings, put in place of what a scenario names. */
import { BROKER_URL_EXPECTED } from '../external/brokerUrl.ts';
import { ENGINE_NAMES, ENGINES, type EngineName } from '../mq/engines.ts';
import { CausewayError } from '../protocol/errors.ts';
import type { MqSection } from '../scenario/model.ts';
import { toMq } from '../scenario/normaliseMq.ts';
import type { Override } from '../scenario/overrides.ts';
import type { MqFile } from '../scenario/schema.ts';
import type { SettingsStore } from './settingsStore.ts';

/** Names under which passwords of the settings are handed to a run, and only to one that goes to the place they belong to. */
const MQ_PASSWORD = 'CAUSEWAY_SETTINGS_MQ_PASSWORD';
const BROKER_PASSWORD = 'CAUSEWAY_SETTINGS_BROKER_PASSWORD';

export interface Placed {
  readonly overrides: readonly Override[];
  readonly env: Readonly<Record<string, string>>;
}

const NONE: Placed = { overrides: [], env: {} };

async function section(
  settings: SettingsStore,
  engine: EngineName,
): Promise<{ readonly file: MqFile; readonly env: Placed['env'] }> {
  if (!ENGINE_NAMES.includes(engine)) {
    const expected = ENGINE_NAMES.join(', ');
    throw new CausewayError('input.argument', { argument: 'engine', value: engine, reason: 'this lab has none', expected });
  }
  if (engine === 'embedded') return { file: { engine }, env: {} };
  const reach = await settings.reach(engine);
  const { address = ENGINES[engine].address, user, password, tls } = reach ?? {};
  const named = user !== undefined && user !== '';
  return {
    file: { engine, address, ...(named ? { user, passwordFrom: MQ_PASSWORD } : {}), ...(tls === true ? { tls } : {}) },
    env: named && password !== undefined ? { [MQ_PASSWORD]: password } : {},
  };
}

/** The whole mq section of a scenario replaced by this engine. @throws CausewayError input.argument */
export async function mqPlace(settings: SettingsStore, engine: EngineName): Promise<Placed> {
  const { file, env } = await section(settings, engine);
  // JSON is YAML.
  return { overrides: [{ path: 'mq', value: JSON.stringify(file) }], env };
}

/** The same as the lab itself would connect. @throws CausewayError input.argument */
export async function mqSection(
  settings: SettingsStore,
  engine: EngineName,
): Promise<{ readonly mq: MqSection; readonly env: Placed['env'] }> {
  const { file, env } = await section(settings, engine);
  const mq = toMq(file, (_, message) => {
    throw new CausewayError('input.argument', {
      argument: engine,
      value: file.address ?? '',
      reason: message,
      expected: `e.g. ${ENGINES[engine].address}`,
    });
  });
  return { mq, env };
}

/** The broker outside, where the settings say to use it. @throws CausewayError input.argument (none is set) */
export async function brokerPlace(settings: SettingsStore): Promise<Placed> {
  if (!(await settings.get()).useBroker) return NONE;
  const reach = await settings.reach('broker');
  if (reach === undefined) {
    throw new CausewayError('input.argument', {
      argument: 'broker',
      value: 'none',
      reason: 'the settings say to use a broker outside and name none',
      expected: BROKER_URL_EXPECTED,
    });
  }
  const { user, password } = reach;
  const named = user !== undefined && user !== '';
  const values: Record<string, string> = {
    url: brokerUrl(reach),
    ...(named ? { user, passwordFrom: BROKER_PASSWORD } : {}),
  };
  return {
    overrides: Object.entries(values).map(([key, value]) => ({ path: `gateway.${key}`, value: JSON.stringify(value) })),
    env: named && password !== undefined ? { [BROKER_PASSWORD]: password } : {},
  };
}

/** People write `host:port` as well as a URL. */
export function brokerUrl({ address, tls }: { readonly address: string; readonly tls?: boolean | undefined }): string {
  if (address.includes('://')) return address;
  return `${tls === true ? 'mqtts' : 'mqtt'}://${address}`;
}
