/**
 * The receiver's half of the bridge's session: what came from the broker and is not acknowledged to it yet. A message is
 * acknowledged only when it has been taken on (`settled`), in the order in which the messages came [MQTT-4.6.0-2], though
 * many are taken on at a time.
 *
 * What is known outlives a lost connection: the broker then sends again, with DUP. A message that is stored by then, or
 * on its way, is not taken on a second time. It is told by identifier and content: some brokers keep the identifiers, as
 * they should [MQTT-4.4.0-1], others count anew, and a stranger under an old number must not be taken for it. One whose
 * acknowledgement was already written (QoS 1) cannot be told from a new one and may come twice.
 */

/** A message that is being taken on. */
export interface Entry {
  readonly id: number;
  readonly qos: 1 | 2;
  readonly topic: string;
  readonly payload: Buffer;
  settled: boolean;
  /** The connection of now waits for its acknowledgement. */
  queued: boolean;
}

export class Incoming {
  /** Not acknowledged, by identifier. */
  readonly #entries = new Map<number, Entry>();
  /** In the order of this connection; only a settled head may go. */
  #queue: Entry[] = [];
  #head = 0;
  /** QoS 2: PUBREC is written, PUBREL has not come. A second PUBLISH of such an identifier is the same message [MQTT-4.3.3-2]. */
  readonly #received = new Set<number>();
  readonly #acknowledge: (qos: 1 | 2, id: number) => void;

  constructor(acknowledge: (qos: 1 | 2, id: number) => void) {
    this.#acknowledge = acknowledge;
  }

  /** A PUBLISH of QoS 1 or 2 has come; undefined: it is known already, and there is nothing to do. */
  take(qos: 1 | 2, id: number, dup: boolean, topic: string, payload: Buffer): Entry | undefined {
    if (qos === 2 && this.#received.has(id)) {
      this.#acknowledge(2, id);
      return undefined;
    }
    const known = this.#entries.get(id);
    if (known !== undefined && dup && known.topic === topic && known.payload.equals(payload)) {
      if (!known.queued) this.#enqueue(known);
      this.#flush();
      return undefined;
    }
    const entry: Entry = { id, qos, topic, payload, settled: false, queued: false };
    this.#entries.set(id, entry);
    this.#enqueue(entry);
    return entry;
  }

  /** The message was taken on. */
  settled(entry: Entry): void {
    entry.settled = true;
    this.#flush();
  }

  /** It could not be taken on: sent again, it is new. */
  failed(entry: Entry): void {
    if (this.#entries.get(entry.id) === entry) this.#entries.delete(entry.id);
  }

  /** PUBREL. */
  released(id: number): void {
    this.#received.delete(id);
  }

  disconnected(): void {
    for (const entry of this.#entries.values()) entry.queued = false;
    this.#queue = [];
    this.#head = 0;
  }

  /** The broker has forgotten the session, and with it all identifiers. */
  forget(): void {
    this.#entries.clear();
    this.#received.clear();
  }

  #enqueue(entry: Entry): void {
    entry.queued = true;
    this.#queue.push(entry);
  }

  #flush(): void {
    while (this.#head < this.#queue.length && this.#queue[this.#head]!.settled) {
      const entry = this.#queue[this.#head]!;
      this.#head += 1;
      if (this.#entries.get(entry.id) === entry) this.#entries.delete(entry.id);
      if (entry.qos === 2) this.#received.add(entry.id);
      this.#acknowledge(entry.qos, entry.id);
    }
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }
}
