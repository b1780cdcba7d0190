/** What cannot be stored is refused where it is sent, and not found out where it is read. */
import { CausewayError } from '../../protocol/errors.ts';
import type { MqMessage } from '../engine.ts';

/** Largest body, bytes: a frame of the port must hold it. */
export const MAX_BODY = 16 * 1024 * 1024;

/** @throws CausewayError input.argument naming the wrong part of a message */
export function checkMessage(message: MqMessage): void {
  if (!(message.body instanceof Uint8Array)) bad('body', typeof message.body, 'not bytes', 'a Uint8Array');
  if (message.body.length > MAX_BODY) bad('body', `${message.body.length} bytes`, 'too large', `at most ${MAX_BODY} bytes`);
  if (message.delayMs !== undefined && !(Number.isFinite(message.delayMs) && message.delayMs >= 0))
    bad('delayMs', String(message.delayMs), 'out of range', 'a number of at least 0');
  if (tooLong(message.key)) bad('key', `${message.key?.slice(0, 40)}...`, 'too long', TEXT_LIMIT);
  if (tooLong(message.tag)) bad('tag', `${message.tag?.slice(0, 40)}...`, 'too long', TEXT_LIMIT);
  for (const name in message.properties) {
    if (typeof message.properties[name] !== 'string')
      bad(`property ${name}`, String(message.properties[name]), 'not a text', 'a text; numbers must be turned into one');
    if (tooLong(name) || tooLong(message.properties[name])) bad(`property ${name.slice(0, 40)}`, '...', 'too long', TEXT_LIMIT);
  }
}

const MAX_TEXT = 65_535;
const TEXT_LIMIT = `at most ${MAX_TEXT} bytes of UTF-8`;

/** Counts bytes only where characters alone do not decide: one takes at most three bytes. */
function tooLong(text: string | undefined): boolean {
  return text !== undefined && text.length > MAX_TEXT / 3 && Buffer.byteLength(text) > MAX_TEXT;
}

function bad(argument: string, value: string, reason: string, expected: string): never {
  throw new CausewayError('input.argument', { argument: `message ${argument}`, value, reason, expected });
}
