/** Turns what the servers answer into the errors of the lab. */
import { CausewayError } from '../../protocol/errors.ts';
import { isUntrusted } from '../trust.ts';
import { ANSWER } from './codes.ts';

/** What a message of an error may say about where and who. */
export interface RocketMqPlace {
  readonly address: string;
  readonly user: string;
}

/** A request that was answered with something else than success. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: number;
  readonly address: string;

  constructor(code: number, remark: string, address: string) {
    super(remark === '' ? `answer ${code}` : remark);
    this.code = code;
    this.address = address;
  }
}

/** A connection that could not be made, or broke. */
export class Disconnected extends Error {
  override readonly name = 'Disconnected';
  readonly address: string;
  /** It was never there: nothing can have been received by the server. */
  readonly before: boolean;

  constructor(address: string, reason: string, before: boolean) {
    super(reason);
    this.address = address;
    this.before = before;
  }
}

const UNKNOWN_USER = /signature|username|user:.*(not found|disable)|no accessKey|no acl config|authentication/i;
export const ROCKETMQ_VERSIONS = 'RocketMQ 5.0 or newer is needed';

/** `topic`: what was asked for, when it was a topic. A CausewayError is returned as it is. */
export function rocketMqError(error: unknown, place: RocketMqPlace, topic = ''): CausewayError {
  if (error instanceof CausewayError) return error;
  const cause = { cause: error };
  const reason = error instanceof Error ? firstSentence(error.message) : String(error);
  const address = (error as Partial<Disconnected>)?.address ?? place.address;
  if (error instanceof Refusal) {
    // Both generations of access control answer with codes that others use too, so that only the text tells.
    if (UNKNOWN_USER.test(error.message)) return new CausewayError('mq.refused', { address, user: place.user, reason }, cause);
    if (error.code === ANSWER.noPermission || /permission|AclException/i.test(error.message))
      return new CausewayError('mq.denied', { address, reason }, cause);
    if (error.code === ANSWER.topicUnknown) return new CausewayError('mq.topic-unknown', { topic }, cause);
    if (error.code === ANSWER.notSupported)
      return new CausewayError('mq.version', { address, reason, expected: ROCKETMQ_VERSIONS }, cause);
    if (error.code === ANSWER.messageIllegal || /size exceeded/.test(error.message))
      return new CausewayError(
        'input.argument',
        {
          argument: 'message',
          value: topic,
          reason,
          expected: 'a message within maxMessageSize of the broker, 4 MiB by default',
        },
        cause,
      );
  }
  return new CausewayError(isUntrusted(reason) ? 'mq.untrusted' : 'mq.connection-lost', { address, reason }, cause);
}

/** Servers add a link, or the trace of a stack. */
function firstSentence(text: string): string {
  return text
    .split(/\n|, ?BROKER: |See https?:/)[0]!
    .trim()
    .slice(0, 300);
}
