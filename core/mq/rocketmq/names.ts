/**
 * Names of the lab as names RocketMQ allows. It takes letters, digits, `_`, `-` and `%`; everything else is written as in web
 * addresses, byte by byte: `dlq.readers` is `dlq%2Ereaders` there.
 */
import { CausewayError } from '../../protocol/errors.ts';

const MAX_TOPIC = 127;
/** A group's name is also that of its retry topic, behind `%RETRY%`. */
const MAX_GROUP = MAX_TOPIC - '%RETRY%'.length;

/** @throws CausewayError input.argument for a name too long */
export function topicName(name: string): string {
  return checked('topic', name, MAX_TOPIC);
}

/** @throws CausewayError input.argument for a name too long */
export function groupName(name: string): string {
  return checked('consumer group', name, MAX_GROUP);
}

/** The lab's name of a topic of RocketMQ's. */
export function labName(topic: string): string {
  if (!topic.includes('%')) return topic;
  try {
    const name = decodeURIComponent(topic);
    // Only what would be written like this: other topics with a percent sign keep their names.
    return encode(name) === topic ? name : topic;
  } catch {
    return topic;
  }
}

function checked(argument: string, name: string, most: number): string {
  const encoded = encode(name);
  if (encoded.length > 0 && encoded.length <= most) return encoded;
  throw new CausewayError('input.argument', {
    argument,
    value: name,
    reason: `RocketMQ would call it ${encoded || '(nothing)'}`,
    expected: `1 to ${most} characters; each byte other than a-z, A-Z, 0-9, "_" and "-" counts three`,
  });
}

function encode(name: string): string {
  if (/^[a-zA-Z0-9_-]*$/.test(name)) return name;
  let text = '';
  for (const byte of Buffer.from(name)) {
    const letter = String.fromCharCode(byte);
    text += /[a-zA-Z0-9_-]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return text;
}
