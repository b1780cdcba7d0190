/** Words of the credential side: who may do what, until when, and why not. */

/** What a token allows: reading (subscribe), writing (publish), or both. */
export type TokenType = 'R' | 'W' | 'RW';
export type Action = 'R' | 'W';

/** The codes of `$SYS/tokenInvalidNotice`. */
export const INVALID = { account: -1, forged: 1, expired: 2, revoked: 3, resource: 4, permission: 5, signature: 8 } as const;
export type InvalidCode = (typeof INVALID)[keyof typeof INVALID];

/** One account: a permanent key pair and the instances it belongs to. */
export interface Account {
  readonly accessKeyId: string;
  readonly secretKey: string;
  readonly instances: readonly string[];
  /** Wall-clock milliseconds. */
  readonly createdAtMs: number;
}

/** What is remembered of a token: everything but the token itself. */
export interface TokenRecord {
  readonly id: string;
  /** mqtt: for devices. mq: the session token of temporary credentials for the MQ port. */
  readonly kind: 'mqtt' | 'mq';
  readonly account: string;
  readonly instance: string;
  readonly actions: TokenType;
  /** Topic filters; a token reaches what they match. */
  readonly resources: readonly string[];
  /** Wall-clock milliseconds. */
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

/** Wall-clock milliseconds; injected wherever something expires. */
export type WallClock = () => number;

/** The wall clock without a system call for each reading. */
export const wallClockMs: WallClock = () => performance.timeOrigin + performance.now();

/** Topics between gateway and device that steer credentials. */
export const TOKEN_TOPIC = {
  upload: '$SYS/uploadToken',
  expire: '$SYS/tokenExpireNotice',
  invalid: '$SYS/tokenInvalidNotice',
} as const;

/** Does the token type allow the action? */
export function allows(type: TokenType, action: Action): boolean {
  return type === 'RW' || type === action;
}
