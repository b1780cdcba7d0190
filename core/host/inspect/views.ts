/** Payloads and messages as the Inspect screen gets them. */
import type { Arrival, Device } from '../../checks/device.ts';
import type { MqDelivery } from '../../mq/engine.ts';
import { CausewayError } from '../../protocol/errors.ts';
import type { MqMessageView, MqttPacketView, PayloadView } from '../../protocol/window.ts';
import { utf8OrUndefined } from '../../report/text.ts';
import type { CallInput } from '../types.ts';

/** Bytes of a payload that are shown. */
const MOST_BYTES = 4_096;

/** @throws CausewayError window.input (no hexadecimal digits, no base64) */
export function payloadBytes({ encoding, value }: CallInput<'inspect.send'>['payload']): Buffer {
  const bytes = Buffer.from(value, encoding === 'text' ? 'utf8' : encoding);
  const whole =
    encoding === 'text' ||
    (encoding === 'hex'
      ? bytes.length * 2 === value.length
      : bytes.toString('base64').replace(/=+$/, '') === value.replace(/=+$/, ''));
  if (whole) return bytes;
  throw new CausewayError('window.input', { call: 'inspect.send', where: 'payload', reason: `it is no ${encoding}` });
}

export function payloadView(payload: Uint8Array): PayloadView {
  const shown = Buffer.from(payload.buffer, payload.byteOffset, Math.min(payload.length, MOST_BYTES));
  const text = utf8OrUndefined(payload);
  return {
    bytes: payload.length,
    hex: shown.toString('hex'),
    text: text === undefined || /[^\P{Cc}\t\n\r]/u.test(text) ? null : text.slice(0, MOST_BYTES),
  };
}

export function mqView(delivery: MqDelivery): MqMessageView {
  return {
    topic: delivery.topic,
    key: delivery.key ?? null,
    tag: delivery.tag ?? null,
    properties: { ...delivery.properties },
    partition: delivery.partition,
    offset: delivery.offset,
    payload: payloadView(delivery.body),
  };
}

export function arrivalView(
  { clientId, clean }: Device,
  arrival: Arrival,
  subscription?: { readonly filter: string; readonly qos: number },
): MqttPacketView {
  const { topic, qos, retain, dup, payload } = arrival;
  return {
    topic,
    qos,
    retain,
    dup,
    clientId,
    cleanSession: clean,
    payload: payloadView(payload),
    ...(subscription === undefined ? {} : { subscription }),
  };
}
