/** `causeway bridge`: carries messages between an MQTT broker that runs by itself and an MQ, until Ctrl-C. */
import { confirmBroker } from '../../core/external/confirmBroker.ts';
import type { Profile } from '../../core/gateway/types.ts';
import { CausewayError } from '../../core/protocol/errors.ts';
import { escapeText } from '../../core/report/text.ts';
import { brokerConnection } from '../../core/run/externalBroker.ts';
import type { BrokerLabOptions } from '../../core/run/lab.ts';
import { formatAddress, type TopicDirection } from '../arguments.ts';
import { type BrokerFlags, brokerSection } from '../brokerFlags.ts';
import { EventLines } from '../eventLines.ts';
import type { Host } from '../host.ts';
import { drain, Interrupts } from '../interrupts.ts';
import { confirmMq, type EngineFlags, externalOf } from '../mqFlags.ts';

export interface BridgeFlags extends BrokerFlags, EngineFlags {
  readonly broker: string;
  readonly clientId: string;
  readonly share: string;
  readonly mqPort?: number | false;
  readonly profile: Profile;
  readonly topic?: readonly { readonly name: string; readonly direction: TopicDirection }[];
  readonly partitions: number;
  readonly storage: 'memory' | 'file';
  readonly folder?: string;
  readonly allowNetwork?: boolean;
}

const MQ = { host: '127.0.0.1', port: 7883 };

async function optionsOf(host: Host, flags: BridgeFlags, lines: EventLines): Promise<BrokerLabOptions> {
  if ((flags.storage === 'file') !== (flags.folder !== undefined)) {
    throw new CausewayError('input.argument', {
      argument: '--storage',
      value: flags.storage,
      reason: flags.storage === 'file' ? 'it needs a folder' : 'it uses no folder, but --folder is given',
      expected: 'use --storage file --folder DIR, or --storage memory alone',
    });
  }
  const connection = await brokerConnection(brokerSection(host, flags), host.env, host.path('.'));
  confirmBroker(flags.broker, flags.allowNetwork);
  const mq = await externalOf(host, flags);
  if (mq !== undefined) confirmMq(mq.address, flags.allowNetwork);
  const { mqPort = MQ.port } = flags;
  return {
    profile: flags.profile,
    topics: (flags.topic ?? [{ name: 'demo', direction: 'both' as const }]).map((t) => ({ ...t, partitions: flags.partitions })),
    broker: { connection, clientId: flags.clientId, shareGroup: flags.share, keepSession: true },
    storage: flags.storage,
    fsync: flags.storage === 'file' ? 'always' : 'never',
    onEvent: (event) => lines.tell(event),
    ...(flags.folder === undefined ? {} : { folder: host.path(flags.folder) }),
    ...(mq === undefined ? {} : { mq }),
    ...(mq !== undefined || mqPort === false ? {} : { mqListen: { host: MQ.host, port: mqPort } }),
  };
}

/** @throws CausewayError of the broker, the MQ, network.unconfirmed, input.argument */
export async function bridge(host: Host, flags: BridgeFlags): Promise<number> {
  const print = (text: string): void => host.stderr.write(`${text}\n`);
  const lines = new EventLines(print, false);
  const options = await optionsOf(host, flags, lines);
  const interrupts = new Interrupts(host);
  let untick = (): void => undefined;
  try {
    const lab = await host.services.startBridge(options);
    try {
      const { url, mqtt, sharedSubscription, limits } = lab.gateway.broker;
      const mq = options.mq?.address ?? (lab.mqAddress === undefined ? undefined : formatAddress(lab.mqAddress));
      const topics = options.topics.map((topic) => `${topic.name} (${topic.direction})`).join(', ');
      const shared = sharedSubscription ? `, shared as ${flags.share}` : '';
      print(`the bridge is at work (profile ${flags.profile})`);
      print(escapeText(`  broker ${url}, MQTT ${mqtt}${shared}`));
      if (mq !== undefined) print(`  MQ     ${mq}`);
      print(`  topics ${topics}`);
      for (const limit of limits) print(escapeText(`warning: the broker: ${limit}`));
      print('Ctrl-C drains and ends; the broker keeps what comes until the bridge is back');
      host.stdout.write(`ready broker=${url}${mq === undefined ? '' : ` mq=${mq}`}\n`);
      untick = host.every(1000, () => lines.tick());
      await interrupts.reached(1);
      return await drain(host, lab, interrupts, print);
    } catch (error) {
      await lab.close(0);
      throw error;
    }
  } finally {
    untick();
    interrupts.close();
  }
}
