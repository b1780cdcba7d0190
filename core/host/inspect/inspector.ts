/** Sends one message through a lab of its own and tells what became of it. */
import { ConnectRefused, type Device, REFUSED } from '../../checks/device.ts';
import type { Profile } from '../../gateway/types.ts';
import { DEAD_LETTER_DETAIL, LAB_PROPERTY } from '../../mapping/names.ts';
import { REASONS, type Reason, WARNINGS, type WarningCode } from '../../mapping/reasons.ts';
import { canonicalSecond, characterFault, p2pTarget, splitTopic } from '../../mapping/topics.ts';
import { DEAD_LETTER, type MqReceipt } from '../../mq/engine.ts';
import { CausewayError } from '../../protocol/errors.ts';
import type { InspectResult, MqMessageView, MqttPacketView } from '../../protocol/window.ts';
import type { CallInput, Calls } from '../types.ts';
import { downArrows, upArrows } from './arrows.ts';
import { Bench, FENCE, UNBRIDGED } from './bench.ts';
import { REFUSALS } from './refusals.ts';
import { arrivalView, mqView, payloadBytes, payloadView } from './views.ts';

type Input = CallInput<'inspect.send'>;
type Up = Extract<Input, { readonly side: 'mqtt' }>;
type Down = Extract<Input, { readonly side: 'mq' }>;
type Told = Omit<InspectResult, 'tookMs' | 'direction'>;

/** How long what must come is waited for. */
const PATIENCE_MS = 5_000;
const LISTENER = 'GID_inspect@@@listener';
/** Parent topics of one bench; a new bench begins with none. */
const MOST_PARENTS = 50;

export class Inspector {
  readonly #benches = new Map<Profile, Bench>();
  #queue: Promise<unknown> = Promise.resolve();
  #closed = false;

  calls(): Calls<'inspect.send'> {
    return { 'inspect.send': (input) => this.#inTurn(() => this.#send(input)) };
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#inTurn(async () => {
      for (const bench of this.#benches.values()) await bench.close();
      this.#benches.clear();
    });
  }

  /** One after the other: each sees the traces of its own message only. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #send(input: Input): Promise<InspectResult> {
    if (this.#closed) throw new CausewayError('window.closing');
    const payload = payloadBytes(input.payload);
    const began = performance.now();
    const direction = input.side === 'mqtt' ? 'up' : 'down';
    const parent = splitTopic(input.topic).parent;
    const bench = await this.#bench(input.profile, input.side === 'mqtt' ? parent : input.topic);
    let told: Told;
    try {
      told =
        bench === undefined
          ? noTopic(input, payload)
          : await (input.side === 'mqtt' ? up(bench, input, payload) : down(bench, input, payload));
    } finally {
      await this.#tidy(input.profile);
    }
    return { ...told, direction, tookMs: Math.round(performance.now() - began) };
  }

  /** A bench that has the parent topic; undefined: no MQ topic can have that name. */
  async #bench(profile: Profile, parent: string): Promise<Bench | undefined> {
    if (parent === FENCE) return undefined;
    const open = this.#benches.get(profile);
    const known = parent === UNBRIDGED || parent === '' || open?.parents.has(parent) === true;
    if (open !== undefined && known) return open;
    const before = open === undefined || open.parents.size >= MOST_PARENTS ? ['demo'] : [...open.parents];
    await open?.close();
    this.#benches.delete(profile);
    const parents = new Set(known ? before : [...before, parent]);
    try {
      const bench = await Bench.open(profile, parents);
      this.#benches.set(profile, bench);
      return bench;
    } catch (error) {
      if (error instanceof CausewayError && error.code === 'input.argument') return undefined;
      throw error;
    }
  }

  async #tidy(profile: Profile): Promise<void> {
    const bench = this.#benches.get(profile);
    if (bench === undefined) return;
    if (!bench.used) return bench.clear();
    this.#benches.delete(profile);
    await bench.close();
  }
}

function noTopic(input: Input, payload: Buffer): Told {
  const bare = { outcome: 'refused', mqttReceived: [], warnings: [], mq: null } as const;
  const reason = 'No MQ topic can have this name.';
  if (input.side === 'mq')
    return { ...bare, mqttSent: null, reason, arrows: downArrows(sentToMq(input, payload), null, input.device.qos) };
  const mqttSent = published(input, payload);
  return { ...bare, mqttSent, reason, arrows: upArrows(mqttSent, null) };
}

const published = ({ topic, qos, retain, clientId, cleanSession }: Up, payload: Buffer): MqttPacketView => ({
  topic,
  qos,
  retain,
  dup: false,
  clientId,
  cleanSession,
  payload: payloadView(payload),
});

async function up(bench: Bench, input: Up, payload: Buffer): Promise<Told> {
  const { topic, qos, retain, clientId, cleanSession } = input;
  if (retain) bench.used = true;
  const mqttSent = published(input, payload);
  const ended = (
    outcome: Told['outcome'],
    reason: string,
    mq: MqMessageView | null = null,
    mqttReceived: MqttPacketView[] = [],
  ): Told => ({
    outcome,
    reason,
    mqttSent,
    mq,
    mqttReceived,
    arrows: upArrows(mqttSent, mq),
    warnings: retain ? ['The gateway keeps the message for MQTT subscribers; MQ is not told that it was retained.'] : [],
  });
  const { parent, second } = splitTopic(topic);
  const target = p2pTarget(second);
  const refused = (what: string): Told => ended('refused', `The gateway refused the ${what}: ${refusalText(bench, clientId)}.`);

  let sender: Device;
  try {
    sender = await bench.device(clientId, cleanSession);
  } catch (error) {
    if (error instanceof ConnectRefused) return refused('connection');
    throw error;
  }
  const filter = { filter: topic, qos: 2 } as const;
  const listener =
    target === clientId ? sender : await listening(bench, target ?? LISTENER, target === undefined ? filter : undefined);
  try {
    const seen = (): boolean => bench.refusals.length > 0 || !sender.connected;
    const acknowledged = sender
      .publish(topic, payload, { qos, retain })
      .then(() => (qos === 0 ? bench.fence(sender) : undefined));
    acknowledged.then(
      () => bench.waiter.notify(),
      () => bench.waiter.notify(),
    );
    let settled = false;
    void acknowledged.then(
      () => {
        settled = true;
      },
      () => undefined,
    );
    await bench.waiter.until(() => settled || seen(), PATIENCE_MS);
  } catch {
    // MQTT.js itself would not write it.
  }
  if (bench.refusals.length > 0 || !sender.connected) return refused('message');
  const arrived = (): boolean => listener === undefined || listener.arrivals.length > 0;
  if (parent === UNBRIDGED) {
    await bench.waiter.until(arrived, PATIENCE_MS);
    return ended(
      'not-bridged',
      `${UNBRIDGED} is a topic of devices alone: nothing of it goes to MQ.`,
      null,
      received(listener, target === undefined ? filter : undefined),
    );
  }
  const stored = await bench.waiter.until(() => bench.stored.length > 0, PATIENCE_MS);
  await bench.waiter.until(arrived, PATIENCE_MS);
  const found = bench.stored[0];
  if (!stored || found === undefined) return refused('message');
  const p2p = target === undefined ? '' : ` P2P: of all devices only ${target} gets it.`;
  return ended(
    'delivered',
    `MQ has stored it, and the device was told so only then.${p2p}`,
    mqView(found),
    received(listener, target === undefined ? filter : undefined),
  );
}

/** A device that would get the message too; none where its topic can be no filter. */
async function listening(
  bench: Bench,
  clientId: string,
  subscription: { filter: string; qos: 2 } | undefined,
): Promise<Device | undefined> {
  if (subscription !== undefined && (characterFault(subscription.filter) !== undefined || subscription.filter === ''))
    return undefined;
  try {
    const device = await bench.device(clientId, true);
    if (subscription !== undefined && (await device.subscribe(subscription.filter, subscription.qos)) >= REFUSED)
      return undefined;
    return device;
  } catch {
    return undefined;
  } finally {
    // That nobody listens says nothing about the message.
    bench.refusals.length = 0;
  }
}

function received(
  device: Device | undefined,
  subscription?: { readonly filter: string; readonly qos: number },
): MqttPacketView[] {
  return device === undefined ? [] : device.arrivals.map((arrival) => arrivalView(device, arrival, subscription));
}

function refusalText(bench: Bench, clientId: string): string {
  const refusal = bench.refusals.find((one) => one.clientId === clientId) ?? bench.refusals[0];
  return refusal === undefined ? 'it closed the connection' : `${REFUSALS[refusal.reason]} (${refusal.reason})`;
}

const sentToMq = ({ topic, key, properties }: Down, payload: Buffer, receipt?: MqReceipt): MqMessageView => ({
  topic,
  key: key ?? null,
  tag: null,
  properties,
  partition: receipt?.partition ?? 0,
  offset: receipt?.offset ?? 0,
  payload: payloadView(payload),
});

async function down(bench: Bench, input: Down, payload: Buffer): Promise<Told> {
  const { topic, key, properties, device: wanted } = input;
  const before = bench.stats();
  let mq: MqMessageView = sentToMq(input, payload);
  const ended = (outcome: Told['outcome'], reason: string, got: MqttPacketView[] = []): Told => ({
    outcome,
    reason,
    mqttSent: null,
    mq: bench.stored.length > 0 || outcome !== 'refused' ? mq : null,
    mqttReceived: got,
    arrows: downArrows(mq, got[0] ?? null, wanted.qos),
    warnings: warningsSince(bench, before.warnings),
  });
  let device: Device;
  try {
    device = await bench.device(wanted.clientId, wanted.cleanSession);
    const granted = await device.subscribe(wanted.filter, wanted.qos);
    if (granted >= REFUSED)
      return ended('refused', `The gateway refused the device’s subscription: ${refusalText(bench, wanted.clientId)}.`);
  } catch (error) {
    if (error instanceof ConnectRefused)
      return ended('refused', `The gateway refused the device: ${refusalText(bench, wanted.clientId)}.`);
    if (bench.refusals.length > 0)
      return ended('refused', `The gateway refused the device’s subscription: ${refusalText(bench, wanted.clientId)}.`);
    return ended('refused', `The device’s subscription is not valid: ${error instanceof Error ? error.message : String(error)}.`);
  }
  if (!wanted.online) {
    await device.close();
    await bench.waiter.until(() => bench.gateway.session(wanted.clientId)?.connected !== true, PATIENCE_MS);
  }
  try {
    const receipt = await bench.send({ topic, properties, body: payload, ...(key === undefined ? {} : { key }) });
    mq = sentToMq(input, payload, receipt);
  } catch (error) {
    return ended('refused', `MQ did not take the message: ${error instanceof Error ? error.message : String(error)}.`);
  }
  await bench.waiter.until(() => bench.stored.length > 0, PATIENCE_MS);
  if (bench.stored[0] !== undefined) mq = mqView(bench.stored[0]);

  if (Object.hasOwn(properties, LAB_PROPERTY.origin)) {
    // A later message of the same partition has passed the bridge: this one was passed over.
    await bench.send({ topic, properties: { mqttSecondTopic: '/p2p/nobody' }, body: Buffer.alloc(0) });
    await bench.waiter.until(() => settledSince(bench, before) > 0, PATIENCE_MS);
    return ended(
      'not-bridged',
      `It carries the mark ${LAB_PROPERTY.origin} of messages that came from MQTT: the bridge does not send them back.`,
    );
  }
  await bench.waiter.until(() => settledSince(bench, before) > 0, PATIENCE_MS);
  const { online, stored, delivered } = bench.stats().down;
  if (delivered === before.down.delivered) {
    await bench.waiter.until(() => bench.letters.length > 0, PATIENCE_MS);
    return ended('dead-letter', deadLetterText(bench));
  }
  const subscription = { filter: wanted.filter, qos: wanted.qos };
  const second = Object.hasOwn(properties, 'mqttSecondTopic') ? canonicalSecond(properties.mqttSecondTopic ?? '') : undefined;
  const target = p2pTarget(second);
  const matched = target === undefined ? subscription : undefined;
  if (online > before.down.online) {
    await bench.waiter.until(() => device.arrivals.length > 0, PATIENCE_MS);
    return ended(
      'delivered',
      target === undefined
        ? 'The device’s subscription matches.'
        : 'P2P: it went to this device alone, without any subscription.',
      received(device, matched),
    );
  }
  if (stored > before.down.stored) {
    const back = await bench.device(wanted.clientId, wanted.cleanSession);
    await bench.waiter.until(() => back.arrivals.length > 0, PATIENCE_MS);
    const arrived =
      back.arrivals.length > 0 ? 'it was delivered when the device came back' : 'it did not come when the device was back';
    return ended(
      'stored-offline',
      `The device was offline and keeps its session: the message was stored, and ${arrived}.`,
      received(back, matched),
    );
  }
  return ended('dropped', droppedText(input, target));
}

/** Messages that the bridge has delivered or put to the dead letters since. */
function settledSince(bench: Bench, before: ReturnType<Bench['stats']>): number {
  const settled = ({ down: { delivered, deadLettered } }: ReturnType<Bench['stats']>): number =>
    delivered + Object.values(deadLettered).reduce((sum, count) => sum + count, 0);
  return settled(bench.stats()) - settled(before);
}

function warningsSince(bench: Bench, before: Readonly<Record<string, number>>): string[] {
  return Object.entries(bench.stats().warnings)
    .filter(([code, count]) => count > (before[code] ?? 0))
    .map(([code]) => `${WARNINGS[code as WarningCode]} (${code})`);
}

function deadLetterText(bench: Bench): string {
  const { properties } = bench.letters[0] ?? { properties: {} as Readonly<Record<string, string>> };
  const reason = properties[DEAD_LETTER.reason] ?? '';
  const why = REASONS[reason as Reason] ?? 'the bridge cannot map it';
  const value = properties[DEAD_LETTER_DETAIL.value];
  return `It went to the dead letters: ${why} (${reason}${value === undefined ? '' : `: ${value}`}).`;
}

function droppedText({ device, properties }: Down, target: string | undefined): string {
  if (target !== undefined && target !== device.clientId)
    return `P2P: it is for ${target}, which this gateway does not know. Nobody else gets it.`;
  if (device.online) return `No subscription matches: the device listens to ${device.filter}.`;
  if (device.cleanSession)
    return 'The device is offline and its session ended with its connection (clean session): nothing is kept.';
  if (target !== undefined && properties.cleansessionflag !== 'false')
    return 'The device is offline, and cleansessionflag is not false: nothing is kept for it.';
  return 'The device is offline, and a message of QoS 0, or one that no subscription matches, is not kept.';
}
