/** Turns what the client library and the broker say into the errors of the lab. */
import { CausewayError } from '../../protocol/errors.ts';
import { isUntrusted } from '../trust.ts';

/** What a message of an error may say about where and who. */
export interface KafkaPlace {
  readonly address: string;
  readonly user: string;
}

/** The library wraps errors in errors: the innermost is the one that happened. */
function causes(error: unknown): Error[] {
  const found: Error[] = [];
  for (let at = error; at instanceof Error && found.length < 10; at = at.cause) {
    found.push(at);
    // Creating topics collects an error per topic.
    const { errors } = at as { errors?: unknown };
    if (Array.isArray(errors)) found.push(...errors.filter((each): each is Error => each instanceof Error));
  }
  return found;
}

const typeOf = (error: Error): string => {
  const type: unknown = (error as { type?: unknown }).type;
  return typeof type === 'string' ? type : '';
};

const some = (errors: readonly Error[], test: (error: Error) => boolean): boolean => errors.some(test);

/** `topic`: what was asked for, when it was a topic. A CausewayError is returned as it is. */
export function kafkaError(error: unknown, place: KafkaPlace, topic = ''): CausewayError {
  if (error instanceof CausewayError) return error;
  const chain = causes(error);
  const reason = chain.at(-1)?.message ?? String(error);
  const cause = { cause: error };
  const { address, user } = place;
  if (some(chain, (e) => e.name === 'KafkaJSSASLAuthenticationError' || REFUSED.has(typeOf(e))))
    return new CausewayError('mq.refused', { address, user, reason }, cause);
  if (some(chain, (e) => typeOf(e) === 'UNKNOWN_TOPIC_OR_PARTITION'))
    return new CausewayError('mq.topic-unknown', { topic }, cause);
  if (some(chain, (e) => typeOf(e).endsWith('AUTHORIZATION_FAILED')))
    return new CausewayError('mq.denied', { address, reason }, cause);
  if (
    some(chain, (e) => e.name === 'KafkaJSServerDoesNotSupportApiKey' || e.name === 'KafkaJSNotImplemented') ||
    some(chain, (e) => typeOf(e) === 'UNSUPPORTED_VERSION')
  )
    return new CausewayError('mq.version', { address, reason, expected: KAFKA_VERSIONS }, cause);
  if (some(chain, (e) => typeOf(e) === 'INVALID_TOPIC_EXCEPTION'))
    return new CausewayError(
      'input.argument',
      { argument: 'topic', value: topic, reason: 'Kafka does not allow this name', expected: TOPIC_NAMES },
      cause,
    );
  if (some(chain, (e) => TOPIC_REFUSED.has(typeOf(e))))
    return new CausewayError(
      'input.argument',
      { argument: 'topic', value: topic, reason, expected: 'partitions, replicas and settings that the brokers allow' },
      cause,
    );
  if (some(chain, (e) => typeOf(e) === 'MESSAGE_TOO_LARGE' || typeOf(e) === 'RECORD_LIST_TOO_LARGE'))
    return new CausewayError(
      'input.argument',
      { argument: 'message', value: topic, reason, expected: 'a message within max.message.bytes of its topic' },
      cause,
    );
  return new CausewayError(isUntrusted(reason) ? 'mq.untrusted' : 'mq.connection-lost', { address, reason }, cause);
}

/** @throws CausewayError input.argument for a name that Kafka refuses */
export function checkTopicName(topic: string): void {
  if (/^[a-zA-Z0-9._-]{1,249}$/.test(topic) && topic !== '.' && topic !== '..') return;
  throw new CausewayError('input.argument', {
    argument: 'topic',
    value: topic,
    reason: 'Kafka does not allow this name',
    expected: TOPIC_NAMES,
  });
}

const REFUSED = new Set(['SASL_AUTHENTICATION_FAILED', 'UNSUPPORTED_SASL_MECHANISM']);
const TOPIC_REFUSED = new Set(['INVALID_PARTITIONS', 'INVALID_REPLICATION_FACTOR', 'INVALID_CONFIG', 'POLICY_VIOLATION']);
const TOPIC_NAMES = '1 to 249 of the characters a-z, A-Z, 0-9, ".", "_" and "-"';
export const KAFKA_VERSIONS = 'Kafka 0.11 or newer: headers and idempotent producers are needed';
