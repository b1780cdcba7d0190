/** Messages that MQ will never store. */
import { CausewayError } from '../protocol/errors.ts';

/** Is the message itself to blame (its key too long, its body too large), so that sending it again would fail again? */
export function isUnstorable(error: unknown): error is CausewayError {
  return error instanceof CausewayError && (error.code === 'input.argument' || error.code === 'bridge.refused');
}
