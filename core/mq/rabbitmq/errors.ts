/** Turns what the client library and the broker say into the errors of the lab. */
import { CausewayError } from '../../protocol/errors.ts';
import { isUntrusted } from '../trust.ts';

/** What a message of an error may say about where and who. */
export interface RabbitMqPlace {
  readonly address: string;
  readonly user: string;
  readonly vhost: string;
}

/** Reply codes of AMQP 0-9-1. */
const ACCESS_REFUSED = 403;
const NOT_FOUND = 404;
const RESOURCE_LOCKED = 405;
const PRECONDITION_FAILED = 406;

/** What is said where the plugin has to be named. */
const PLUGIN = 'rabbitmq-plugins enable rabbitmq_consistent_hash_exchange';
export const RABBITMQ_VERSIONS = 'RabbitMQ 3.8 or newer: quorum queues with a single active consumer are needed';

/** Of a channel or connection that the broker closed; undefined for other errors. */
export function replyCode(error: unknown): number | undefined {
  const code: unknown = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'number' ? code : undefined;
}

export const isNotFound = (error: unknown): boolean => replyCode(error) === NOT_FOUND;
export const isLocked = (error: unknown): boolean => replyCode(error) === RESOURCE_LOCKED;

function reasonOf(error: unknown): string {
  // Connecting to a name with several addresses fails with one error per address and no message of its own.
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors.at(-1));
  if (!(error instanceof Error)) return String(error);
  // The library quotes the broker: `Channel closed by server: 404 (NOT-FOUND) with message "NOT_FOUND - no exchange ..."`.
  return /with message "(?:[A-Z_]+ - )?(.+)"/s.exec(error.message)?.[1] ?? error.message;
}

/** `topic`: what was asked for, when it was a topic. A CausewayError is returned as it is. */
export function rabbitMqError(error: unknown, place: RabbitMqPlace, topic = ''): CausewayError {
  if (error instanceof CausewayError) return error;
  const { address, user, vhost } = place;
  const said = error instanceof Error ? error.message : String(error);
  const reason = reasonOf(error);
  const code = replyCode(error);
  const cause = { cause: error };
  if (/Login was refused|login refused|SASL mechanism/i.test(said)) {
    return new CausewayError('mq.refused', { address, user, reason }, cause);
  }
  // The library keeps to itself why the broker closes a connection that asks for a virtual host.
  if (/Expected ConnectionOpenOk; got <ConnectionClose/.test(said)) {
    const none = `there is no virtual host ${vhost}, or user ${user} has no rights in it`;
    return new CausewayError('mq.denied', { address, reason: none }, cause);
  }
  if (code === ACCESS_REFUSED || /access to .* refused|ACCESS.REFUSED/s.test(said)) {
    return new CausewayError('mq.denied', { address, reason }, cause);
  }
  if (/(unknown|invalid) exchange type/.test(said)) {
    const details = { engine: 'rabbitmq', feature: 'consistent-hash exchange', value: PLUGIN };
    return new CausewayError('mq.unsupported', details, cause);
  }
  if (code === NOT_FOUND) return new CausewayError('mq.topic-unknown', { topic }, cause);
  if (code === PRECONDITION_FAILED) {
    const details = { argument: 'topic', value: topic, reason, expected: 'another name, or the one there is removed' };
    return new CausewayError('input.argument', details, cause);
  }
  return new CausewayError(isUntrusted(reason) ? 'mq.untrusted' : 'mq.connection-lost', { address, reason }, cause);
}

/** Of the first contact: whatever is not about credentials or rights means that no RabbitMQ could be reached. */
export function connectError(error: unknown, place: RabbitMqPlace): CausewayError {
  const known = rabbitMqError(error, place);
  if (known.code !== 'mq.connection-lost') return known;
  return new CausewayError('connect.failed', { address: place.address, reason: String(known.details.reason) }, { cause: error });
}
