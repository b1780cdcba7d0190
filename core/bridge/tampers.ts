/**
 * Deliberate damage to messages in the bridge, after mapping: what a checker must find. Counted when it has taken
 * effect, so that the checker's findings can be compared with it one to one.
 */
import { type Clock, nowUs } from '../clock.ts';
import type { DownMessage } from '../gateway/types.ts';
import { PROPERTY } from '../mapping/names.ts';
import type { MqMessage } from '../mq/engine.ts';
import type { Fault } from '../scenario/model.ts';
import type { Tamper } from './types.ts';

export interface TamperOptions {
  /** The clock's reading at which `atMs` of the faults begins to count; Infinity while traffic has not started. */
  readonly startUs: () => number;
  /** Default `nowUs`. */
  readonly now?: Clock;
  /** A message held back for a swap goes out unswapped after this long without a successor. Default 3,000. */
  readonly holdMs?: number;
  /** True: no successor is to come any more, what is held back goes out at once. */
  readonly ended?: () => boolean;
}

export interface FaultTamper {
  /** `up` and `down` are there once there is a fault of that direction: without one a message costs nothing. */
  readonly tamper: Tamper;
  /** One more fault, also while messages flow. */
  add(fault: Fault): void;
  /** Faults that have taken effect, by direction and kind, e.g. `{ 'up.drop': 3 }`; every kind asked for is present. */
  injected(): Record<string, number>;
  /** Faults that have not had all of their effects, with how often each has had one. */
  pending(): readonly { readonly fault: Fault; readonly done: number }[];
}

/** The lab's stamp lies in the first bytes of a payload; damage there would be found as an unknown message, not as a corrupted one. */
const STAMP_BYTES = 90;
const DEFAULT_HOLD_MS = 3_000;

/** How one direction's messages are told apart and damaged. */
interface Damage<M> {
  /** Messages of one key have an order that a swap can break. */
  keyOf(message: M): string | undefined;
  /** Undefined: this message offers nothing to corrupt. */
  corrupt(message: M): M | undefined;
  /** `turn` counts from 0. */
  changeProperty(message: M, turn: number): M;
}

interface FaultState {
  readonly fault: Fault;
  /** Messages since the last injection. */
  seen: number;
  done: number;
  holding: boolean;
  /** Properties changed by faults before this one: each change is another. */
  readonly firstTurn: number;
}

interface Held<M> {
  readonly message: M;
  readonly state: FaultState;
  readonly sinceUs: number;
}

/** One direction's faults. At most one of them touches a message; a fault that cannot act on a message waits for the next. */
class Injector<M> {
  private states: FaultState[] = [];
  /** Effects of faults that have had all of theirs. */
  private readonly over: Record<string, number> = {};
  private readonly held = new Map<string, Held<M>>();
  private readonly damage: Damage<M>;
  private readonly startUs: () => number;
  private readonly now: Clock;

  constructor(damage: Damage<M>, startUs: () => number, now: Clock) {
    this.damage = damage;
    this.startUs = startUs;
    this.now = now;
  }

  add(fault: Fault): void {
    const open: FaultState[] = [];
    for (const state of this.states) {
      if (state.done < state.fault.count) open.push(state);
      else tally(this.over, state);
    }
    const firstTurn = (this.over[nameOf('property', fault)] ?? 0) + sumOf(open, 'property');
    this.states = [...open, { fault, seen: 0, done: 0, holding: false, firstTurn }];
  }

  apply(message: M): readonly M[] {
    const atUs = this.now();
    const elapsedMs = (atUs - this.startUs()) / 1000;
    const key = this.held.size > 0 ? this.damage.keyOf(message) : undefined;
    const held = key === undefined ? undefined : this.held.get(key);
    let result: readonly M[] | undefined;
    if (key !== undefined && held !== undefined) {
      this.held.delete(key);
      held.state.holding = false;
      held.state.done += 1;
      result = [message, held.message];
    }
    for (const state of this.states) {
      const { fault } = state;
      if (!(elapsedMs >= fault.atMs) || state.done >= fault.count) continue;
      state.seen += 1;
      if (result !== undefined || state.seen < fault.every) continue;
      result = this.inject(state, message, atUs);
      if (result !== undefined) state.seen = 0;
    }
    return result ?? [message];
  }

  release(all: boolean, holdUs: number): M[] {
    if (this.held.size === 0) return [];
    const atUs = this.now();
    const released: M[] = [];
    for (const [key, { message, state, sinceUs }] of this.held) {
      if (!all && atUs - sinceUs < holdUs) continue;
      this.held.delete(key);
      // Nothing was swapped: the fault is still to come, at the next message.
      state.holding = false;
      state.seen = state.fault.every;
      released.push(message);
    }
    return released;
  }

  count(into: Record<string, number>): void {
    for (const [name, done] of Object.entries(this.over)) into[name] = (into[name] ?? 0) + done;
    for (const state of this.states) tally(into, state);
  }

  pending(): { readonly fault: Fault; readonly done: number }[] {
    return this.states.filter(({ fault, done }) => done < fault.count).map(({ fault, done }) => ({ fault, done }));
  }

  private inject(state: FaultState, message: M, atUs: number): readonly M[] | undefined {
    switch (state.fault.inject) {
      case 'drop':
        state.done += 1;
        return [];
      case 'duplicate':
        state.done += 1;
        return [message, message];
      case 'corrupt': {
        const corrupted = this.damage.corrupt(message);
        if (corrupted === undefined) return undefined;
        state.done += 1;
        return [corrupted];
      }
      case 'property': {
        state.done += 1;
        return [this.damage.changeProperty(message, state.firstTurn + state.done - 1)];
      }
      case 'swap': {
        const key = this.damage.keyOf(message);
        if (key === undefined || state.holding || this.held.has(key)) return undefined;
        state.holding = true;
        this.held.set(key, { message, state, sinceUs: atUs });
        return [];
      }
    }
  }
}

const nameOf = (inject: Fault['inject'], { direction }: Fault): string => `${direction}.${inject}`;

function tally(into: Record<string, number>, { fault, done }: FaultState): void {
  const name = nameOf(fault.inject, fault);
  into[name] = (into[name] ?? 0) + done;
}

const sumOf = (states: readonly FaultState[], inject: Fault['inject']): number =>
  states.reduce((sum, { fault, done }) => sum + (fault.inject === inject ? done : 0), 0);

/** A copy with one bit of its middle flipped behind the stamp; undefined where nothing lies behind it. */
function flipped(payload: Uint8Array): Buffer | undefined {
  if (payload.length <= STAMP_BYTES) return undefined;
  const copy = Buffer.from(payload);
  const index = STAMP_BYTES + ((payload.length - STAMP_BYTES) >> 1);
  copy[index] = copy[index]! ^ 1;
  return copy;
}

const UP_TURNS: readonly ((properties: Record<string, string>) => void)[] = [
  (p) => {
    p[PROPERTY.qosLevel] = p[PROPERTY.qosLevel] === '1' ? '2' : '1';
  },
  (p) => {
    p[PROPERTY.cleanSessionFlag] = p[PROPERTY.cleanSessionFlag] === 'true' ? 'false' : 'true';
  },
  (p) => {
    p[PROPERTY.secondTopic] = `${p[PROPERTY.secondTopic] ?? ''}/tampered`;
  },
  (p) => {
    p[PROPERTY.clientId] = `${p[PROPERTY.clientId] ?? ''}-tampered`;
  },
  (p) => {
    p[PROPERTY.realTopic] = '/tampered';
  },
];

const UP_DAMAGE: Damage<MqMessage> = {
  keyOf: (message) => message.key,
  corrupt: (message) => {
    const body = flipped(message.body);
    return body === undefined ? undefined : { ...message, body };
  },
  changeProperty: (message, turn) => {
    const properties = { ...message.properties };
    UP_TURNS[turn % UP_TURNS.length]!(properties);
    return { ...message, properties };
  },
};

const DOWN_DAMAGE: Damage<DownMessage> = {
  keyOf: (message) => (message.kind === 'p2p' ? message.clientId : message.topic),
  corrupt: (message) => {
    const payload = flipped(message.payload);
    return payload === undefined ? undefined : { ...message, payload };
  },
  // To 0, never raised: a receiver sees the lower of message and subscription, so that another value could stay unseen.
  changeProperty: (message, turn) =>
    turn % 2 === 0 && message.qos > 0 ? { ...message, qos: 0 } : { ...message, shownTopic: `${message.shownTopic}/tampered` },
};

/**
 * Makes a bridge's tamper out of a scenario's faults. Of every `every` messages since `atMs` the last is hit, at most
 * `count` times. A second copy carries no mark of being one. `property` takes turns: up the QoS, the clean-session
 * flag, the subtopic, the client ID, an added mqttRealTopic; down the QoS (0) and the topic shown.
 */
export function createTamper(faults: readonly Fault[], options: TamperOptions): FaultTamper {
  const now = options.now ?? nowUs;
  const holdUs = (options.holdMs ?? DEFAULT_HOLD_MS) * 1000;
  const { startUs, ended = () => false } = options;
  const up = new Injector(UP_DAMAGE, startUs, now);
  const down = new Injector(DOWN_DAMAGE, startUs, now);
  const tamper: { -readonly [K in keyof Tamper]: Tamper[K] } = {
    release: (all) => ({ up: up.release(all || ended(), holdUs), down: down.release(all || ended(), holdUs) }),
  };
  const add = (fault: Fault): void => {
    if (fault.direction === 'up') {
      up.add(fault);
      tamper.up = (message) => up.apply(message);
    } else {
      down.add(fault);
      tamper.down = (message) => down.apply(message);
    }
  };
  for (const fault of faults) add(fault);
  return {
    tamper,
    add,
    injected: () => {
      const counts: Record<string, number> = {};
      up.count(counts);
      down.count(counts);
      return counts;
    },
    pending: () => [...up.pending(), ...down.pending()],
  };
}
