/** Errors as a window gets them. */
import { CausewayError } from '../protocol/errors.ts';
import type { WindowError } from '../protocol/window.ts';

export function windowError(error: unknown): WindowError {
  const known =
    error instanceof CausewayError
      ? error
      : new CausewayError('internal', { reason: error instanceof Error ? error.message : String(error) });
  const { code, message, hint, problems } = known;
  return { code, message, hint, ...(problems.length === 0 ? {} : { problems }) };
}
