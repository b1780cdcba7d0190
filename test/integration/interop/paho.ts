/** Devices made of Python's paho-mqtt 2. */
import { join } from 'node:path';
import type { Seen } from './mosquitto.ts';
import { isInstalled, Program } from './program.ts';

const PYTHON = process.env.CAUSEWAY_TEST_PYTHON;
const SCRIPT = join(import.meta.dirname, 'device.py');

/** Where CAUSEWAY_TEST_PYTHON is set it is taken at its word: without paho the tests fail instead of being skipped. */
export const hasPaho = (): boolean =>
  PYTHON !== undefined ||
  isInstalled(
    'paho-mqtt 2',
    'python3',
    ['-c', 'from paho.mqtt.client import CallbackAPIVersion'],
    'set CAUSEWAY_TEST_PYTHON to a python that has paho-mqtt 2',
  );

export interface PahoOptions {
  readonly port: number;
  readonly clientId: string;
  readonly host?: string;
  readonly clean?: boolean;
  readonly transport?: 'tcp' | 'websockets';
  /** File of the certificate authority; present: TLS. */
  readonly ca?: string;
  readonly user?: string;
  readonly password?: string;
  readonly will?: { readonly topic: string; readonly hex: string; readonly qos: number };
}

interface PahoEvent {
  readonly event: 'connect' | 'disconnect' | 'subscribe' | 'publish' | 'message' | 'failed';
  readonly code?: number;
  readonly reason?: string;
  readonly present?: boolean;
  readonly granted?: readonly number[];
  readonly topic?: string;
  readonly qos?: number;
  readonly retain?: boolean;
  readonly hex?: string;
}

/** A running device. */
export class PahoDevice {
  readonly program: Program;

  constructor(options: PahoOptions) {
    this.program = new Program(PYTHON ?? 'python3', [SCRIPT, JSON.stringify(options)]);
  }

  events(kind: PahoEvent['event']): PahoEvent[] {
    return this.program
      .lines()
      .map((line) => JSON.parse(line) as PahoEvent)
      .filter(({ event }) => event === kind);
  }

  async event(kind: PahoEvent['event'], count = 1): Promise<PahoEvent> {
    await this.program.until(`${count} x ${kind}`, () => this.events(kind).length >= count);
    return this.events(kind)[count - 1]!;
  }

  messages(): Seen[] {
    return this.events('message').map(({ topic = '', qos = -1, retain = false, hex = '' }) => {
      return { topic, qos, retain, body: Buffer.from(hex, 'hex') };
    });
  }

  async received(count: number): Promise<Seen[]> {
    await this.event('message', count);
    return this.messages();
  }

  /** Resolves with the QoS granted. */
  async subscribe(...filters: readonly (readonly [string, number])[]): Promise<readonly number[]> {
    const before = this.events('subscribe').length;
    this.#order({ do: 'subscribe', filters });
    return (await this.event('subscribe', before + 1)).granted ?? [];
  }

  /** Resolves when paho calls it published: written (QoS 0), PUBACK or PUBCOMP. */
  async publish(topic: string, body: Uint8Array, qos: number, retain = false): Promise<void> {
    const before = this.events('publish').length;
    this.#order({ do: 'publish', topic, hex: Buffer.from(body).toString('hex'), qos, retain });
    await this.event('publish', before + 1);
  }

  /** DISCONNECT, then the end of the process. */
  async leave(): Promise<void> {
    this.#order({ do: 'disconnect' });
    await this.event('disconnect');
    await this.close();
  }

  /** Dies without a DISCONNECT: the gateway publishes its Will. */
  close(): Promise<void> {
    return this.program.close();
  }

  #order(order: unknown): void {
    this.program.write(`${JSON.stringify(order)}\n`);
  }
}

/** Starts a device and waits for its CONNACK with code 0. */
export async function pahoDevice(options: PahoOptions): Promise<PahoDevice & { readonly present: boolean }> {
  const device = new PahoDevice(options);
  try {
    const { code, present = false, reason } = await device.event('connect');
    if (code !== 0) throw new Error(`CONNACK ${code}: ${reason}`);
    return Object.assign(device, { present });
  } catch (error) {
    await device.close();
    throw error;
  }
}
