/** Devices made of MQTT.js: in Node over TCP, and in a page of Chromium over WebSocket. */
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { connectMqtt } from '../helpers/mqttClient.ts';
import { needCommand } from '../servers/unavailable.ts';
import { type Device, hexOf, type Line, type Login, Refused } from './device.ts';

const PACKAGE = join(import.meta.dirname, '..', '..', 'node_modules', 'mqtt');

export async function nodeDevice({ port, clientId, user, password, clean }: Login): Promise<Device> {
  const { version } = (await import('mqtt/package.json', { with: { type: 'json' } })).default as { version: string };
  const { client, messages, close } = await connectMqtt(port, { clientId, username: user, password, clean }).catch(() => {
    throw new Refused();
  });
  return {
    versions: `${version}; Node.js ${process.versions.node}`,
    subscribe: async (filter, qos) => {
      await client.subscribeAsync(filter, { qos: qos as 0 | 1 | 2 });
    },
    publish: async (topic, qos, body) => {
      await client.publishAsync(topic, Buffer.from(body), { qos: qos as 0 | 1 | 2 });
    },
    messages: () => messages.map(({ topic, qos, payload }) => `${topic} ${qos} ${hexOf(payload)}`),
    close,
  };
}

/** What the page keeps: MQTT.js' client and the lines of what arrived. */
interface PageState {
  readonly client: {
    subscribeAsync(filter: string, options: object): Promise<unknown>;
    publishAsync(topic: string, body: Uint8Array, options: object): Promise<unknown>;
    endAsync(): Promise<unknown>;
  };
  readonly lines: string[];
}

/** A page of its own origin, as an application's would be. */
export async function browserDevice(login: Login): Promise<Device> {
  const { version } = (await import('mqtt/package.json', { with: { type: 'json' } })).default as { version: string };
  const site = createServer((request, response) => {
    if (request.url === '/mqtt.js') createReadStream(join(PACKAGE, 'dist', 'mqtt.min.js')).pipe(response);
    else response.setHeader('content-type', 'text/html').end('<script src="/mqtt.js"></script>');
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: await needCommand('chromium', 'Debian: chromium'),
    args: ['--no-sandbox'],
  });
  const end = async (): Promise<void> => {
    await browser.close();
    site.closeAllConnections();
    await new Promise<void>((resolve) => site.close(() => resolve()));
  };
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
    const accepted = await page.evaluate(({ wsPort, clientId, user, password, clean }) => {
      const scope = globalThis as unknown as { mqtt: { connect(url: string, options: object): unknown }; state: PageState };
      const client = scope.mqtt.connect(`ws://127.0.0.1:${wsPort}/mqtt`, {
        clientId,
        username: user,
        password,
        clean,
        protocolVersion: 4,
        reconnectPeriod: 0,
      }) as PageState['client'] & { on(event: string, listener: (...args: never[]) => void): void };
      const lines: string[] = [];
      client.on('message', (topic: string, body: Uint8Array, { qos }: { qos: number }) => {
        const hex = Array.from(body, (byte) => byte.toString(16).padStart(2, '0')).join('');
        lines.push(`${topic} ${qos} ${hex === '' ? '-' : hex}`);
      });
      scope.state = { client, lines };
      return new Promise<boolean>((resolve) => {
        client.on('connect', () => resolve(true));
        client.on('error', () => resolve(false));
        client.on('close', () => resolve(false));
      });
    }, login);
    if (!accepted) throw new Refused();
    const state = '(globalThis.state)';
    return {
      versions: `${version}; Chromium ${browser.version()}`,
      subscribe: async (filter, qos) => {
        await page.evaluate(`${state}.client.subscribeAsync(${JSON.stringify(filter)}, { qos: ${qos} }).then(() => {})`);
      },
      publish: async (topic, qos, body) => {
        await page.evaluate(
          ({ to, level, bytes }) =>
            (globalThis as unknown as { state: PageState }).state.client
              .publishAsync(
                to,
                Uint8Array.from(bytes, (letter) => letter.charCodeAt(0)),
                { qos: level },
              )
              .then(() => {}),
          { to: topic, level: qos, bytes: Buffer.from(body).toString('latin1') },
        );
      },
      messages: () => page.evaluate(`${state}.lines`) as Promise<readonly Line[]>,
      async close() {
        await page.evaluate(`${state}.client.endAsync().then(() => {})`).catch(() => undefined);
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}
