/** One client of the port, on the server's side. */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { type MqGuard, type MqPass, mqReason } from '../../credentials/mqGuard.ts';
import { INVALID, type InvalidCode } from '../../credentials/types.ts';
import { CausewayError, type ErrorCode, type ErrorDetails } from '../../protocol/errors.ts';
import type { MqConsumerSpec, MqDelivery, MqTopicSpec } from '../engine.ts';
import type { Broker } from './broker.ts';
import type { ByteReader } from './bytes.ts';
import { checkMessage } from './checkMessage.ts';
import { type FrameHandler, FrameSocket } from './frameSocket.ts';
import { LATER, type Member } from './member.ts';
import { readMessage, writeMessage } from './messageCodec.ts';
import { ASK, MAX_FRAME, TELL, WIRE_VERSION } from './wire.ts';

/** Consumers that one connection may open: hostile input must not fill the memory. */
const MAX_CONSUMERS = 10_000;
/** Until it is known who a client is: room for a session token, and time to show it. */
const STRANGER = { frameBytes: 65_536, ms: 10_000 };

export class Session implements FrameHandler {
  readonly #broker: Broker;
  readonly #frames: FrameSocket;
  readonly #onEnd: (session: Session) => void;
  /** null: still joining. */
  readonly #consumers = new Map<number, Member | null>();
  #greeted = false;
  readonly #guard: MqGuard | undefined;
  readonly #nonce: Buffer | undefined;
  readonly #sinceMs: number;
  /** Answers judged on this connection. */
  #round = 0;
  #pass: MqPass | undefined;
  #refused = false;

  constructor(
    broker: Broker,
    socket: Socket,
    onEnd: (session: Session) => void,
    heartbeatMs: number | undefined,
    guard?: MqGuard,
  ) {
    this.#guard = guard;
    this.#nonce = guard === undefined ? undefined : randomBytes(32);
    this.#sinceMs = guard?.now() ?? 0;
    this.#broker = broker;
    this.#onEnd = onEnd;
    this.#frames = new FrameSocket(socket, this, {
      beat: TELL.pong,
      holdBack: true,
      ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    });
    if (guard !== undefined) this.#frames.maxFrame = STRANGER.frameBytes;
  }

  onFrame(type: number, reader: ByteReader): void {
    if (!this.#greeted) {
      this.#greet(type, reader);
      return;
    }
    // What was sent behind credentials that are no longer good is not taken.
    if (this.#refused || (this.#guard !== undefined && type === ASK.ping && this.#pass === undefined)) return;
    if (type === ASK.authenticate && this.#guard !== undefined) {
      this.#authenticate(this.#guard, reader.u32(), reader.bytes());
      return;
    }
    if (this.#guard !== undefined && !this.#admitted()) return;
    switch (type) {
      case ASK.send:
        this.#send(reader);
        return;
      case ASK.acknowledge: {
        const member = this.#consumers.get(reader.u32());
        member?.acknowledge(reader.u32());
        return;
      }
      case ASK.refuse: {
        const member = this.#consumers.get(reader.u32());
        member?.refuse(reader.u32(), reader.text());
        return;
      }
      case ASK.release: {
        const member = this.#consumers.get(reader.u32());
        member?.release(reader.u32());
        return;
      }
      case ASK.consume:
        this.#consume(reader.u32(), reader.u32(), reader.bytes());
        return;
      case ASK.halt: {
        const member = this.#consumers.get(reader.u32());
        if (member) this.#broker.halt(member);
        return;
      }
      case ASK.leave:
        this.#leave(reader.u32(), reader.u32());
        return;
      case ASK.createTopic: {
        const request = reader.u32();
        const spec = reader.bytes();
        this.#answer(request, async () => this.#broker.createTopic(parse<MqTopicSpec>(spec)));
        return;
      }
      case ASK.topics:
        this.#answer(reader.u32(), async () => this.#broker.topics());
        return;
      case ASK.groups:
        this.#answer(reader.u32(), async () => this.#broker.groups());
        return;
      case ASK.ping:
        return;
      default:
        throw new Error(`unknown frame type ${type}`);
    }
  }

  onClosed(): void {
    for (const member of this.#consumers.values()) if (member !== null) this.#broker.abandon(member, true);
    this.#consumers.clear();
    this.#onEnd(this);
  }

  close(): Promise<void> {
    return this.#frames.close();
  }

  /** Looks at its credentials: called when something was revoked, and a few times a second for what expires. */
  judge(): void {
    if (this.#guard === undefined || this.#refused) return;
    if (this.#pass !== undefined) this.#admitted();
    else if (this.#guard.now() - this.#sinceMs > STRANGER.ms) this.#frames.destroy('no credentials were shown');
  }

  /** Is this client let in, and are its credentials still good? If not, it is told and closed. */
  #admitted(): boolean {
    const code = this.#pass === undefined ? INVALID.account : this.#guard!.standing(this.#pass);
    if (code === undefined) return true;
    this.#refuse(code);
    return false;
  }

  #authenticate(guard: MqGuard, request: number, content: Buffer): void {
    let answer: unknown;
    try {
      answer = JSON.parse(content.toString('utf8'));
    } catch {
      // Judged as an answer without anything in it.
    }
    const verdict = guard.judge(answer, this.#nonce!, this.#round);
    this.#round += 1;
    if (typeof verdict === 'number') {
      // A renewal that fails leaves what was there, until that expires.
      if (this.#pass === undefined) this.#refuse(verdict);
      else
        this.#fail(
          request,
          new CausewayError('mq.refused', { address: 'its port', user: shownUser(answer), reason: mqReason(verdict) }),
        );
      return;
    }
    const first = this.#pass === undefined;
    this.#pass = verdict;
    this.#frames.maxFrame = MAX_FRAME;
    if (first) this.#welcome();
    else this.#answer(request, async () => undefined);
  }

  #refuse(code: InvalidCode): void {
    this.#refused = true;
    const at = this.#frames.begin(TELL.refused);
    this.#frames.writer.text(mqReason(code));
    this.#frames.end(at);
    void this.#frames.close();
  }

  #greet(type: number, reader: ByteReader): void {
    if (type !== ASK.hello) throw new Error('no greeting');
    const version = reader.u8();
    if (version !== WIRE_VERSION) throw new Error(`protocol version ${version}, this side speaks ${WIRE_VERSION}`);
    this.#greeted = true;
    if (this.#nonce === undefined) this.#welcome();
    else {
      const at = this.#frames.begin(TELL.challenge);
      this.#frames.writer.bytes(this.#nonce);
      this.#frames.end(at);
    }
  }

  #welcome(): void {
    const at = this.#frames.begin(TELL.welcome);
    this.#frames.writer.u8(WIRE_VERSION);
    this.#frames.writer.u8(this.#broker.durable ? 1 : 0);
    this.#frames.end(at);
  }

  #send(reader: ByteReader): void {
    const request = reader.u32();
    const message = readMessage(reader, reader.text(), 0, 0, 0, 1);
    checkMessage(message);
    this.#broker.append(message, (error, receipt) => {
      if (error !== undefined) {
        this.#fail(request, error);
        return;
      }
      const frames = this.#frames;
      if (frames.closed) return;
      const at = frames.begin(TELL.stored);
      frames.writer.u32(request);
      frames.writer.u16(receipt!.partition);
      frames.writer.f64(receipt!.offset);
      frames.end(at);
    });
  }

  #consume(request: number, consumer: number, spec: Buffer): void {
    if (this.#consumers.has(consumer) || this.#consumers.size >= MAX_CONSUMERS) throw new Error(`consumer ${consumer} refused`);
    this.#consumers.set(consumer, null);
    const sink = (delivery: MqDelivery, ticket: number): typeof LATER => {
      this.#deliver(consumer, ticket, delivery);
      return LATER;
    };
    this.#answer(request, async () => {
      try {
        const member = await this.#broker.join(parse<MqConsumerSpec>(spec), sink);
        // The client may have gone while it was joining.
        if (this.#frames.closed) this.#broker.abandon(member, false);
        else this.#consumers.set(consumer, member);
      } catch (error) {
        this.#consumers.delete(consumer);
        throw error;
      }
    });
  }

  #leave(request: number, consumer: number): void {
    this.#answer(request, async () => {
      const member = this.#consumers.get(consumer);
      if (member === undefined || member === null) return;
      this.#consumers.delete(consumer);
      // The client has answered all it handled before it asked to leave: the rest was on the wire and never seen.
      this.#broker.abandon(member, false);
      await this.#broker.saveGroups();
    });
  }

  #deliver(consumer: number, ticket: number, delivery: MqDelivery): void {
    const frames = this.#frames;
    if (frames.closed) return;
    const at = frames.begin(TELL.deliver);
    const { writer } = frames;
    writer.u32(consumer);
    writer.u32(ticket);
    writer.text(delivery.topic);
    writer.u16(delivery.partition);
    writer.f64(delivery.offset);
    writer.f64(delivery.storedAtMs);
    writer.u32(delivery.deliveryCount);
    writeMessage(writer, delivery);
    frames.end(at);
  }

  #answer(request: number, work: () => Promise<unknown>): void {
    work().then(
      (value) => {
        if (this.#frames.closed) return;
        const at = this.#frames.begin(TELL.done);
        this.#frames.writer.u32(request);
        this.#frames.writer.bytes(Buffer.from(JSON.stringify(value ?? null)));
        this.#frames.end(at);
      },
      (error: unknown) => this.#fail(request, error),
    );
  }

  #fail(request: number, error: unknown): void {
    if (this.#frames.closed) return;
    const known = error instanceof CausewayError;
    const code: ErrorCode = known ? error.code : 'internal';
    const details: ErrorDetails = known ? error.details : { reason: error instanceof Error ? error.message : String(error) };
    const at = this.#frames.begin(TELL.failed);
    this.#frames.writer.u32(request);
    this.#frames.writer.text(code);
    this.#frames.writer.bytes(Buffer.from(JSON.stringify(details)));
    this.#frames.end(at);
  }
}

function parse<T extends object>(json: Buffer): T {
  let value: unknown;
  try {
    value = JSON.parse(json.toString('utf8'));
  } catch {
    value = undefined;
  }
  if (typeof value !== 'object' || value === null) {
    throw new CausewayError('input.argument', {
      argument: 'specification',
      value: json.toString('utf8', 0, 100),
      reason: 'not an object',
      expected: 'a JSON object',
    });
  }
  // The broker checks every field before it uses it.
  return value as T;
}

/** The access key ID of an answer that was judged wrong, as far as it may stand in a message. */
function shownUser(answer: unknown): string {
  const { accessKeyId } = (answer ?? {}) as { readonly accessKeyId?: unknown };
  return typeof accessKeyId === 'string' ? accessKeyId.slice(0, 64) : 'nobody';
}
