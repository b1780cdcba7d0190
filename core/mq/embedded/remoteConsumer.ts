/** A consumer over the port: calls the handler, answers each ticket. */
import type { MqConsumer, MqHandler } from '../engine.ts';
import type { ByteReader } from './bytes.ts';
import type { FrameSocket } from './frameSocket.ts';
import { readMessage } from './messageCodec.ts';
import { ASK } from './wire.ts';

const MAX_REASON = 1000;

export class RemoteConsumer implements MqConsumer {
  readonly #frames: FrameSocket;
  readonly #id: number;
  readonly #visibilityMs: number;
  readonly #handler: MqHandler;
  readonly #leave: () => Promise<void>;
  #underWay = 0;
  #closing: Promise<void> | undefined;
  #idle: (() => void) | undefined;

  constructor(frames: FrameSocket, id: number, visibilityMs: number, handler: MqHandler, leave: () => Promise<void>) {
    this.#frames = frames;
    this.#id = id;
    this.#visibilityMs = visibilityMs;
    this.#handler = handler;
    this.#leave = leave;
  }

  onDelivery(reader: ByteReader): void {
    const ticket = reader.u32();
    if (this.#closing !== undefined) {
      this.#answer(ASK.release, ticket);
      return;
    }
    const topic = reader.text();
    const partition = reader.u16();
    const offset = reader.f64();
    const storedAtMs = reader.f64();
    const count = reader.u32();
    const delivery = readMessage(reader, topic, partition, offset, storedAtMs, count);
    let outcome: void | Promise<void>;
    try {
      outcome = this.#handler(delivery);
    } catch (error) {
      this.#refuse(ticket, error);
      return;
    }
    if (outcome === undefined) {
      this.#answer(ASK.acknowledge, ticket);
      return;
    }
    this.#underWay += 1;
    outcome.then(
      () => {
        this.#answer(ASK.acknowledge, ticket);
        this.#finished();
      },
      (error: unknown) => {
        this.#refuse(ticket, error);
        this.#finished();
      },
    );
  }

  /** The connection is gone: the server has already given our messages to others. */
  onLost(): void {
    this.#closing ??= Promise.resolve();
    this.#idle?.();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // First, or what we release would be delivered to us again until the last handler has finished.
    this.#halt();
    if (this.#underWay > 0) {
      // A handler that never returns loses its message to others after the visibility time; there is nothing to wait for beyond it.
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
        timer = setTimeout(resolve, this.#visibilityMs);
      });
      clearTimeout(timer);
    }
    // A connection that breaks now makes the server let go as well.
    await this.#leave().catch(() => undefined);
  }

  #halt(): void {
    if (this.#frames.closed) return;
    const at = this.#frames.begin(ASK.halt);
    this.#frames.writer.u32(this.#id);
    this.#frames.end(at);
  }

  #finished(): void {
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#idle?.();
  }

  #refuse(ticket: number, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#answer(ASK.refuse, ticket, reason.slice(0, MAX_REASON));
  }

  #answer(type: number, ticket: number, reason?: string): void {
    if (this.#frames.closed) return;
    const at = this.#frames.begin(type);
    this.#frames.writer.u32(this.#id);
    this.#frames.writer.u32(ticket);
    if (reason !== undefined) this.#frames.writer.text(reason);
    this.#frames.end(at);
  }
}
