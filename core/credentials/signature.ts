/** Signatures, and comparing without telling by the time taken how much was right. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** The password of signature mode: base64 of HMAC-SHA1 of the client ID. SHA-1 is what devices of this kind compute; HMAC does not rest on its collision resistance. */
export function signClientId(secretKey: string, clientId: string): string {
  return createHmac('sha1', secretKey).update(clientId).digest('base64');
}

/** HMAC-SHA256 of a text. `purpose` keeps keys used for two things from being confused. */
export function mac(key: string, purpose: string, text: string): Buffer {
  return createHmac('sha256', key).update(`${purpose}\0`).update(text).digest();
}

/** Are the two equal? Takes the same time wherever they differ; both are hashed first, so that lengths do not show either. */
export function equalSecret(a: string | Buffer, b: string | Buffer): boolean {
  const digest = (value: string | Buffer): Buffer => createHmac('sha256', 'compare').update(value).digest();
  return timingSafeEqual(digest(a), digest(b));
}
