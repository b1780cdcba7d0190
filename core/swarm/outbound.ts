/**
 * The sender's half of an MQTT session: QoS 1 and 2 publishes in the order they were asked for. The first of them are
 * on the wire (at most the window), the rest wait behind. Pure state: writing is the client's business.
 */
import type { QoS } from '../gateway/types.ts';

/** One unacknowledged publish. The payload is referred to, not copied, so a resend has the same bytes. */
export interface Outgoing {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly token: number;
  /** Packet identifier; 0 while it waits behind the window. */
  id: number;
  /** QoS 2: PUBREC has come, from here on only PUBREL may be sent [MQTT-4.3.3-1]. */
  released: boolean;
  next: Outgoing | undefined;
}

const MAX_ID = 65_535;

export class Outbound {
  /** Oldest publish on the wire, or the first waiting one. */
  head: Outgoing | undefined;
  /** First publish behind the window. */
  waiting: Outgoing | undefined;
  inflightCount = 0;
  waitingCount = 0;
  private tail: Outgoing | undefined;
  private nextId = 1;
  /** So many identifiers from nextId on are known to be free. */
  private freeRun = 0;

  enqueue(topic: string, payload: Buffer, qos: QoS, retain: boolean, token: number): Outgoing {
    const outgoing: Outgoing = { topic, payload, qos, retain, token, id: 0, released: false, next: undefined };
    if (this.tail === undefined) this.head = outgoing;
    else this.tail.next = outgoing;
    this.tail = outgoing;
    this.waiting ??= outgoing;
    this.waitingCount += 1;
    return outgoing;
  }

  /** Moves the first waiting publish into the window and gives it an identifier; undefined when none waits. */
  advance(alsoInUse: readonly { readonly id: number }[] | undefined): Outgoing | undefined {
    const outgoing = this.waiting;
    if (outgoing === undefined) return undefined;
    outgoing.id = this.allocateId(alsoInUse);
    this.waiting = outgoing.next;
    this.waitingCount -= 1;
    this.inflightCount += 1;
    return outgoing;
  }

  /** The publish on the wire with that identifier. Acknowledgements come nearly in order, so the search is short. */
  find(id: number): Outgoing | undefined {
    for (let o = this.head; o !== this.waiting && o !== undefined; o = o.next) if (o.id === id) return o;
    return undefined;
  }

  /** Takes the publish out of the window: it is acknowledged. */
  remove(outgoing: Outgoing): void {
    let previous: Outgoing | undefined;
    for (let o = this.head; o !== undefined; o = o.next) {
      if (o === outgoing) {
        if (previous === undefined) this.head = o.next;
        else previous.next = o.next;
        if (this.tail === o) this.tail = previous;
        this.inflightCount -= 1;
        return;
      }
      previous = o;
    }
  }

  /** Takes every publish of that token out, on the wire or waiting; returns how many there were. */
  drop(token: number): number {
    let dropped = 0;
    let previous: Outgoing | undefined;
    let isWaiting = false;
    for (let o = this.head; o !== undefined; o = o.next) {
      if (o === this.waiting) isWaiting = true;
      if (o.token !== token) {
        previous = o;
        continue;
      }
      dropped += 1;
      if (isWaiting) this.waitingCount -= 1;
      else this.inflightCount -= 1;
      if (this.waiting === o) this.waiting = o.next;
      if (this.tail === o) this.tail = previous;
      if (previous === undefined) this.head = o.next;
      else previous.next = o.next;
    }
    return dropped;
  }

  /**
   * An identifier that neither a publish on the wire nor one of `alsoInUse` (subscribes) has. Identifiers go round; a
   * look at those in use is needed only when the run known to be free is used up, so the price per message is nil.
   * The window is at most 65,000, so there always is one.
   */
  allocateId(alsoInUse: readonly { readonly id: number }[] | undefined): number {
    while (this.freeRun === 0) {
      let nearest = MAX_ID;
      for (let o = this.head; o !== this.waiting && o !== undefined; o = o.next) nearest = Math.min(nearest, this.distance(o.id));
      if (alsoInUse !== undefined) for (const { id } of alsoInUse) nearest = Math.min(nearest, this.distance(id));
      if (nearest === 0) this.step();
      else this.freeRun = nearest;
    }
    const id = this.nextId;
    this.freeRun -= 1;
    this.step();
    return id;
  }

  private distance(id: number): number {
    return id >= this.nextId ? id - this.nextId : id - this.nextId + MAX_ID;
  }

  private step(): void {
    this.nextId = this.nextId === MAX_ID ? 1 : this.nextId + 1;
  }
}
