/** `causeway token`: tokens for devices, and temporary credentials for the MQ port. */
import { changeCredentialFile, readCredentialFile } from '../../core/credentials/file.ts';
import { Issuer } from '../../core/credentials/issuer.ts';
import { type TokenType, wallClockMs } from '../../core/credentials/types.ts';
import { CausewayError, EXIT } from '../../core/protocol/errors.ts';
import { createStyle } from '../../core/report/style.ts';
import { type Cell, tableLines } from '../../core/report/table.ts';
import { type CredentialFlags, SECRET_VARIABLES } from '../credentialFlags.ts';
import { type Host, wantsColor } from '../host.ts';

export interface TokenIssueFlags extends CredentialFlags {
  readonly account: string;
  readonly instance?: string;
  readonly actions?: TokenType;
  readonly resource?: readonly string[];
  /** Milliseconds. */
  readonly ttl: number;
  readonly mq?: boolean;
}

/** Issues a token and prints it on stdout, and nothing else there without `--json`. */
export async function tokenIssue(host: Host, flags: TokenIssueFlags): Promise<number> {
  const { account, instance, ttl: ttlMs } = flags;
  const owner = { account, ttlMs, ...(instance === undefined ? {} : { instance }) };
  const change = <T>(work: (issuer: Issuer) => T): Promise<T> =>
    changeCredentialFile(host.path(flags.credentials), { create: false, nowMs: wallClockMs() }, (book) => work(new Issuer(book)));
  if (flags.mq === true) {
    const made = await change((issuer) => issuer.temporary(owner));
    if (flags.json === true) host.stdout.write(`${JSON.stringify(made)}\n`);
    else {
      const { accessKeyId, secretKey, sessionToken } = SECRET_VARIABLES;
      host.stdout.write(
        `${accessKeyId}=${made.accessKeyId}\n${secretKey}=${made.secretKey}\n${sessionToken}=${made.sessionToken}\n`,
      );
      host.stderr.write(`temporary credentials ${made.id}, until ${new Date(made.expiresAtMs).toISOString()}\n`);
    }
    return EXIT.pass;
  }
  const { resource } = flags;
  if (resource === undefined) {
    throw new CausewayError('input.argument', {
      argument: '--resource',
      value: 'none',
      reason: 'a token names what it reaches',
      expected: 'give one or more topic filters, e.g. --resource demo/#',
    });
  }
  const { token, record } = await change((issuer) =>
    issuer.issue({ ...owner, actions: flags.actions ?? 'RW', resources: resource }),
  );
  if (flags.json === true) host.stdout.write(`${JSON.stringify({ token, ...record })}\n`);
  else {
    host.stdout.write(`${token}\n`);
    host.stderr.write(
      `token ${record.id} (${record.actions}) of ${record.account}, instance ${record.instance}, until ${new Date(record.expiresAtMs).toISOString()}\n`,
    );
  }
  return EXIT.pass;
}

/** Prints the tokens that were issued, without the tokens themselves. */
export async function tokenList(host: Host, flags: CredentialFlags): Promise<number> {
  const { tokens } = await readCredentialFile(host.path(flags.credentials));
  if (flags.json === true) {
    host.stdout.write(`${JSON.stringify(tokens, null, 2)}\n`);
    return EXIT.pass;
  }
  if (tokens.length === 0) {
    host.stdout.write('no tokens\n');
    return EXIT.pass;
  }
  const nowMs = wallClockMs();
  const rows = tokens.map((token): Cell[] => {
    const state = token.revokedAtMs !== undefined ? 'revoked' : nowMs >= token.expiresAtMs ? 'expired' : 'valid';
    return [
      token.id,
      { text: state, style: state === 'valid' ? 'good' : 'dim' },
      token.kind,
      token.account,
      token.instance,
      token.actions,
      new Date(token.expiresAtMs).toISOString(),
      token.resources.join(' '),
    ];
  });
  const columns = ['token', 'state', 'for', 'account', 'instance', 'actions', 'until'].map((title) => ({ title }));
  const style = createStyle(wantsColor(host, host.stdout));
  const table = {
    columns: [...columns, { title: 'resources', shrink: true }],
    rows,
    width: host.stdout.columns ?? 1000,
    style,
    indent: 0,
  };
  host.stdout.write(`${tableLines(table).join('\n')}\n`);
  return EXIT.pass;
}

/** Revokes a token by its ID; gateways that follow the file close who uses it. */
export async function tokenRevoke(host: Host, id: string, flags: CredentialFlags): Promise<number> {
  const path = host.path(flags.credentials);
  await changeCredentialFile(path, { create: false, nowMs: wallClockMs() }, (book) => new Issuer(book).revoke(id));
  if (flags.json === true) host.stdout.write(`${JSON.stringify({ revoked: id })}\n`);
  else host.stdout.write(`revoked ${id}; who uses it is closed with code 3\n`);
  return EXIT.pass;
}
