/** Settings: shown without their secrets, changed, and tried. */
import mqtt from 'mqtt';
import { connectMq } from '../mq/connect.ts';
import { ENGINES } from '../mq/engines.ts';
import { CausewayError } from '../protocol/errors.ts';
import type { EngineName, WindowAnswers } from '../protocol/window.ts';
import { externalConnection } from '../run/externalMq.ts';
import { brokerUrl, mqSection } from './places.ts';
import type { SettingsStore } from './settingsStore.ts';
import type { Calls } from './types.ts';

type Tested = WindowAnswers['settings.test'];

const TEST_MS = 10_000;

export function settingsCalls(settings: SettingsStore): Calls<'settings.get' | 'settings.set' | 'settings.test'> {
  return {
    'settings.get': () => settings.get(),
    'settings.set': (patch) => settings.set(patch),
    'settings.test': async ({ what }) => {
      try {
        return await (what === 'broker' ? testBroker(settings) : testEngine(settings, what));
      } catch (error) {
        const { message, hint } =
          error instanceof CausewayError
            ? error
            : { message: error instanceof Error ? error.message : String(error), hint: null };
        return { ok: false, text: message, hint };
      }
    },
  };
}

async function testEngine(settings: SettingsStore, engine: EngineName): Promise<Tested> {
  const { mq, env } = await mqSection(settings, engine);
  if (mq.engine === 'embedded') return { ok: true, text: 'the embedded MQ is part of the lab', hint: null };
  const connection = await externalConnection(mq, env, '.');
  const asking = (async () => {
    const connected = await connectMq(connection, { name: 'causeway-test' });
    try {
      return (await connected.topics()).length;
    } finally {
      await connected.close();
    }
  })();
  // Whoever comes too late has nobody to tell.
  asking.catch(() => undefined);
  const topics = await atMost(asking, mq.address);
  return { ok: true, text: `${ENGINES[mq.engine].title} at ${mq.address} answers; it has ${topics} topics`, hint: null };
}

async function testBroker(settings: SettingsStore): Promise<Tested> {
  const reach = await settings.reach('broker');
  if (reach === undefined) return { ok: false, text: 'no broker is set', hint: 'give its address, e.g. mqtt://127.0.0.1:1883' };
  const url = brokerUrl(reach);
  const { user, password } = reach;
  const client = mqtt.connect(url, {
    reconnectPeriod: 0,
    connectTimeout: TEST_MS,
    ...(user === undefined ? {} : { username: user }),
    ...(password === undefined ? {} : { password }),
  });
  try {
    await atMost(
      new Promise<void>((resolve, reject) => {
        client.once('connect', () => resolve());
        client.once('error', reject);
        client.once('close', () =>
          reject(new CausewayError('connect.failed', { address: url, reason: 'it closed the connection' })),
        );
      }),
      url,
    );
    return { ok: true, text: `the MQTT broker at ${url} lets the lab in`, hint: null };
  } finally {
    client.on('error', () => undefined);
    await client.endAsync(true);
  }
}

async function atMost<T>(work: Promise<T>, address: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const reason = `no answer within ${TEST_MS / 1000} s`;
    timer = setTimeout(() => reject(new CausewayError('connect.failed', { address, reason })), TEST_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
