/** `causeway gateway` in a process of its own, and `causeway mq` against it. */
import { type Outcome, type Program, runCli, startCli } from './program.ts';

/** Ports of the ready line by its names: mqtt, ws, mqtts, wss, mq. */
export type Ports = Readonly<Record<string, number>>;

/** One message as `mq tail --json` prints it; the body as bytes. */
export interface Tailed {
  readonly topic: string;
  readonly key?: string;
  readonly tag?: string;
  readonly partition: number;
  readonly offset: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface TailLine extends Omit<Tailed, 'body'> {
  readonly body?: string;
  readonly bodyBase64?: string;
}

/** Reads one line of `mq tail --json`. */
export function readTailLine(line: string): Tailed {
  const { body, bodyBase64, ...rest } = JSON.parse(line) as TailLine;
  return { ...rest, body: bodyBase64 === undefined ? Buffer.from(body ?? '') : Buffer.from(bodyBase64, 'base64') };
}

/** A running gateway. */
export class LabProcess {
  readonly program: Program;
  readonly ports: Ports;

  constructor(program: Program, ports: Ports) {
    this.program = program;
    this.ports = ports;
  }

  get mq(): string {
    return `127.0.0.1:${this.ports.mq}`;
  }

  port(name: string): number {
    const port = this.ports[name];
    if (port === undefined) throw new Error(`the ready line names no ${name}`);
    return port;
  }

  /** `causeway mq tail TOPIC --json --from earliest --count N`. */
  async tail(topic: string, count: number): Promise<Tailed[]> {
    const argv = ['mq', 'tail', topic, '--json', '--from', 'earliest', '--count', String(count), '--mq', this.mq];
    const tailed = await runCli(argv);
    if (tailed.code !== 0) throw new Error(`mq tail: ${tailed.code}\n${tailed.out.slice(0, 2000)}\n${tailed.err}`);
    return tailed.out.trimEnd().split('\n').map(readTailLine);
  }

  /** `causeway mq send TOPIC`, with the properties given; must succeed. */
  async send(topic: string, properties: Readonly<Record<string, string>>, body: string | Uint8Array): Promise<Outcome> {
    const given = Object.entries(properties).flatMap(([key, value]) => ['--property', `${key}=${value}`]);
    const sent = await runCli(['mq', 'send', topic, '--mq', this.mq, ...given], { stdin: body });
    if (sent.code !== 0) throw new Error(`mq send: ${sent.code}\n${sent.out}\n${sent.err}`);
    return sent;
  }

  /** Messages stored in a topic since the gateway's start. */
  async stored(topic: string): Promise<number> {
    const { out } = await runCli(['mq', 'topics', '--json', '--mq', this.mq]);
    const topics = JSON.parse(out) as { name: string; stored: number }[];
    const found = topics.find(({ name }) => name === topic);
    if (found === undefined) throw new Error(`no topic ${topic} in ${out}`);
    return found.stored;
  }

  /** Ctrl-C; resolves with the exit code. */
  async interrupt(): Promise<number | null> {
    this.program.signal('SIGINT');
    return (await this.program.ended).code;
  }

  /** Ends it the hard way where it still runs. */
  close(): Promise<void> {
    return this.program.close();
  }
}

/** Starts a gateway on free ports and waits for its ready line. */
export async function startLabProcess(
  argv: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<LabProcess> {
  const program = startCli(['gateway', '--port', '0', '--ws-port', '0', '--mq-port', '0', ...argv], env);
  const ready = (): string | undefined => program.lines().find((line) => line.startsWith('ready '));
  try {
    await program.until('the ready line', () => ready() !== undefined);
  } catch (error) {
    await program.close();
    throw error;
  }
  const ports: Record<string, number> = {};
  for (const [, name, port] of (ready() ?? '').matchAll(/ (\w+)=127\.0\.0\.1:(\d+)/g)) ports[name!] = Number(port);
  return new LabProcess(program, ports);
}
