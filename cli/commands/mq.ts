/** `causeway mq`: looking into and writing to an MQ from outside. */
import { readFile } from 'node:fs/promises';
import type { MqConnection } from '../../core/mq/connect.ts';
import type { MqDelivery, MqEngine, MqMessage } from '../../core/mq/engine.ts';
import { type Abilities, ENGINES } from '../../core/mq/engines.ts';
import { CausewayError, EXIT } from '../../core/protocol/errors.ts';
import { createStyle } from '../../core/report/style.ts';
import { type Cell, tableLines } from '../../core/report/table.ts';
import { escapeText } from '../../core/report/text.ts';
import { formatBytes, formatCount } from '../../core/report/units.ts';
import { addressArgument } from '../arguments.ts';
import { mqCredentials } from '../credentialFlags.ts';
import { type Host, wantsColor } from '../host.ts';
import { type EngineFlags, externalOf } from '../mqFlags.ts';
import { deliveryJson, formatDelivery } from '../mqMessage.ts';

/** A figure that the engine does not tell. */
const UNKNOWN = '-';

export interface MqFlags extends EngineFlags {
  readonly json?: boolean;
}

async function connectionOf(host: Host, flags: MqFlags): Promise<MqConnection> {
  if ((flags.engine ?? 'embedded') !== 'embedded') return externalOf(host, flags) as Promise<MqConnection>;
  const { mq = ENGINES.embedded.address, ...others } = flags;
  // Refuses what has a meaning with other engines only.
  await externalOf(host, others);
  const credentials = mqCredentials(host);
  return { engine: 'embedded', ...addressArgument(mq), ...(credentials === undefined ? {} : { credentials }) };
}

/** Connects, works, closes; rejects as soon as the connection is lost, since then nothing more will come. */
async function withEngine<T>(
  host: Host,
  flags: MqFlags,
  use: (engine: MqEngine, lost: Promise<never>) => Promise<T>,
): Promise<T> {
  let lose: (error: Error) => void = () => undefined;
  const lost = new Promise<never>((_, reject) => {
    lose = reject;
  });
  // Nobody may be listening when it happens (while closing, say).
  lost.catch(() => undefined);
  const engine = await host.services.connectMq(await connectionOf(host, flags), lose);
  try {
    return await Promise.race([use(engine, lost), lost]);
  } finally {
    await engine.close();
  }
}

export interface TailFlags extends MqFlags {
  readonly from: 'latest' | 'earliest';
  readonly count?: number;
  readonly full?: boolean;
}

/** Prints messages as they are stored, until `count` of them or Ctrl-C. */
export function tail(host: Host, topic: string, flags: TailFlags): Promise<number> {
  return withEngine(host, flags, async (engine, lost) => {
    const style = createStyle(wantsColor(host, host.stdout));
    let left = flags.count ?? Number.POSITIVE_INFINITY;
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const unlisten = host.onSignal(() => finish());
    try {
      const print = (delivery: MqDelivery): void => {
        if (left <= 0) return;
        left -= 1;
        const text =
          flags.json === true
            ? `${JSON.stringify(deliveryJson(delivery))}\n`
            : formatDelivery(delivery, style, flags.full ?? false);
        host.stdout.write(text);
        if (left === 0) finish();
      };
      // Broadcasting in a group of its own: looking must not take a message away from anybody.
      const group = `causeway-tail-${Math.floor(host.clock()).toString(36)}`;
      const consumer = await engine.consume(
        { group, topics: [topic], mode: 'broadcasting', ordered: false, from: flags.from },
        print,
      );
      if (host.stderr.isTTY) host.stderr.write(`waiting for messages of ${escapeText(topic)} (Ctrl-C ends)\n`);
      await Promise.race([finished, lost]);
      await consumer.close();
      await engine.removeGroup?.(group, [topic]).catch(() => undefined);
    } finally {
      unlisten();
    }
    return EXIT.pass;
  });
}

export interface SendFlags extends MqFlags {
  readonly property?: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly tag?: string;
  readonly body?: string;
  readonly bodyFile?: string;
  readonly delay?: number;
}

async function bodyOf(host: Host, flags: SendFlags): Promise<Uint8Array> {
  if (flags.body !== undefined && flags.bodyFile !== undefined) {
    throw new CausewayError('input.argument', {
      argument: '--body-file',
      value: flags.bodyFile,
      reason: '--body is given as well',
      expected: 'give one of the two',
    });
  }
  if (flags.body !== undefined) return Buffer.from(flags.body, 'utf8');
  if (flags.bodyFile !== undefined) {
    try {
      return await readFile(host.path(flags.bodyFile));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new CausewayError(
        'input.argument',
        { argument: '--body-file', value: flags.bodyFile, reason, expected: 'give the path of a file that can be read' },
        { cause: error },
      );
    }
  }
  if (host.stdin.isTTY) host.stderr.write('type the body, end with Ctrl-D\n');
  return host.stdin.read();
}

/** Stores one message and says where it went. */
export async function send(host: Host, topic: string, flags: SendFlags): Promise<number> {
  const body = await bodyOf(host, flags);
  return withEngine(host, flags, async (engine) => {
    const message: MqMessage = {
      topic,
      properties: flags.property ?? {},
      body,
      ...(flags.key === undefined ? {} : { key: flags.key }),
      ...(flags.tag === undefined ? {} : { tag: flags.tag }),
      ...(flags.delay === undefined ? {} : { delayMs: flags.delay }),
    };
    const producer = await engine.producer();
    const receipt = await producer.send(message);
    await producer.close();
    const partition = receipt.partition < 0 ? null : receipt.partition;
    // What keeps nothing has no offsets; of a delayed message it is not known yet.
    const offset = receipt.offset < 0 || !engine.capabilities.history ? null : receipt.offset;
    if (flags.json === true) host.stdout.write(`${JSON.stringify({ topic: receipt.topic, partition, offset })}\n`);
    else {
      const where = [
        ...(partition === null ? [] : [`partition ${partition}`]),
        ...(offset === null ? [] : [`offset ${offset}`]),
        formatBytes(body.length),
      ];
      host.stdout.write(`stored in ${escapeText(receipt.topic)}: ${where.join(', ')}\n`);
    }
    return EXIT.pass;
  });
}

/** Prints the topics of the engine. */
export function topics(host: Host, flags: MqFlags): Promise<number> {
  return withEngine(host, flags, async (engine) => {
    const all = await engine.topics();
    if (flags.json === true) {
      const told = all.map(({ stored = null, retainedBytes = null, ...topic }) => ({ ...topic, stored, retainedBytes }));
      host.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
    } else if (all.length === 0) host.stdout.write('no topics\n');
    else {
      const rows = all.map((topic): Cell[] => [
        topic.name,
        formatCount(topic.partitions),
        topic.stored === undefined ? UNKNOWN : formatCount(topic.stored),
        formatCount(topic.retained),
        topic.retainedBytes === undefined
          ? UNKNOWN
          : `${topic.bytesEstimated === true ? '~' : ''}${formatBytes(topic.retainedBytes)}`,
      ]);
      const columns = [
        { title: 'topic', shrink: true },
        ...['partitions', 'stored', 'retained', 'size'].map((title) => ({ title, align: 'right' as const })),
      ];
      const style = createStyle(wantsColor(host, host.stdout));
      host.stdout.write(`${tableLines({ columns, rows, width: host.stdout.columns ?? 1000, style, indent: 0 }).join('\n')}\n`);
    }
    return EXIT.pass;
  });
}

/** Prints what each engine can do, and whether it does so itself. Connects to none. */
export function engines(host: Host, flags: Pick<MqFlags, 'json'>): number {
  const all = Object.values(ENGINES).map(({ name, abilities }) => ({ engine: name, ...abilities }));
  if (flags.json === true) {
    host.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    return EXIT.pass;
  }
  const rows = Object.keys(ENGINES.embedded.abilities).map((name): Cell[] => [
    name,
    ...all.map((engine) => engine[name as keyof Abilities]),
  ]);
  const columns = [{ title: '' }, ...all.map(({ engine }) => ({ title: engine }))];
  const style = createStyle(wantsColor(host, host.stdout));
  host.stdout.write(`${tableLines({ columns, rows, width: host.stdout.columns ?? 1000, style, indent: 0 }).join('\n')}\n`);
  return EXIT.pass;
}
