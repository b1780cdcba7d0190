import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';

const digest = (text: string | Buffer): Buffer => createHash('sha256').update(text).digest();

/** Plain users with passwords. Checks them in a time that tells neither length nor prefix; an unknown user costs the same. */
export class Users {
  readonly #digests = new Map<string, Buffer>();
  readonly #nobody = digest(randomUUID());

  constructor(users: Readonly<Record<string, string>>) {
    for (const [name, password] of Object.entries(users)) this.#digests.set(name, digest(password));
  }

  check(username: string | undefined, password: Buffer | undefined): boolean {
    const known = username === undefined ? undefined : this.#digests.get(username);
    const equal = timingSafeEqual(digest(password ?? ''), known ?? this.#nobody);
    return equal && known !== undefined && password !== undefined;
  }
}
