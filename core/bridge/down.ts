/**
 * The way down: messages from MQ to devices. A message is acknowledged to MQ only after the gateway has handed it to
 * every matching session, or after the dead-letter topic has stored it.
 *
 * Order. No order is promised towards devices, and an ordered consumer would let one message that fails hold up its
 * key. But what the engine delivers in order reaches the gateway in order: nothing is awaited between the handler's
 * start and `gateway.deliver`. Only a redelivery after a failure comes late.
 */
import type { Clock } from '../clock.ts';
import type { DownMessage, DownReport, MqttSide } from '../gateway/types.ts';
import { type DownOptions, propertyText, type Refusal } from '../mapping/down.ts';
import { DEAD_LETTER_DETAIL } from '../mapping/names.ts';
import type { Warning } from '../mapping/reasons.ts';
import { DEAD_LETTER, deadLetterTopic, type MqDelivery, type MqProducer } from '../mq/engine.ts';
import type { BridgeEvent, BridgeStats, MappingFunctions, PathObserver, Tamper } from './types.ts';

export interface DownPathOptions {
  readonly gateway: MqttSide;
  readonly producer: MqProducer;
  readonly group: string;
  readonly mapDown: MappingFunctions['mapDown'];
  readonly mapping: DownOptions;
  readonly observer: PathObserver | undefined;
  readonly tamper: Tamper | undefined;
  readonly onEvent: ((event: BridgeEvent) => void) | undefined;
  readonly now: Clock;
}

/** Characters of an offending value that a dead letter keeps. */
const VALUE_CHARS = 256;

/** Messages from MQ on their way to devices. */
export class DownPath {
  private readonly options: DownPathOptions;
  private readonly deadLettered: Record<string, number> = {};
  private readonly warned: Record<string, number> = {};
  private readonly reported = new Set<string>();
  private taken = 0;
  private delivered = 0;
  private online = 0;
  private kept = 0;
  private dropped = 0;
  private skippedEcho = 0;
  private underWay = 0;

  constructor(options: DownPathOptions) {
    this.options = options;
  }

  /** The MQ handler: resolves to acknowledge, rejects for a redelivery. */
  async handle(delivery: MqDelivery): Promise<void> {
    const { mapDown, mapping, observer, tamper } = this.options;
    const mapped = mapDown(delivery, mapping);
    // Where the engine filters, no echo gets here; not every engine can.
    if (mapped.kind === 'echo') {
      this.skippedEcho += 1;
      return;
    }
    this.taken += 1;
    observer?.downTaken?.(delivery, this.options.now());
    this.underWay += 1;
    try {
      if (mapped.kind === 'dead-letter') {
        await this.deadLetter(delivery, mapped);
        return;
      }
      if (mapped.warnings.length > 0 && delivery.deliveryCount === 1) this.warn(delivery.topic, mapped.warnings);
      const messages = tamper?.down === undefined ? [mapped.message] : tamper.down(mapped.message);
      const report = await this.deliverAll(messages);
      this.delivered += 1;
      observer?.downDelivered?.(delivery, report);
    } finally {
      this.underWay -= 1;
    }
  }

  /** Delivers messages that a tamper had held back; MQ has their acknowledgement already, so a failure cannot be retried. */
  async deliverReleased(messages: readonly DownMessage[]): Promise<void> {
    await this.deliverAll(messages).catch(() => undefined);
  }

  /** Messages handed to the gateway or to the dead-letter topic and not yet settled. */
  pending(): number {
    return this.underWay;
  }

  stats(): BridgeStats['down'] {
    const { taken, delivered, online, kept, dropped, skippedEcho } = this;
    return { taken, delivered, online, stored: kept, dropped, deadLettered: { ...this.deadLettered }, skippedEcho };
  }

  warnings(): Record<string, number> {
    return { ...this.warned };
  }

  /** @returns the sum of the gateway's reports */
  private async deliverAll(messages: readonly DownMessage[]): Promise<DownReport | undefined> {
    const { gateway } = this.options;
    if (messages.length === 1) return this.count(await gateway.deliver(messages[0]!));
    const reports = await Promise.all(messages.map((message) => gateway.deliver(message)));
    const sum = { online: 0, stored: 0, dropped: 0 };
    for (const report of reports) {
      if (this.count(report) === undefined) return undefined;
      sum.online += report!.online;
      sum.stored += report!.stored;
      sum.dropped += report!.dropped;
    }
    return sum;
  }

  private count(report: DownReport | undefined): DownReport | undefined {
    if (report === undefined) return undefined;
    this.online += report.online;
    this.kept += report.stored;
    this.dropped += report.dropped;
    return report;
  }

  /** Counts each; tells the event log the first of a kind on a topic, as a sender that errs usually errs in every message. */
  private warn(topic: string, warnings: readonly Warning[]): void {
    for (const { code, key } of warnings) {
      this.warned[code] = (this.warned[code] ?? 0) + 1;
      const kind = `${code} ${key.slice(0, VALUE_CHARS)}`;
      if (this.reported.has(`${topic} ${kind}`)) continue;
      this.reported.add(`${topic} ${kind}`);
      this.options.onEvent?.({ kind: 'warning', topic, warning: kind });
    }
  }

  private async deadLetter(delivery: MqDelivery, refusal: Refusal): Promise<void> {
    const properties: Record<string, string> = {};
    const given: Readonly<Record<string, unknown>> = delivery.properties ?? {};
    for (const key of Object.keys(given)) {
      const text = propertyText(given[key]);
      if (text !== undefined) properties[key] = text;
    }
    properties[DEAD_LETTER.reason] = refusal.reason;
    properties[DEAD_LETTER.topic] = delivery.topic;
    properties[DEAD_LETTER.partition] = String(delivery.partition);
    properties[DEAD_LETTER.offset] = String(delivery.offset);
    if (refusal.property !== undefined) properties[DEAD_LETTER_DETAIL.property] = refusal.property;
    properties[DEAD_LETTER_DETAIL.value] = refusal.value.slice(0, VALUE_CHARS);
    const { group, producer, onEvent } = this.options;
    await producer.send({
      topic: deadLetterTopic(group),
      ...(delivery.key === undefined ? {} : { key: delivery.key }),
      ...(delivery.tag === undefined ? {} : { tag: delivery.tag }),
      properties,
      body: delivery.body,
    });
    // Counted once it is kept: an attempt that failed comes again.
    this.deadLettered[refusal.reason] = (this.deadLettered[refusal.reason] ?? 0) + 1;
    onEvent?.({ kind: 'dead-letter', topic: delivery.topic, offset: delivery.offset, reason: refusal.reason });
  }
}
