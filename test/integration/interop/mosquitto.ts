/** mosquitto_pub and mosquitto_sub, as they come with Debian. */
import { isInstalled, type Outcome, Program, runProgram } from './program.ts';

export const hasMosquitto = (): boolean =>
  isInstalled(
    'mosquitto_pub and mosquitto_sub',
    'sh',
    ['-c', 'command -v mosquitto_pub && command -v mosquitto_sub'],
    'install the Debian package mosquitto-clients',
  );

/** Publishes once and waits for what the QoS asks for. `more` are options of mosquitto_pub. */
export function mosquittoPub(
  port: number,
  clientId: string,
  topic: string,
  body: string | Uint8Array,
  ...more: readonly string[]
): Promise<Outcome> {
  // It takes no empty input: -n is its word for that.
  const source = body.length === 0 ? '-n' : '-s';
  const argv = ['-h', '127.0.0.1', '-p', String(port), '-i', clientId, '-t', topic, source, ...more];
  return runProgram('mosquitto_pub', argv, { stdin: body });
}

/** A message as a subscriber saw it. */
export interface Seen {
  readonly topic: string;
  readonly qos: number;
  readonly retain: boolean;
  readonly body: Buffer;
}

/** Marks lines that are messages among those of `-d`, which tell of CONNACK and SUBACK. */
const MARK = 'message:';

/** A running mosquitto_sub. */
export class MosquittoSub {
  readonly program: Program;

  constructor(program: Program) {
    this.program = program;
  }

  messages(): Seen[] {
    const seen: Seen[] = [];
    for (const line of this.program.lines()) {
      if (!line.startsWith(MARK)) continue;
      const [topic = '', qos, retain, hex = ''] = line.slice(MARK.length).split('\t');
      seen.push({ topic, qos: Number(qos), retain: retain === '1', body: Buffer.from(hex, 'hex') });
    }
    return seen;
  }

  /** Waits until so many messages are there. */
  async received(count: number): Promise<Seen[]> {
    await this.program.until(`${count} messages`, () => this.messages().length >= count);
    return this.messages();
  }

  close(): Promise<void> {
    return this.program.close();
  }
}

/** `topic qos retain body`, the way `-F '%t %q %r %p'` prints it. */
export function brief(seen: Seen): string {
  return `${seen.topic} ${seen.qos} ${seen.retain ? 1 : 0} ${seen.body.toString()}`;
}

/** Starts mosquitto_sub without waiting for anything. */
export function launchSub(port: number, clientId: string, ...more: readonly string[]): MosquittoSub {
  const argv = ['-h', '127.0.0.1', '-p', String(port), '-i', clientId, '-d', '-F', `${MARK}%t\t%q\t%r\t%x`, ...more];
  // Into a pipe it would print by the block; stdbuf makes it print by the line.
  return new MosquittoSub(new Program('stdbuf', ['-oL', 'mosquitto_sub', ...argv]));
}

/** Starts mosquitto_sub and waits until its subscription is acknowledged. */
export async function mosquittoSub(port: number, clientId: string, ...more: readonly string[]): Promise<MosquittoSub> {
  const sub = launchSub(port, clientId, ...more);
  try {
    await sub.program.until('the SUBACK', () => sub.program.out().includes('received SUBACK'));
  } catch (error) {
    await sub.close();
    throw error;
  }
  return sub;
}
