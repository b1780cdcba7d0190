/** The lab with its own gateway, bridge and embedded MQ, opened for the conformance suite over real sockets. */
import type { MappingFunctions } from '../bridge/types.ts';
import { nowUs } from '../clock.ts';
import { CredentialBook } from '../credentials/book.ts';
import { Issuer } from '../credentials/issuer.ts';
import { userName } from '../credentials/login.ts';
import type { MqCredentials } from '../credentials/mqGuard.ts';
import { signClientId } from '../credentials/signature.ts';
import { limitsOf } from '../gateway/limits.ts';
import type { Limits, Profile } from '../gateway/types.ts';
import { connectEmbeddedMq } from '../mq/embedded/client.ts';
import { deadLetterTopic, type MqEngine } from '../mq/engine.ts';
import { type Lab, type LabOptions, startLab } from '../run/lab.ts';
import type { LabUnderTest } from './labUnderTest.ts';

export interface EmbeddedLabOptions {
  readonly profile: Profile;
  readonly limits?: Partial<Limits>;
  /** Parent topics; default `check-1` to `check-200`: more than there are cases, so that none finds what another has left. */
  readonly topics?: readonly string[];
  /** Another mapping in place of the lab's own, to see which cases notice. */
  readonly mapping?: Partial<MappingFunctions>;
  /** Changes the options just before the lab starts, for the same purpose. */
  readonly adjust?: (options: LabOptions) => LabOptions;
}

const HOST = '127.0.0.1';
const TOPICS = Array.from({ length: 200 }, (_, i) => `check-${i + 1}`);
const UNBRIDGED = 'check-mqtt-only';
const RESERVED = '$SYS';
const INSTANCE = 'check';
/** The default of 10,000 is the same rule with more messages. */
const OFFLINE_MESSAGES = 50;
/** Group of the bridge when none is given. */
const BRIDGE_GROUP = 'causeway-bridge';

/** @throws CausewayError port.denied, connect.failed */
export async function startEmbeddedLab(options: EmbeddedLabOptions): Promise<LabUnderTest> {
  const { profile } = options;
  const topics = options.topics ?? TOPICS;
  const limits = { offlineMessages: OFFLINE_MESSAGES, ...options.limits };
  const book = new CredentialBook();
  const issuer = new Issuer(book);
  const account = issuer.addAccount({ instances: [INSTANCE] });
  const both = { direction: 'both', partitions: 4 } as const;
  let aheadUs = 0;
  const labOptions: LabOptions = {
    profile,
    limits,
    topics: [
      ...topics.map((name) => ({ name, ...both })),
      { name: RESERVED, ...both },
      { name: UNBRIDGED, direction: 'none', partitions: 1 },
    ],
    listeners: [
      { kind: 'tcp', host: HOST, port: 0 },
      { kind: 'ws', host: HOST, port: 0 },
    ],
    credentials: { book },
    mqListen: { host: HOST, port: 0 },
    storage: 'memory',
    fsync: 'never',
    gatewayClock: () => nowUs() + aheadUs,
    ...(options.mapping === undefined ? {} : { mapping: options.mapping }),
  };
  const lab = await startLab(options.adjust === undefined ? labOptions : options.adjust(labOptions));
  const connectMq = (credentials: MqCredentials): Promise<MqEngine> =>
    connectEmbeddedMq({ ...lab.mqAddress!, name: 'causeway-check', credentials });
  const engine = await connectMq(account).catch(async (error: unknown) => {
    await lab.close(0);
    throw error;
  });
  let closing: Promise<void> | undefined;
  const port = (kind: 'tcp' | 'ws'): number => lab.gateway.addresses.find((address) => address.kind === kind)!.port;
  return {
    name: 'embedded',
    profile,
    limits: limitsOf(profile, limits),
    mqttUrl: `mqtt://${HOST}:${port('tcp')}`,
    wsUrl: `ws://${HOST}:${port('ws')}/mqtt`,
    login: (clientId) => ({
      username: userName('signature', account.accessKeyId, INSTANCE),
      password: signClientId(account.secretKey, clientId),
    }),
    credentials: { issuer, account, instance: INSTANCE, connectMq },
    engine,
    topics,
    unbridgedTopic: UNBRIDGED,
    reservedTopic: RESERVED,
    deadLetterTopic: deadLetterTopic(BRIDGE_GROUP),
    counters: () => ({ gateway: lab.gateway.stats(), bridge: lab.bridge.stats() }),
    isOnline: (clientId) => lab.gateway.session(clientId)?.connected === true,
    restartBridge: () => lab.restartBridge(),
    passTime: (ms) => {
      aheadUs += ms * 1000;
    },
    variant: (changes) => startEmbeddedLab({ ...options, ...changes }),
    close: () => {
      closing ??= end(lab, () => engine.close());
      return closing;
    },
  };
}

/** Few seconds of draining: what a case has left behind needs no care. */
async function end(lab: Lab, closeEngine: () => Promise<void>): Promise<void> {
  await closeEngine();
  await lab.close(2_000);
}
