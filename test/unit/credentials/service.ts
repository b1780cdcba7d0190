import { CredentialBook } from '../../../core/credentials/book.ts';
import { Issuer, type TokenRequest } from '../../../core/credentials/issuer.ts';
import { userName } from '../../../core/credentials/login.ts';
import { signClientId } from '../../../core/credentials/signature.ts';
import { type Login, Verifier, type VerifierOptions } from '../../../core/credentials/verifier.ts';

export const SECRET = 'a-secret-of-some-length';

/** A service with account AK (instances one and two) and account OTHER, and a clock set by hand. */
export function service(options: VerifierOptions = {}) {
  const time = { ms: 1_700_000_000_000 };
  const wallClock = (): number => time.ms;
  const book = new CredentialBook();
  const issuer = new Issuer(book, wallClock);
  issuer.addAccount({ accessKeyId: 'AK', secretKey: SECRET, instances: ['one', 'two'] });
  issuer.addAccount({ accessKeyId: 'OTHER', secretKey: `${SECRET}-2`, instances: ['one'] });
  const verifier = new Verifier(book, { wallClock, ...options });
  const issue = (request: Partial<TokenRequest> = {}) =>
    issuer.issue({ account: 'AK', instance: 'one', actions: 'RW', resources: ['p/#'], ttlMs: 10_000, ...request });
  const login = (username: string | undefined, password: string | undefined, clientId = 'G@@@d'): Login =>
    verifier.login(clientId, username, password === undefined ? undefined : Buffer.from(password));
  return {
    time,
    book,
    issuer,
    verifier,
    issue,
    token: (request: Partial<TokenRequest> = {}): string => issue(request).token,
    login,
    tokenLogin: (password: string, account = 'AK', instance = 'one'): Login =>
      login(userName('token', account, instance), password),
    signatureLogin: (clientId: string, signed = clientId, secret = SECRET): Login =>
      login(userName('signature', 'AK', 'one'), signClientId(secret, signed), clientId),
  };
}
