/**
 * Offers as much as a fleet takes: the clients publish in turn, 256 messages before other I/O gets its turn (as the
 * pacer of a device thread does), and no client has more than 20 messages under way.
 */
import type { Fleet } from './fleets.ts';

export interface OfferPlan {
  readonly qos: 0 | 1;
  /** How long to go on offering. */
  readonly ms: number;
  readonly payloadBytes: number;
}

export interface Offered {
  readonly messages: number;
  /** From the first publish until the broker has acknowledged the last message of every client. */
  readonly seconds: number;
  /** CPU time of this process, all its threads: in its own code, and in the kernel on its behalf. */
  readonly userSeconds: number;
  readonly kernelSeconds: number;
}

const BATCH = 256;
/** The swarm's default at QoS 1; the same for all. */
const WINDOW = 20;
/** Nobody may send: look again after this, if nobody has said so before. */
const LOOK_MS = 1;

export class Offering {
  readonly #fleet: Fleet;
  readonly #clients: number;
  readonly #topics: readonly string[];
  readonly #underWay: Uint8Array;
  #next = 0;
  #sent = 0;
  #done = 0;
  #waiting = false;
  #look: NodeJS.Timeout | undefined;
  #turn: () => void = () => {};

  /** Client i publishes to `bench/<prefix>/<i>`. */
  constructor(fleet: Fleet, clients: number, prefix: string) {
    this.#fleet = fleet;
    this.#clients = clients;
    this.#topics = Array.from({ length: clients }, (_, i) => `bench/${prefix}/${i}`);
    this.#underWay = new Uint8Array(clients);
    fleet.onDone = (client) => {
      this.#underWay[client]! -= 1;
      this.#done += 1;
      if (!this.#waiting) return;
      this.#waiting = false;
      clearTimeout(this.#look);
      setImmediate(this.#turn);
    };
  }

  async run({ qos, ms, payloadBytes }: OfferPlan): Promise<Offered> {
    const payload = Buffer.alloc(payloadBytes, 'x');
    const cpu = process.cpuUsage();
    const start = performance.now();
    this.#sent = 0;
    this.#done = 0;
    await new Promise<void>((resolve) => {
      this.#turn = () => {
        if (performance.now() - start < ms) this.#publishSome(payload, qos);
        else resolve();
      };
      this.#turn();
    });
    await this.#settled();
    await this.#fence(payload);
    const { user, system } = process.cpuUsage(cpu);
    return {
      messages: this.#sent,
      seconds: (performance.now() - start) / 1000,
      userSeconds: user / 1e6,
      kernelSeconds: system / 1e6,
    };
  }

  #publishSome(payload: Buffer, qos: 0 | 1): void {
    let batch = 0;
    for (let looked = 0; batch < BATCH && looked < this.#clients; ) {
      const client = this.#next;
      this.#next = client + 1 === this.#clients ? 0 : client + 1;
      if (this.#underWay[client]! < WINDOW && this.#fleet.publish(client, this.#topics[client]!, payload, qos)) {
        this.#underWay[client]! += 1;
        this.#sent += 1;
        batch += 1;
        looked = 0;
      } else looked += 1;
    }
    if (batch > 0) setImmediate(this.#turn);
    else {
      this.#waiting = true;
      this.#look = setTimeout(() => {
        this.#waiting = false;
        this.#turn();
      }, LOOK_MS);
    }
  }

  /** One QoS 1 message of each client: acknowledged, it proves that the broker has read what came before. */
  async #fence(payload: Buffer): Promise<void> {
    for (let client = 0; client < this.#clients; client += 1) {
      while (!this.#fleet.publish(client, this.#topics[client]!, payload, 1)) await pause();
      this.#underWay[client]! += 1;
      this.#sent += 1;
    }
    await this.#settled();
  }

  async #settled(): Promise<void> {
    while (this.#done < this.#sent) await pause();
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, LOOK_MS));
