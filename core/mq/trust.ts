/** TLS trouble that is the certificate's. */

const UNTRUSTED = /certificate|CERT_|altname|self[- ]signed/i;

/** Does the reason of a failed connection say that the server's certificate is not trusted? */
export function isUntrusted(reason: string): boolean {
  return UNTRUSTED.test(reason);
}
