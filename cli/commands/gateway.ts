/** `causeway gateway`: gateway, bridge and MQ for real devices, until Ctrl-C. */
import type { BridgeEvent } from '../../core/bridge/types.ts';
import { type FollowedFile, followCredentialFile } from '../../core/credentials/file.ts';
import type { Address, GatewayEvent, ListenerSpec, Profile } from '../../core/gateway/types.ts';
import { ENGINES } from '../../core/mq/engines.ts';
import { CausewayError } from '../../core/protocol/errors.ts';
import { writeAtomic } from '../../core/report/runFolder.ts';
import { escapeText, truncate } from '../../core/report/text.ts';
import { formatCount, formatRate } from '../../core/report/units.ts';
import type { Lab, LabOptions } from '../../core/run/lab.ts';
import { formatAddress, isLoopback, type TopicDirection } from '../arguments.ts';
import { EventLines } from '../eventLines.ts';
import type { Host } from '../host.ts';
import { drain, Interrupts } from '../interrupts.ts';
import { confirmMq, type EngineFlags, externalOf, placeOf } from '../mqFlags.ts';

export interface GatewayFlags extends EngineFlags {
  readonly allowNetwork?: boolean;
  readonly host: string;
  readonly port: number;
  readonly wsPort: number | false;
  readonly tlsPort?: number;
  readonly wssPort?: number;
  readonly mqPort?: number | false;
  readonly profile: Profile;
  readonly topic?: readonly { readonly name: string; readonly direction: TopicDirection }[];
  readonly partitions: number;
  readonly storage: 'memory' | 'file';
  readonly folder?: string;
  readonly user?: string;
  readonly credentials?: string;
  readonly instance?: string;
  readonly events?: boolean;
  readonly writeCa?: string;
  readonly verbose?: boolean;
}

/** Listeners by the names used in the ready line. */
const READY_NAME: Readonly<Record<Address['kind'], string>> = { tcp: 'mqtt', ws: 'ws', tls: 'mqtts', wss: 'wss' };
const URL_SCHEME: Readonly<Record<Address['kind'], string>> = { tcp: 'mqtt', ws: 'ws', tls: 'mqtts', wss: 'wss' };
const MQ_HOST = '127.0.0.1';
const MQ_PORT = 7883;
function usersOf(host: Host, flags: GatewayFlags): Readonly<Record<string, string>> | undefined {
  if (flags.instance !== undefined && flags.credentials === undefined) {
    throw new CausewayError('input.argument', {
      argument: '--instance',
      value: flags.instance,
      reason: 'there are no accounts',
      expected: 'add --credentials FILE',
    });
  }
  if (flags.user === undefined) {
    if (!isLoopback(flags.host) && flags.credentials === undefined)
      throw new CausewayError('network.unprotected', { host: flags.host });
    return undefined;
  }
  const password = host.env.CAUSEWAY_PASSWORD;
  if (password === undefined || password === '') {
    throw new CausewayError('input.argument', {
      argument: '--user',
      value: flags.user,
      reason: 'there is no password for it',
      expected: 'set the environment variable CAUSEWAY_PASSWORD',
    });
  }
  return { [flags.user]: password };
}

function labOptions(host: Host, flags: GatewayFlags, onEvent: (event: GatewayEvent | BridgeEvent) => void): LabOptions {
  const users = usersOf(host, flags);
  if ((flags.storage === 'file') !== (flags.folder !== undefined)) {
    throw new CausewayError('input.argument', {
      argument: '--storage',
      value: flags.storage,
      reason: flags.storage === 'file' ? 'it needs a folder' : 'it uses no folder, but --folder is given',
      expected: 'use --storage file --folder DIR, or --storage memory alone',
    });
  }
  if (flags.writeCa !== undefined && flags.tlsPort === undefined && flags.wssPort === undefined) {
    throw new CausewayError('input.argument', {
      argument: '--write-ca',
      value: flags.writeCa,
      reason: 'no listener has a certificate',
      expected: 'add --tls-port or --wss-port',
    });
  }
  const { mqPort = MQ_PORT } = flags;
  const listeners: ListenerSpec[] = [{ kind: 'tcp', host: flags.host, port: flags.port }];
  if (flags.wsPort !== false) listeners.push({ kind: 'ws', host: flags.host, port: flags.wsPort });
  if (flags.tlsPort !== undefined) listeners.push({ kind: 'tls', host: flags.host, port: flags.tlsPort });
  if (flags.wssPort !== undefined) listeners.push({ kind: 'wss', host: flags.host, port: flags.wssPort });
  return {
    profile: flags.profile,
    topics: (flags.topic ?? [{ name: 'demo', direction: 'both' as const }]).map((t) => ({ ...t, partitions: flags.partitions })),
    listeners,
    storage: flags.storage,
    fsync: flags.storage === 'file' ? 'always' : 'never',
    onEvent,
    ...(users === undefined ? {} : { users }),
    ...(flags.folder === undefined ? {} : { folder: host.path(flags.folder) }),
    ...(flags.events === true ? { events: true } : {}),
    // The MQ port has no encryption, so it never leaves this machine, whatever --host says.
    ...(mqPort === false ? {} : { mqListen: { host: MQ_HOST, port: mqPort } }),
  };
}

/** Rates over the last second, out of counters that only grow. */
class Rates {
  private before: number[] = [];
  private beforeUs = 0;

  of(counters: readonly number[], nowUs: number): number[] {
    const seconds = (nowUs - this.beforeUs) / 1_000_000;
    const rates = counters.map((value, i) =>
      this.before[i] === undefined || seconds <= 0 ? 0 : (value - this.before[i]) / seconds,
    );
    this.before = [...counters];
    this.beforeUs = nowUs;
    return rates;
  }
}

function liveLine(lab: Lab, rates: Rates, nowUs: number): string {
  const gateway = lab.gateway.stats();
  const bridge = lab.bridge.stats();
  const [published = 0, delivered = 0, up = 0, down = 0] = rates.of(
    [gateway.published, gateway.delivered, bridge.up.stored, bridge.down.delivered],
    nowUs,
  );
  const refused = Object.values(gateway.refused).reduce((sum, times) => sum + (times ?? 0), 0);
  const parts = [
    `${formatCount(gateway.connected)} connected`,
    `in ${formatRate(published)}`,
    `out ${formatRate(delivered)}`,
    `to MQ ${formatRate(up)}`,
    `from MQ ${formatRate(down)}`,
  ];
  if (refused > 0) parts.push(`refused ${formatCount(refused)}`);
  return parts.join('  ');
}

function announce(host: Host, lab: Lab, flags: GatewayFlags, options: LabOptions): void {
  const { addresses } = lab.gateway;
  const lines = addresses.map(
    (address) => `  ${URL_SCHEME[address.kind].padEnd(6)} ${URL_SCHEME[address.kind]}://${formatAddress(address)}`,
  );
  const { mq } = options;
  const where = mq?.address ?? (lab.mqAddress === undefined ? undefined : formatAddress(lab.mqAddress));
  if (where !== undefined) lines.push(`  MQ     ${where}`);
  const topics = options.topics.map((topic) => `${topic.name} (${topic.direction})`).join(', ');
  host.stderr.write(
    `${
      mq === undefined
        ? `gateway, bridge and MQ are up (profile ${flags.profile}, storage ${flags.storage})`
        : `gateway and bridge are up (profile ${flags.profile}), connected to ${escapeText(placeOf(mq))}`
    }\n${lines.join('\n')}\n  topics ${topics}\n`,
  );
  const upward = options.topics.find((topic) => topic.direction === 'up' || topic.direction === 'both');
  if (where !== undefined && upward !== undefined) {
    const name = mq?.engine ?? 'embedded';
    const engine = mq === undefined ? '' : ` --engine ${name}`;
    const at = where === ENGINES[name].address ? '' : ` --mq ${where}`;
    host.stderr.write(`see what arrives: causeway mq tail ${upward.name}${engine}${at}\n`);
  }
  host.stderr.write('Ctrl-C drains and ends\n');
  const ready = addresses.map((address) => `${READY_NAME[address.kind]}=${formatAddress(address)}`);
  if (where !== undefined) ready.push(`mq=${where}`);
  host.stdout.write(`ready ${ready.join(' ')}\n`);
}

/** @throws CausewayError network.unprotected, input.argument, port.taken, port.denied, folder.unwritable */
export async function gateway(host: Host, flags: GatewayFlags): Promise<number> {
  let live = '';
  const print = (text: string): void => host.stderr.write(`${live === '' ? '' : '\r\x1b[2K'}${text}\n${live}`);
  const lines = new EventLines(print, flags.verbose ?? false);
  const options = await withMq(
    host,
    flags,
    labOptions(host, flags, (event) => lines.tell(event)),
  );
  const interrupts = new Interrupts(host);
  let untick = (): void => undefined;
  let file: FollowedFile | undefined;
  try {
    file = await followed(host, flags, print);
    const lab = await host.services.startLab(file === undefined ? options : withBook(options, flags, file));
    try {
      if (flags.writeCa !== undefined && lab.gateway.ca !== undefined)
        await writeCertificate(host, flags.writeCa, lab.gateway.ca);
      announce(host, lab, flags, options);
      const rates = new Rates();
      untick = host.every(1000, () => {
        lines.tick();
        if (!host.stderr.isTTY) return;
        live = truncate(liveLine(lab, rates, host.clock()), (host.stderr.columns ?? 80) - 1);
        host.stderr.write(`\r\x1b[2K${live}`);
      });
      await interrupts.reached(1);
      untick();
      // The live line goes, and with it the ^C that the terminal has put behind it.
      if (live !== '') host.stderr.write('\r\x1b[2K');
      live = '';
      return await drain(host, lab, interrupts, print);
    } catch (error) {
      await lab.close(0);
      throw error;
    }
  } finally {
    untick();
    interrupts.close();
    await file?.close();
  }
}

/** The credentials file, followed from now on. @throws CausewayError credentials.damaged, credentials.exposed */
async function followed(host: Host, flags: GatewayFlags, print: (text: string) => void): Promise<FollowedFile | undefined> {
  if (flags.credentials === undefined) return undefined;
  return followCredentialFile(host.path(flags.credentials), {
    onProblem: (error) => print(escapeText(`${error.message}; the former content stays in force`)),
  });
}

function withBook(options: LabOptions, flags: GatewayFlags, { book }: FollowedFile): LabOptions {
  return { ...options, credentials: { book, ...(flags.instance === undefined ? {} : { instance: flags.instance }) } };
}

/** Another MQ in place of the embedded one. @throws CausewayError input.argument, secret.missing, network.unconfirmed */
async function withMq(host: Host, flags: GatewayFlags, { mqListen, ...options }: LabOptions): Promise<LabOptions> {
  const mq = await externalOf(host, flags);
  if (mq === undefined) return { ...options, ...(mqListen === undefined ? {} : { mqListen }) };
  const own = flags.storage === 'file' ? '--storage' : flags.mqPort === undefined ? undefined : '--mq-port';
  if (own !== undefined) {
    throw new CausewayError('input.argument', {
      argument: own,
      value: String(own === '--storage' ? flags.storage : flags.mqPort),
      reason: `it belongs to the embedded MQ, not to ${ENGINES[mq.engine].title}`,
      expected: `leave out ${own} or --engine`,
    });
  }
  confirmMq(mq.address, flags.allowNetwork);
  return { ...options, mq };
}

async function writeCertificate(host: Host, file: string, ca: string): Promise<void> {
  try {
    await writeAtomic(host.path(file), ca);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CausewayError('folder.unwritable', { path: file, reason }, { cause: error });
  }
}
