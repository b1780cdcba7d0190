/** What an inbox keeps per partition and per message. */
import type { Deque } from '../embedded/deque.ts';
import { SettledWindow } from '../embedded/settledWindow.ts';
import type { MqDelivery } from '../engine.ts';

/** One partition this member has been given. */
export class Place {
  readonly topic: string;
  readonly partition: number;
  readonly window: SettledWindow;
  /** Of the next message to be taken. */
  next: number;
  /** Highest offset ever handed to the handler. */
  highest = -1;
  /** As the broker has it. */
  committed: number;
  /** Keys with a message on its way, and what waits behind it. */
  readonly lanes = new Map<string, Deque<Entry> | undefined>();

  constructor(topic: string, partition: number, offset: number) {
    this.topic = topic;
    this.partition = partition;
    this.window = new SettledWindow(offset);
    this.next = offset;
    this.committed = offset;
  }
}

/** One message taken and not settled. */
export class Entry {
  readonly place: Place;
  readonly delivery: MqDelivery;
  readonly bytes: number;
  attempt = 0;
  /** When it expires if it is with the handler, when it is due if it waits. */
  atUs = 0;
  /** Why it is given up, once it is: only the dead-letter topic has to take it yet. */
  reason: string | undefined;

  constructor(place: Place, delivery: MqDelivery, bytes: number) {
    this.place = place;
    this.delivery = delivery;
    this.bytes = bytes;
  }
}
