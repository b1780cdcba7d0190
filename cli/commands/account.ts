/** `causeway account`: the accounts of a credentials file. */
import { changeCredentialFile, readCredentialFile } from '../../core/credentials/file.ts';
import { Issuer } from '../../core/credentials/issuer.ts';
import { wallClockMs } from '../../core/credentials/types.ts';
import { EXIT } from '../../core/protocol/errors.ts';
import { createStyle } from '../../core/report/style.ts';
import { tableLines } from '../../core/report/table.ts';
import { type CredentialFlags, SECRET_VARIABLES } from '../credentialFlags.ts';
import { type Host, wantsColor } from '../host.ts';

export interface AccountAddFlags extends CredentialFlags {
  readonly id?: string;
  readonly instance?: readonly string[];
}

/** Adds an account. A secret that was made up is printed, this once; one that was given is not. */
export async function accountAdd(host: Host, flags: AccountAddFlags): Promise<number> {
  const given = host.env[SECRET_VARIABLES.secretKey];
  const instances = flags.instance ?? ['default'];
  const account = await changeCredentialFile(host.path(flags.credentials), { create: true, nowMs: wallClockMs() }, (book) =>
    new Issuer(book).addAccount({
      instances,
      ...(flags.id === undefined ? {} : { accessKeyId: flags.id }),
      ...(given === undefined || given === '' ? {} : { secretKey: given }),
    }),
  );
  const { secretKey, ...visible } = account;
  const madeUp = secretKey !== given;
  if (flags.json === true) {
    host.stdout.write(`${JSON.stringify({ ...visible, ...(madeUp ? { secretKey } : {}) })}\n`);
    return EXIT.pass;
  }
  host.stdout.write(`access key ID  ${account.accessKeyId}\ninstances      ${account.instances.join(', ')}\n`);
  if (madeUp) {
    host.stdout.write(`secret key     ${secretKey}\n`);
    host.stderr.write('keep the secret: it is not shown again\n');
  }
  return EXIT.pass;
}

/** Prints the accounts, without their secrets. */
export async function accountList(host: Host, flags: CredentialFlags): Promise<number> {
  const { accounts } = await readCredentialFile(host.path(flags.credentials));
  const visible = accounts.map(({ accessKeyId, instances, createdAtMs }) => ({ accessKeyId, instances, createdAtMs }));
  if (flags.json === true) host.stdout.write(`${JSON.stringify(visible, null, 2)}\n`);
  else if (visible.length === 0) host.stdout.write('no accounts\n');
  else {
    const rows = visible.map((a) => [a.accessKeyId, a.instances.join(', '), new Date(a.createdAtMs).toISOString()]);
    const columns = [{ title: 'access key ID' }, { title: 'instances', shrink: true }, { title: 'created' }];
    const style = createStyle(wantsColor(host, host.stdout));
    const width = host.stdout.columns ?? 1000;
    host.stdout.write(`${tableLines({ columns, rows, width, style, indent: 0 }).join('\n')}\n`);
  }
  return EXIT.pass;
}

/** Removes an account; gateways that follow the file close its clients. */
export async function accountRemove(host: Host, accessKeyId: string, flags: CredentialFlags): Promise<number> {
  const path = host.path(flags.credentials);
  await changeCredentialFile(path, { create: false, nowMs: wallClockMs() }, (book) =>
    new Issuer(book).removeAccount(accessKeyId),
  );
  if (flags.json === true) host.stdout.write(`${JSON.stringify({ removed: accessKeyId })}\n`);
  else host.stdout.write(`removed ${accessKeyId}; its clients are closed with code -1\n`);
  return EXIT.pass;
}
