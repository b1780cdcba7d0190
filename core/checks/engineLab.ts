/** The lab with its own gateway and bridge, and the embedded MQ or another, opened for the conformance suite over real sockets. */
import { randomBytes } from 'node:crypto';
import { BRIDGE_GROUP } from '../bridge/bridge.ts';
import type { MappingFunctions } from '../bridge/types.ts';
import { nowUs } from '../clock.ts';
import { CredentialBook } from '../credentials/book.ts';
import { Issuer } from '../credentials/issuer.ts';
import { userName } from '../credentials/login.ts';
import type { MqCredentials } from '../credentials/mqGuard.ts';
import { signClientId } from '../credentials/signature.ts';
import { limitsOf } from '../gateway/limits.ts';
import type { Limits, Profile } from '../gateway/types.ts';
import { connectMq, type ExternalConnection } from '../mq/connect.ts';
import { deadLetterTopic, type MqEngine } from '../mq/engine.ts';
import type { EngineName } from '../mq/engines.ts';
import { CausewayError } from '../protocol/errors.ts';
import { type Lab, type LabOptions, startLab } from '../run/lab.ts';
import type { LabChanges, LabUnderTest } from './labUnderTest.ts';
import { rememberGroups } from './rememberGroups.ts';
import { NotApplicable } from './types.ts';

export interface EngineLabOptions {
  readonly profile: Profile;
  /** In place of the embedded MQ. */
  readonly mq?: ExternalConnection;
  readonly limits?: Partial<Limits>;
  /**
   * Parent topics. Default `check-1` to `check-200`, more than there are cases, so that none finds what another has left;
   * with an MQ that lives on `causeway-check-1` to `causeway-check-24`, used in turn.
   */
  readonly topics?: readonly string[];
  /** Another mapping in place of the lab's own, to see which cases notice. */
  readonly mapping?: Partial<MappingFunctions>;
  /** Changes the options just before the lab starts, for the same purpose. */
  readonly adjust?: (options: LabOptions) => LabOptions;
}

const HOST = '127.0.0.1';
const numbered = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}-${i + 1}`);
const TOPICS = numbered('check', 200);
/** They stay in the MQ for the next time. Three times as many as cases run at a time: none is used again at once. */
const OUTSIDE_TOPICS = numbered('causeway-check', 24);
const UNBRIDGED = 'check-mqtt-only';
const RESERVED = '$SYS';
/** Where the suite may make a topic whose name begins with a $: Kafka and RocketMQ refuse it, RabbitMQ is not its own. */
const DOLLAR_NAMES: readonly EngineName[] = ['embedded'];
const INSTANCE = 'check';
/** The default of 10,000 is the same rule with more messages. */
const OFFLINE_MESSAGES = 50;

/** @throws CausewayError port.denied, connect.failed, and those of connecting to the MQ */
export async function startEngineLab(options: EngineLabOptions): Promise<LabUnderTest> {
  const { profile, mq } = options;
  const topics = options.topics ?? (mq === undefined ? TOPICS : OUTSIDE_TOPICS);
  const limits = { offlineMessages: OFFLINE_MESSAGES, ...options.limits };
  const name = mq?.engine ?? 'embedded';
  const reserved = DOLLAR_NAMES.includes(name) ? [RESERVED] : [];
  // In an MQ that lives on, one that ended badly must not be met again.
  const bridgeGroup = mq === undefined ? BRIDGE_GROUP : `${BRIDGE_GROUP}-check-${randomBytes(4).toString('hex')}`;
  const book = new CredentialBook();
  const issuer = new Issuer(book);
  const account = issuer.addAccount({ instances: [INSTANCE] });
  const both = { direction: 'both', partitions: 4 } as const;
  let aheadUs = 0;
  const labOptions: LabOptions = {
    profile,
    limits,
    topics: [
      ...[...topics, ...reserved].map((topic) => ({ name: topic, ...both })),
      { name: UNBRIDGED, direction: 'none', partitions: 1 },
    ],
    listeners: [
      { kind: 'tcp', host: HOST, port: 0 },
      { kind: 'ws', host: HOST, port: 0 },
    ],
    credentials: { book },
    ...(mq === undefined
      ? { mqListen: { host: HOST, port: 0 } }
      : { mq, bridgeGroup, ownGroups: [{ name: bridgeGroup, topics: [...topics, ...reserved] }] }),
    storage: 'memory',
    fsync: 'never',
    gatewayClock: () => nowUs() + aheadUs,
    ...(options.mapping === undefined ? {} : { mapping: options.mapping }),
  };
  const lab = await startLab(options.adjust === undefined ? labOptions : options.adjust(labOptions));
  const asService = (credentials: MqCredentials): Promise<MqEngine> =>
    connectMq({ engine: 'embedded', ...lab.mqAddress!, credentials }, { name: 'causeway-check' });
  const opening = mq === undefined ? asService(account) : connectMq(mq, { name: 'causeway-check' }).then(rememberGroups);
  const engine = await opening.catch(async (error: unknown) => {
    await lab.close(0);
    throw error;
  });
  let closing: Promise<void> | undefined;
  let variants = 0;
  const port = (kind: 'tcp' | 'ws'): number => lab.gateway.addresses.find((address) => address.kind === kind)!.port;
  return {
    name,
    profile,
    limits: limitsOf(profile, limits),
    mqttUrl: `mqtt://${HOST}:${port('tcp')}`,
    wsUrl: `ws://${HOST}:${port('ws')}/mqtt`,
    login: (clientId) => ({
      username: userName('signature', account.accessKeyId, INSTANCE),
      password: signClientId(account.secretKey, clientId),
    }),
    credentials: { issuer, account, instance: INSTANCE, ...(mq === undefined ? { connectMq: asService } : {}) },
    engine,
    topics,
    unbridgedTopic: UNBRIDGED,
    reservedTopic: reserved[0],
    deadLetterTopic: deadLetterTopic(bridgeGroup),
    counters: () => ({ gateway: lab.gateway.stats(), bridge: lab.bridge.stats() }),
    isOnline: (clientId) => lab.gateway.session(clientId)?.connected === true,
    restartBridge: () => lab.restartBridge(),
    passTime: (ms) => {
      aheadUs += ms * 1000;
    },
    variant: (changes) => {
      variants += 1;
      return mq === undefined ? startEngineLab({ ...options, ...changes }) : outsideVariant(options, changes, variants);
    },
    close: () => {
      closing ??= end(lab, () => engine.close());
      return closing;
    },
  };
}

/** Beside the lab itself, in the same MQ: with a topic that neither it nor another variant has. */
async function outsideVariant(options: EngineLabOptions, changes: LabChanges, number: number): Promise<LabUnderTest> {
  try {
    return await startEngineLab({ ...options, topics: [`causeway-check-v${number}`], ...changes });
  } catch (error) {
    if (changes.topics === undefined || !(error instanceof CausewayError) || error.code !== 'input.argument') throw error;
    throw new NotApplicable(error.message);
  }
}

/** Few seconds of draining: what a case has left behind needs no care. */
async function end(lab: Lab, closeEngine: () => Promise<void>): Promise<void> {
  await closeEngine();
  await lab.close(2_000);
}
