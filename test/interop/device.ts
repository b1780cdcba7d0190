/**
 * A device made of somebody else's MQTT client. Programs in other languages (devices/) are all spoken to alike:
 * arguments are port, client ID, user, password and clean session (`true`, `false`). Lines on stdin: `subscribe FILTER QOS`,
 * `publish TOPIC QOS HEX`, the latter with `-` for an empty body. Lines on stdout: `refused`, or `connected VERSIONS`;
 * `subscribed QOS`; `published`, when the QoS has what it asks for; `message TOPIC QOS HEX`. The end of stdin is DISCONNECT.
 */
import { Program } from '../integration/interop/program.ts';

export interface Login {
  readonly port: number;
  readonly wsPort: number;
  readonly clientId: string;
  readonly user: string;
  readonly password: string;
  readonly clean: boolean;
}

/** `topic qos hex` of a message as the device saw it. */
export type Line = string;

export interface Device {
  /** Of the client's library, and of what runs it. */
  readonly versions: string;
  subscribe(filter: string, qos: number): Promise<void>;
  publish(topic: string, qos: number, body: Uint8Array): Promise<void>;
  /** Everything that has arrived. */
  messages(): readonly Line[] | Promise<readonly Line[]>;
  /** DISCONNECT, then the end of whatever runs it. */
  close(): Promise<void>;
}

/** The gateway has answered CONNECT with a refusal. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export const hexOf = (body: Uint8Array): string => (body.length === 0 ? '-' : Buffer.from(body).toString('hex'));

class ProgramDevice implements Device {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  get versions(): string {
    return this.#said('connected')[0] ?? '';
  }

  #said(word: string): string[] {
    return this.#program
      .lines()
      .filter((line) => line.startsWith(`${word} `) || line === word)
      .map((line) => line.slice(word.length + 1));
  }

  async connected(): Promise<void> {
    await this.#program.until('CONNACK', () => this.#said('connected').length + this.#said('refused').length > 0);
    if (this.#said('refused').length > 0) throw new Refused();
  }

  async subscribe(filter: string, qos: number): Promise<void> {
    await this.#order(`subscribe ${filter} ${qos}`, 'subscribed');
  }

  async publish(topic: string, qos: number, body: Uint8Array): Promise<void> {
    await this.#order(`publish ${topic} ${qos} ${hexOf(body)}`, 'published');
  }

  messages(): readonly Line[] {
    return this.#said('message');
  }

  async close(): Promise<void> {
    this.#program.endInput();
    const timer = setTimeout(() => this.#program.signal('SIGKILL'), 10_000);
    await this.#program.ended.catch(() => undefined);
    clearTimeout(timer);
  }

  async #order(line: string, answer: string): Promise<void> {
    const before = this.#said(answer).length;
    this.#program.write(`${line}\n`);
    await this.#program.until(answer, () => this.#said(answer).length > before);
  }
}

/** Starts such a program and waits for its CONNACK. @throws Refused */
export async function programDevice(command: string, argv: readonly string[], login: Login): Promise<Device> {
  const { port, clientId, user, password, clean } = login;
  const device = new ProgramDevice(new Program(command, [...argv, String(port), clientId, user, password, String(clean)]));
  try {
    await device.connected();
    return device;
  } catch (error) {
    await device.close();
    throw error;
  }
}
