/** The lab on which messages are inspected: gateway, bridge and embedded MQ with real clients on both sides, and what they see. */
import { randomBytes } from 'node:crypto';
import { BRIDGE_GROUP } from '../../bridge/bridge.ts';
import type { BridgeEvent } from '../../bridge/types.ts';
import { type Arrival, connectDevice, type Device } from '../../checks/device.ts';
import { Waiter } from '../../checks/waiter.ts';
import type { GatewayEvent, Profile, QoS } from '../../gateway/types.ts';
import { connectMq } from '../../mq/connect.ts';
import { deadLetterTopic, type MqDelivery, type MqEngine, type MqProducer } from '../../mq/engine.ts';
import { type Lab, startLab } from '../../run/lab.ts';

const HOST = '127.0.0.1';
const CONNECT_MS = 5_000;
/** Topic of messages that only show that all before them has passed. */
export const FENCE = 'causeway-inspect';
/** A parent topic of every bench that is not bridged. */
export const UNBRIDGED = 'local';
const USER = 'inspect';

export type Refusal = Extract<GatewayEvent, { readonly kind: 'refused' }>;

export class Bench {
  readonly profile: Profile;
  readonly parents: ReadonlySet<string>;
  readonly stored: MqDelivery[] = [];
  readonly letters: MqDelivery[] = [];
  readonly refusals: Refusal[] = [];
  readonly waiter = new Waiter();
  /** A session, a retained message: the next inspection must not meet it. */
  used = false;
  #password = '';
  #lab!: Lab;
  #engine: MqEngine | undefined;
  #producer!: MqProducer;
  readonly #devices: Device[] = [];

  private constructor(profile: Profile, parents: ReadonlySet<string>) {
    this.profile = profile;
    this.parents = parents;
  }

  /** @throws CausewayError of the lab, or of the engine where it takes no topic of such a name */
  static async open(profile: Profile, parents: ReadonlySet<string>): Promise<Bench> {
    const bench = new Bench(profile, parents);
    await bench.#open();
    return bench;
  }

  async #open(): Promise<void> {
    this.#password = randomBytes(16).toString('hex');
    // One partition each: what is sent later comes later.
    const topic = (name: string) => ({ name, direction: name === UNBRIDGED ? 'none' : 'both', partitions: 1 }) as const;
    this.#lab = await startLab({
      profile: this.profile,
      topics: [...this.parents, FENCE, UNBRIDGED].map(topic),
      listeners: [{ kind: 'tcp', host: HOST, port: 0 }],
      mqListen: { host: HOST, port: 0 },
      users: { [USER]: this.#password },
      storage: 'memory',
      fsync: 'never',
      onEvent: (event) => this.#told(event),
    });
    try {
      this.#engine = await connectMq({ engine: 'embedded', ...this.#lab.mqAddress! }, { name: 'causeway-inspect' });
      this.#producer = await this.#engine.producer();
      const letters = deadLetterTopic(BRIDGE_GROUP);
      const watch = { group: 'inspect', mode: 'broadcasting', ordered: false } as const;
      await this.#engine.consume({ ...watch, topics: [...this.parents] }, (delivery) => {
        this.stored.push(delivery);
        this.waiter.notify();
      });
      await this.#engine.consume({ ...watch, topics: [letters] }, (delivery) => {
        this.letters.push(delivery);
        this.waiter.notify();
      });
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  #told(event: GatewayEvent | BridgeEvent): void {
    if (event.kind === 'refused') this.refusals.push(event);
    this.waiter.notify();
  }

  get gateway(): Lab['gateway'] {
    return this.#lab.gateway;
  }

  stats(): ReturnType<Lab['bridge']['stats']> {
    return this.#lab.bridge.stats();
  }

  send: MqProducer['send'] = (message) => this.#producer.send(message);

  /** @throws ConnectRefused */
  async device(clientId: string, clean: boolean): Promise<Device> {
    if (!clean) this.used = true;
    const device = await connectDevice(
      clientId,
      `mqtt://${HOST}:${this.gateway.addresses[0]!.port}`,
      { clientId, clean, protocolVersion: 4, username: USER, password: this.#password },
      {
        onArrival: (from: Device, arrival: Arrival) => {
          from.arrivals.push(arrival);
          this.waiter.notify();
        },
      },
      CONNECT_MS,
    );
    this.#devices.push(device);
    return device;
  }

  /** Publishes something of no meaning; when it is acknowledged, whatever the device sent before is settled. */
  async fence(device: Device): Promise<void> {
    const qos: QoS = 1;
    await device.publish(`${FENCE}/fence`, Buffer.alloc(0), { qos });
  }

  /** Ends devices and forgets what was seen. */
  async clear(): Promise<void> {
    await Promise.all(this.#devices.splice(0).map((device) => device.cut().catch(() => undefined)));
    this.stored.length = 0;
    this.letters.length = 0;
    this.refusals.length = 0;
  }

  async close(): Promise<void> {
    await this.clear();
    await this.#engine?.close().catch(() => undefined);
    await this.#lab.close(500);
  }
}
