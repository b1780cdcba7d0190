/** Why a broker outside the lab cannot be used, told so that one can act upon it. */
import { CausewayError } from '../protocol/errors.ts';

/** How an attempt to connect ended. */
export type Failure =
  | { readonly kind: 'network'; readonly reason: string }
  /** CONNACK of a refusal: `code` is MQTT 5's, also where the broker spoke 3.1.1. */
  | { readonly kind: 'refused'; readonly code: number; readonly reason: string };

/** Return codes of MQTT 3.1.1 as reason codes of MQTT 5. */
const V5_CODE: Readonly<Record<number, number>> = { 1: 0x84, 2: 0x85, 3: 0x88, 4: 0x86, 5: 0x87 };
const TEXT: Readonly<Record<number, string>> = {
  132: 'it does not speak this version of MQTT',
  133: 'it does not accept the client ID',
  134: 'user name or password is wrong',
  135: 'not authorised',
  136: 'it is not available',
  137: 'it is busy',
  138: 'this client is banned',
  140: 'it wants another way of authentication',
  151: 'a quota is exceeded',
  159: 'too many connections in this time',
};
export const UNSUPPORTED_VERSION = 0x84;

/** A CONNACK that refuses. */
export function refusal(code: number): Failure {
  const v5 = V5_CODE[code] ?? code;
  return { kind: 'refused', code: v5, reason: `${TEXT[v5] ?? 'refused'} (code ${code})` };
}

const TLS = /certificate|CERT_|ALTNAME|EPROTO|ERR_SSL|ERR_TLS|SSL routines|self-signed|TLS/i;

/** The failure as the error that a user sees. `user`: undefined where none was given. */
export function brokerError(url: string, user: string | undefined, failure: Failure): CausewayError {
  const { reason } = failure;
  if (failure.kind === 'network') {
    return new CausewayError(TLS.test(reason) ? 'broker.untrusted' : 'broker.unreachable', { url, reason });
  }
  const who = user === undefined ? 'a client without a user' : `user ${user}`;
  return new CausewayError('broker.refused', { url, user: who, reason });
}
