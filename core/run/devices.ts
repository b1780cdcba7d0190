/** One population's members in one thread: their clients, actors, topics, and what they are entitled to receive. */
import type { Actor } from '../actors/actor.ts';
import type { City } from '../actors/city.ts';
import { createActor } from '../actors/create.ts';
import { userName } from '../credentials/login.ts';
import { signClientId } from '../credentials/signature.ts';
import type { QoS } from '../gateway/types.ts';
import { expectDevice, expectUp, type Sent } from '../measure/stampFlags.ts';
import type { Credentials, Population, Publication, Reaction, Scenario } from '../scenario/model.ts';
import { clientIdOf, renderTemplate, templateVars } from '../scenario/template.ts';
import type { Schedule } from '../schedule/types.ts';
import type { SimClientApi, SimClientOptions } from '../swarm/types.ts';
import type { Audience, ExpectedStreams } from './audience.ts';
import type { Slice } from './plan.ts';
import type { DeviceCredentials } from './runCredentials.ts';
import { blockQos, blockTopic, type StreamTable } from './streams.ts';

/** A topic that a member publishes to, with what the stamp says about it. */
export interface Line {
  readonly stream: number;
  readonly topic: string;
  readonly sent: Sent;
}

export interface Member {
  readonly index: number;
  readonly receiver: number;
  readonly actor: Actor;
  readonly client: SimClientApi;
  readonly filters: readonly { readonly filter: string; readonly qos: QoS }[];
  readonly publications: readonly Line[];
  readonly reactions: readonly (Line & { readonly filter: string; readonly reaction: Reaction })[];
  /** Streams that its subscriptions bring, and those addressed to it alone. */
  readonly matched: ExpectedStreams;
  readonly p2p: ExpectedStreams;
  ready: boolean;
  /** `nowUs()` when it last lost the network, and when it began to come back (Infinity while away). */
  awayFromUs: number;
  awayToUs: number;
  /** Was away, or lost its connection, after traffic had begun. */
  wasAway: boolean;
  /** The gateway has said that its token is not good; the close follows. */
  invalid: boolean;
  /** Its credentials were withdrawn: it stays away, and what it still owes is not lost. */
  dismissed: boolean;
}

/** What the members of a population have in common. */
export interface Devices {
  readonly population: Population;
  readonly slice: Slice;
  readonly members: readonly Member[];
  /** Closed-loop schedules by publication; undefined where the publication is not closed-loop. */
  readonly closed: (Schedule | undefined)[];
}

export interface DevicesContext {
  readonly scenario: Scenario;
  readonly streams: StreamTable;
  readonly audience: Audience;
  readonly city: City | undefined;
  /** Receiver number of member 0. */
  readonly firstReceiver: number;
  addClient(options: SimClientOptions): SimClientApi;
  readonly localAddresses: readonly string[];
  readonly secrets: Readonly<Record<string, string>>;
  /** On a broker outside: the login of members that have none of their own. */
  readonly login?: { readonly username: string; readonly password?: string } | undefined;
  /** Needed where a population has credentials. */
  readonly credentials?: DeviceCredentials | undefined;
}

export function createDevices(population: Population, slice: Slice, context: DevicesContext): Devices {
  const { scenario, streams, audience } = context;
  const bridgedUp = new Set(
    scenario.gateway.topics.filter((t) => t.direction === 'up' || t.direction === 'both').map((t) => t.name),
  );
  const publicationBases = population.publish.map((p) => streams.publicationBase(population.name, p.name));
  const reactionBases = population.react.map((r) => streams.reactionBase(population.name, r.name));
  const actorContext = { seed: scenario.seed, ...(context.city === undefined ? {} : { city: context.city }) };

  const members: Member[] = [];
  for (let index = slice.from; index < slice.to; index += 1) {
    const vars = templateVars(population, index);
    const clientId = clientIdOf(population, index);
    const line = (base: number, of: Publication | Reaction, retain: boolean): Line => {
      const topic = renderTemplate(of.topic, vars);
      const expect = bridgedUp.has(topic.split('/', 1)[0]!) ? expectUp : expectDevice;
      const sent = expect({ topic, clientId, qos: of.qos, cleanSession: population.client.cleanSession, retain });
      return { stream: base + index, topic, sent };
    };
    const client = context.addClient(clientOptions(population, index, context));
    const entitled = audience.forDevice(population, index);
    const filters = population.subscribe.map((s) => ({ filter: renderTemplate(s.topic, vars), qos: s.qos }));
    client.tag = index - slice.from;
    members.push({
      index,
      receiver: context.firstReceiver + index,
      actor: createActor(population, index, actorContext),
      client,
      filters: scenario.gateway.broker === undefined ? filters : withP2p(filters, entitled.p2p, streams),
      publications: population.publish.map((p, k) => line(publicationBases[k]!, p, p.retain)),
      reactions: population.react.map((reaction, k) => ({
        ...line(reactionBases[k]!, reaction, false),
        filter: renderTemplate(reaction.on, vars),
        reaction,
      })),
      ...entitled,
      ready: false,
      awayFromUs: Number.POSITIVE_INFINITY,
      awayToUs: Number.POSITIVE_INFINITY,
      wasAway: false,
      invalid: false,
      dismissed: false,
    });
  }
  return { population, slice, members, closed: population.publish.map(() => undefined) };
}

/**
 * A broker outside delivers nothing to a client that has not subscribed to it, so members subscribe to what is addressed
 * to them alone, at the QoS it is sent with.
 */
function withP2p(filters: Member['filters'], p2p: ExpectedStreams, streams: StreamTable): Member['filters'] {
  const own = new Map<string, QoS>();
  for (const stream of p2p.keys()) {
    const block = streams.find(stream)!;
    const topic = blockTopic(block, stream - block.base);
    own.set(topic, Math.max(own.get(topic) ?? 0, blockQos(block)) as QoS);
  }
  const added = [...own].filter(([topic]) => filters.every(({ filter }) => filter !== topic));
  return [...filters, ...added.map(([filter, qos]) => ({ filter, qos }))];
}

/** How member `index` connects. */
export function clientOptions(
  population: Population,
  index: number,
  context: Pick<DevicesContext, 'localAddresses' | 'secrets' | 'credentials' | 'login'>,
): SimClientOptions {
  const { client } = population;
  const vars = templateVars(population, index);
  const clientId = clientIdOf(population, index);
  const login = population.credentials === undefined ? undefined : loginOf(population.credentials, clientId, context.credentials);
  const own = client.username === undefined ? undefined : renderTemplate(client.username, vars);
  const common = own === undefined ? context.login : undefined;
  const username = login?.username ?? own ?? common?.username;
  const password =
    client.passwordFrom === undefined ? (login?.password ?? common?.password) : context.secrets[client.passwordFrom];
  const addresses = context.localAddresses;
  return {
    clientId,
    cleanSession: client.cleanSession,
    keepAliveS: Math.round(client.keepAliveMs / 1000),
    maxInflight: client.maxInflight,
    maxQueued: client.maxQueued,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(addresses.length === 0 ? {} : { localAddress: addresses[index % addresses.length]! }),
    ...(client.will === undefined
      ? {}
      : {
          will: {
            topic: renderTemplate(client.will.topic, vars),
            payload: Buffer.from(renderTemplate(client.will.body, vars)),
            qos: client.will.qos,
            retain: client.will.retain,
          },
        }),
  };
}

/** User name, and for a signature the password; a token comes later. */
function loginOf(
  credentials: Credentials,
  clientId: string,
  account: DeviceCredentials | undefined,
): { readonly username: string; readonly password: string | undefined } {
  const { accessKeyId, instance, secretKey } = account!;
  const username = userName(credentials.kind, accessKeyId, instance);
  return { username, password: credentials.kind === 'signature' ? signClientId(secretKey!, clientId) : undefined };
}
