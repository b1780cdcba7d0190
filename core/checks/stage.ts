/** One execution of one case: its devices, its parent topic, what it sends, and what it expects to see. */
import type { IClientOptions } from 'mqtt';
import type { QoS } from '../gateway/types.ts';
import type { MqDelivery } from '../mq/engine.ts';
import { showBytes } from './bytes.ts';
import {
  compareArrivals,
  compareLetters,
  compareStored,
  type ExpectedArrival,
  type ExpectedLetter,
  type ExpectedStored,
  showProperties,
} from './compare.ts';
import { type Arrival, ConnectRefused, connectDevice, type Device, type PublishOptions } from './device.ts';
import { EvidenceLog } from './evidence.ts';
import type { LabChanges, LabUnderTest, Login } from './labUnderTest.ts';
import { Leftovers } from './leftovers.ts';
import { Scene } from './scene.ts';
import { CHECK_ID, openWatch, type Watch, type Watcher } from './watch.ts';

export interface DeviceOptions {
  /** Default true. */
  readonly clean?: boolean;
  readonly over?: 'tcp' | 'ws';
  /** Filter to QoS; subscribed in this order, after the fence. */
  readonly subscribe?: Readonly<Record<string, QoS>>;
  /** Subscribes to fences. Default true. */
  readonly fence?: boolean;
  readonly will?: { readonly topic: string; readonly body: Buffer; readonly qos: QoS; readonly retain?: boolean };
  readonly protocolVersion?: 4 | 5;
  /** In place of the lab's own. */
  readonly login?: Login;
  /** In place of the one made of the name. */
  readonly clientId?: string;
}

export interface SendOptions {
  /** Default: the case's own topic. */
  readonly topic?: string;
  /** Default: the case's own key, so that messages keep their order; null: none. */
  readonly key?: string | null;
}

type Counters = ReturnType<NonNullable<LabUnderTest['counters']>>;

export interface StageOptions {
  readonly lab: LabUnderTest;
  readonly watch: Watch;
  readonly parent: string;
  /** Unique; part of client IDs and payloads. */
  readonly token: string;
  /** How long a condition is waited for. */
  readonly patienceMs: number;
  readonly log?: EvidenceLog;
}

const CONNECT_TIMEOUT_MS = 10_000;

export class Stage extends Scene implements Watcher {
  readonly lab: LabUnderTest;
  readonly parent: string;
  readonly token: string;
  /** What came into MQ from devices, without fences. */
  readonly stored: MqDelivery[] = [];
  readonly letters: MqDelivery[] = [];
  readonly #watch: Watch;
  readonly #devices: Device[] = [];
  readonly #left = new Leftovers();
  readonly #upFences = new Set<number>();
  #fence = 0;
  #sent = 0;

  constructor(options: StageOptions) {
    super(options.log ?? new EvidenceLog(), options.patienceMs);
    this.lab = options.lab;
    this.parent = options.parent;
    this.token = options.token;
    this.#watch = options.watch;
    this.#watch.add(this.parent, this);
  }

  /** The parent topic with a subtopic behind it. */
  topic(second = ''): string {
    return this.parent + second;
  }

  /** A client ID of this case, of the form group@@@device. */
  clientId(name: string): string {
    return `GID_c@@@${this.token}-${name}`;
  }

  /** A payload that no other case has. */
  body(text: string): Buffer {
    return Buffer.from(`${this.token} ${text}`);
  }

  // --- Watcher and arrivals

  onStored(delivery: MqDelivery): void {
    if ((delivery.properties[CHECK_ID] ?? '').startsWith(`${this.token}:`)) return;
    const fence = this.#fenceOf(delivery.topic + (delivery.properties.mqttSecondTopic ?? ''), delivery.body);
    if (fence === undefined) this.stored.push(delivery);
    else this.#upFences.add(fence);
    this.waiter.notify();
  }

  onLetter(delivery: MqDelivery): void {
    this.letters.push(delivery);
    this.waiter.notify();
  }

  #onArrival(device: Device, arrival: Arrival): void {
    const fence = this.#fenceOf(arrival.topic, arrival.payload);
    if (fence !== undefined) device.fences.add(fence);
    else if (this.#isOwn(arrival)) device.arrivals.push(arrival);
    this.waiter.notify();
  }

  /** By topic or by payload, so that damage to one of the two is found where it is looked for and not in every case. */
  #fenceOf(topic: string, payload: Uint8Array): number | undefined {
    if (topic.startsWith(`${this.parent}/fence/`)) return Number(topic.slice(this.parent.length + 7));
    const text = Buffer.from(payload.subarray(0, 80)).toString('latin1');
    const start = `fence of ${this.token} `;
    return text.startsWith(start) ? Number(text.slice(start.length)) : undefined;
  }

  /** A subscriber of `#` gets what other cases send as well. What comes under $SYS is meant for this connection alone. */
  #isOwn(arrival: Arrival): boolean {
    const { topic, payload } = arrival;
    if (topic.startsWith('$SYS/')) return true;
    return topic === this.parent || topic.startsWith(`${this.parent}/`) || payload.includes(`${this.token} `);
  }

  // --- doing

  /** Connects a device and subscribes it. @throws ConnectRefused */
  async device(name: string, options: DeviceOptions = {}): Promise<Device> {
    const { lab } = this;
    const { clean = true, over = 'tcp', subscribe = {}, fence = true, will, protocolVersion = 4 } = options;
    if (over === 'ws' && lab.wsUrl === undefined) this.notApplicable('this lab has no WebSocket listener');
    const url = over === 'ws' ? lab.wsUrl! : lab.mqttUrl;
    const clientId = options.clientId ?? this.clientId(name);
    const connect: IClientOptions = {
      clientId,
      clean,
      protocolVersion,
      ...(options.login ?? lab.login?.(clientId)),
      ...(will === undefined
        ? {}
        : { will: { topic: will.topic, payload: will.body, qos: will.qos, retain: will.retain ?? false } }),
    };
    const how = `${over === 'ws' ? 'over WebSocket, ' : ''}clean session ${clean ? 'on' : 'off'}`;
    this.log.did(`device ${name} connects as ${clientId}, ${how}`);
    if (!clean) this.#left.sessions.add(clientId);
    if (will?.retain === true) this.#left.retained.add(will.topic);
    const events = { onArrival: (from: Device, arrival: Arrival) => this.#onArrival(from, arrival) };
    const device = await connectDevice(name, url, connect, events, CONNECT_TIMEOUT_MS);
    this.#devices.push(device);
    if (fence) {
      // At QoS 2, or a message of QoS 2 (which is handed over at its PUBREL) would be overtaken by its fence.
      const qos = !clean && lab.profile === 'strict' ? 1 : 2;
      device.fenced = (await this.within(device.subscribe(this.topic('/fence/+'), qos), `SUBACK for ${name}`)) < 3;
    }
    for (const [filter, qos] of Object.entries(subscribe)) await this.subscribe(device, filter, qos);
    return device;
  }

  /** The return code with which a connection is refused; 0 when it is not. */
  async refusal(name: string, options: DeviceOptions): Promise<number | 'closed'> {
    try {
      await this.device(name, { fence: false, ...options });
      return 0;
    } catch (error) {
      if (error instanceof ConnectRefused) return error.code ?? 'closed';
      throw error;
    }
  }

  /** Subscribes and returns the code granted (128: refused). */
  async subscribe(device: Device, filter: string, qos: QoS): Promise<number> {
    const granted = await this.within(device.subscribe(filter, qos), `SUBACK for ${device.name}`);
    this.log.did(`device ${device.name} subscribes ${JSON.stringify(filter)} at QoS ${qos}, granted ${granted}`);
    return granted;
  }

  /** Publishes on the whole topic given; resolves when acknowledged. */
  async publish(device: Device, topic: string, body: Buffer, options: PublishOptions): Promise<void> {
    const flags = `${options.retain === true ? ' retain=1' : ''}${options.dup === true ? ' dup=1' : ''}`;
    const shown = topic.length > 200 ? `a topic of ${topic.length} characters` : JSON.stringify(topic);
    this.log.did(`device ${device.name} publishes ${shown} at QoS ${options.qos}${flags}: ${showBytes(body)}`);
    if (options.retain === true) this.#left.retained.add(topic);
    await this.within(device.publish(topic, body, options), `the acknowledgement for ${device.name}`);
  }

  /** A service sends a message to MQ; resolves when MQ has acknowledged it. */
  async send(properties: Readonly<Record<string, string>>, body: Buffer, options: SendOptions = {}): Promise<void> {
    const { topic = this.parent, key = this.token } = options;
    this.#sent += 1;
    this.log.did(`a service sends to MQ topic ${JSON.stringify(topic)}: ${showProperties(properties)}: ${showBytes(body)}`);
    const marked = { ...properties, [CHECK_ID]: `${this.token}:${this.#sent}` };
    const message = { topic, properties: marked, body, ...(key === null ? {} : { key }) };
    await this.within(this.#watch.producer.send(message), 'the acknowledgement of MQ');
  }

  /** DISCONNECT; resolves when the gateway has noticed. */
  async leave(device: Device): Promise<void> {
    this.log.did(`device ${device.name} disconnects`);
    await device.close();
    await this.#gone(device);
  }

  /** Ends the connection without DISCONNECT; resolves when the gateway has noticed. */
  async cut(device: Device): Promise<void> {
    this.log.did(`device ${device.name} loses its connection`);
    await device.cut();
    await this.#gone(device);
  }

  async #gone(device: Device): Promise<void> {
    const { isOnline } = this.lab;
    if (isOnline !== undefined)
      await this.until(`the gateway to notice that ${device.name} is gone`, () => !isOnline(device.clientId));
  }

  // --- fences

  /**
   * Sends a message to all that subscribe to fences, through MQ under the key of the case, and waits until these devices
   * have it: whatever was sent to them before has arrived, or never will.
   */
  fence(...devices: readonly Device[]): Promise<void> {
    return this.fenceUnder(this.token, devices);
  }

  /** The same under another key: behind messages that were sent under that one. */
  async fenceUnder(key: string, devices: readonly Device[]): Promise<void> {
    this.#fence += 1;
    const number = this.#fence;
    const properties = { mqttSecondTopic: `/fence/${number}`, qoslevel: '2', [CHECK_ID]: `${this.token}:fence` };
    const body = Buffer.from(`fence of ${this.token} ${number}`);
    await this.within(this.#watch.producer.send({ topic: this.parent, key, properties, body }), 'MQ');
    const late = (): Device[] => devices.filter((device) => !device.fences.has(number));
    if (await this.waiter.until(() => late().length === 0, this.patienceMs)) return;
    this.stuck(`a fence (a later message on the same way) at ${late().map(({ name }) => name)}`);
  }

  /** The same on the way up: waits until a message that this device publishes now is in MQ. */
  async fenceUp(device: Device): Promise<void> {
    this.#fence += 1;
    const number = this.#fence;
    const body = Buffer.from(`fence of ${this.token} ${number}`);
    await this.within(device.publish(this.topic(`/fence/${number}`), body, { qos: 1 }), `the acknowledgement for ${device.name}`);
    await this.until(`a later message of ${device.name} in MQ`, () => this.#upFences.has(number));
  }

  // --- expecting

  /** Exactly these messages arrive at the device (in any order), and behind a fence nothing more. */
  async arrives(device: Device, expected: readonly ExpectedArrival[], because: string): Promise<void> {
    await this.waiter.until(() => device.arrivals.length >= expected.length, this.patienceMs);
    if (device.fenced && device.connected) await this.fence(device);
    compareArrivals(this.log, `device ${device.name}`, expected, device.arrivals, because);
  }

  /** Exactly these messages of devices are in MQ; the devices given have sent a fence behind them. */
  async stores(expected: readonly ExpectedStored[], because: string, ...fenced: readonly Device[]): Promise<void> {
    await this.waiter.until(() => this.stored.length >= expected.length, this.patienceMs);
    for (const device of fenced) await this.fenceUp(device);
    compareStored(this.log, expected, this.stored, because);
  }

  /** Exactly these messages of the case are dead letters. */
  async deadLetters(expected: readonly ExpectedLetter[], because: string): Promise<void> {
    if (this.lab.deadLetterTopic === undefined) this.notApplicable('this lab has no dead-letter topic that can be read');
    await this.waiter.until(() => this.letters.length >= expected.length, this.patienceMs);
    compareLetters(this.log, expected, this.letters, because);
  }

  /** What a device's PUBLISH must look like in MQ. */
  asStored(device: Device, second: string | undefined, qos: QoS, body: Buffer): ExpectedStored {
    return { topic: this.parent, second, qos, clean: device.clean, clientId: device.clientId, body };
  }

  counters(): Counters {
    return this.lab.counters?.() ?? this.notApplicable('the counts of this gateway and bridge cannot be read');
  }

  /** The count has grown by exactly `by` since `before`; only for cases that run alone. */
  async counts(what: string, read: (counters: Counters) => number, before: Counters, by: number, because: string): Promise<void> {
    const grown = (): number => read(this.counters()) - read(before);
    await this.waiter.until(() => grown() >= by, this.patienceMs);
    this.equal(`count: ${what}`, by, grown(), because);
  }

  /** Does something in another lab of the same make with other settings. */
  async inVariant(changes: LabChanges, what: string, run: (stage: Stage) => Promise<void>): Promise<void> {
    const { variant } = this.lab;
    if (variant === undefined) this.notApplicable(`needs ${what}, and this lab's settings cannot be changed`);
    const lab = await variant(changes);
    const { log, token, patienceMs } = this;
    try {
      const watch = await openWatch(lab);
      const stage = new Stage({ lab, watch, parent: lab.topics[0]!, token: `${token}v`, patienceMs, log });
      log.scope = `[${what}] `;
      try {
        await run(stage);
      } finally {
        log.scope = '';
        await stage.close(false);
        await watch.close();
      }
    } finally {
      await lab.close();
    }
  }

  /** Ends its devices and, where the lab lives on, takes away what they have left in it. */
  async close(tidy = true): Promise<void> {
    this.#watch.remove(this.parent);
    await Promise.all(this.#devices.map((device) => device.cut().catch(() => undefined)));
    if (tidy) await this.#left.clear(this.lab, this.clientId('tidy')).catch(() => undefined);
  }
}
