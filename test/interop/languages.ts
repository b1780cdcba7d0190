/** The clients that are tried, by language: what each needs, how it is built, how a device is made of it. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mavenJars } from '../servers/mavenJars.ts';
import { findCommand, whyNot } from '../servers/unavailable.ts';
import { type Device, type Login, programDevice } from './device.ts';
import { browserDevice, nodeDevice } from './mqttJs.ts';

/** Packages and builds are kept here between runs; scripts/testClients.sh fills it. */
const CACHE = join(tmpdir(), 'causeway-interop');
const SOURCES = join(import.meta.dirname, 'devices');
const run = promisify(execFile);

type Connect = (login: Login) => Promise<Device>;

export interface Client {
  readonly language: string;
  /** Name of the library. */
  readonly client: string;
  readonly transport: 'TCP' | 'WebSocket';
  /** What this machine lacks; undefined when nothing. */
  missing(): Promise<string | undefined>;
  /** Builds it. */
  prepare(): Promise<Connect>;
}

const PAHO_JAVA = { group: 'org.eclipse.paho', name: 'org.eclipse.paho.client.mqttv3', version: '1.2.5' };
/** A Python with the packages of other makes. */
export const python = (): string => join(CACHE, 'python', 'bin', 'python');

/** Why not, where this Python cannot import the module. */
export const lacksModule = (module: string): Promise<string | undefined> =>
  run(python(), ['-c', `import ${module}`]).then(
    () => undefined,
    () => `no Python with ${module} (scripts/testClients.sh)`,
  );

const header = async (compiler: string, path: string, from: string): Promise<string | undefined> =>
  (await whyNot(compiler)) ?? (existsSync(path) ? undefined : `not installed: ${from}`);

/** Compiles one file to a program. */
async function build(compiler: string, source: string, ...options: readonly string[]): Promise<Connect> {
  await mkdir(CACHE, { recursive: true });
  const program = join(CACHE, source.replace('.', '-'));
  await run(compiler, ['-Wall', '-o', program, join(SOURCES, source), ...options]);
  return (login) => programDevice(program, [], login);
}

export const CLIENTS: readonly Client[] = [
  {
    language: 'Java',
    client: 'Eclipse Paho',
    transport: 'TCP',
    missing: () => whyNot('javac', 'mvn'),
    async prepare() {
      const { java, classpath } = await mavenJars(PAHO_JAVA);
      const classes = join(CACHE, 'java');
      await run((await findCommand('javac'))!, ['-d', classes, '-cp', classpath, join(SOURCES, 'Device.java')]);
      const argv = ['-Xmx64m', `-Dlibrary=${PAHO_JAVA.version}`, '-cp', `${classes}:${classpath}`, 'Device'];
      return (login) => programDevice(java, argv, login);
    },
  },
  {
    language: 'C',
    client: 'Eclipse Paho',
    transport: 'TCP',
    missing: () => header('gcc', '/usr/include/MQTTClient.h', 'libpaho-mqtt-dev'),
    prepare: () => build('gcc', 'device.c', '-lpaho-mqtt3c'),
  },
  {
    language: 'C++',
    client: 'Eclipse Paho',
    transport: 'TCP',
    missing: () => header('g++', '/usr/include/mqtt/async_client.h', 'libpaho-mqttpp-dev'),
    prepare: () => build('g++', 'device.cpp', '-lpaho-mqttpp3', '-lpaho-mqtt3a'),
  },
  {
    language: 'Python',
    client: 'Eclipse Paho',
    transport: 'TCP',
    missing: () => lacksModule('paho.mqtt.client'),
    prepare: async () => (login) => programDevice(python(), [join(SOURCES, 'device.py')], login),
  },
  {
    language: 'Go',
    client: 'Eclipse Paho',
    transport: 'TCP',
    missing: () => whyNot('go'),
    async prepare() {
      const folder = join(CACHE, 'go');
      const program = join(folder, 'device');
      // Its packages and its cache stay out of the user's home; files that can be removed again.
      const env = { ...process.env, GOPATH: folder, GOCACHE: join(folder, 'cache'), GOFLAGS: '-modcacherw -buildvcs=false' };
      await run((await findCommand('go'))!, ['build', '-o', program, '.'], { cwd: join(SOURCES, 'go'), env });
      return (login) => programDevice(program, [], login);
    },
  },
  {
    language: 'JavaScript (Node.js)',
    client: 'MQTT.js',
    transport: 'TCP',
    missing: async () => undefined,
    prepare: async () => nodeDevice,
  },
  {
    language: 'JavaScript (web page)',
    client: 'MQTT.js',
    transport: 'WebSocket',
    missing: () => whyNot('chromium'),
    prepare: async () => browserDevice,
  },
];
