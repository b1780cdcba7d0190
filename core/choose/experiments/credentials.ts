/** What happens to a client whose credentials expire, on either side. */
import { CredentialBook } from '../../credentials/book.ts';
import { Issuer } from '../../credentials/issuer.ts';
import { TOKEN_TOPIC } from '../../credentials/types.ts';
import { connectMq } from '../../mq/connect.ts';
import { startLab } from '../../run/lab.ts';
import { LOCAL_TOPIC, type Scope } from '../bench.ts';
import { figure } from '../figures.ts';
import { openDevices } from '../ways.ts';
import type { Experiment } from './types.ts';

const TTL_MS = 2000;
const INSTANCE = 'choose';

/** Milliseconds from the issue of temporary credentials until the embedded MQ ended the connection; null: it did not. */
async function mqExpiry(scope: Scope, port: number, issuer: Issuer, account: string): Promise<number | null> {
  const { accessKeyId, secretKey, sessionToken } = issuer.temporary({ account, instance: INSTANCE, ttlMs: TTL_MS });
  const start = performance.now();
  let lostMs: number | null = null;
  const engine = await connectMq(
    { engine: 'embedded', host: '127.0.0.1', port, credentials: { accessKeyId, secretKey, sessionToken } },
    {
      onLost: () => {
        lostMs = performance.now() - start;
      },
    },
  );
  scope.defer(() => engine.close());
  await scope.until(() => lostMs !== null, TTL_MS + 3000);
  return lostMs;
}

export const credentials: Experiment = async (scope) => {
  scope.step(`a token that is good for ${TTL_MS / 1000} s`);
  const book = new CredentialBook();
  const issuer = new Issuer(book);
  const { accessKeyId } = issuer.addAccount({ instances: [INSTANCE] });
  const lab = await startLab({
    profile: 'strict',
    topics: [{ name: LOCAL_TOPIC, direction: 'none', partitions: 1 }],
    listeners: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }],
    mqListen: { host: '127.0.0.1', port: 0 },
    credentials: { book, instance: INSTANCE, noticeMs: TTL_MS / 2 },
    storage: 'memory',
    fsync: 'never',
  });
  scope.defer(() => lab.close(500));
  const seen: { noticeMs: number | null; code: number | null; closedMs: number | null } = {
    noticeMs: null,
    code: null,
    closedMs: null,
  };
  const { token } = issuer.issue({ account: accessKeyId, actions: 'RW', resources: [`${LOCAL_TOPIC}/#`], ttlMs: TTL_MS });
  const start = performance.now();
  const login = () => ({ username: `Token|${accessKeyId}|${INSTANCE}`, password: `RW|${token}` });
  await openDevices(scope, 1, {
    endpoint: { transport: 'tcp', host: '127.0.0.1', port: lab.gateway.addresses[0]!.port },
    login,
    onMessage: (_, topic, payload) => {
      if (topic === TOKEN_TOPIC.expire) seen.noticeMs ??= TTL_MS - (performance.now() - start);
      if (topic === TOKEN_TOPIC.invalid) seen.code ??= (JSON.parse(payload.toString('utf8')) as { code: number }).code;
    },
    onClosed: () => {
      seen.closedMs ??= performance.now() - start;
    },
  });
  const { embedded } = scope.bench;
  const [lostMs] = await Promise.all([
    embedded ? mqExpiry(scope, lab.mqAddress!.port, issuer, accessKeyId) : null,
    scope.until(() => seen.closedMs !== null, TTL_MS + 3000),
  ]);
  const outside = 'not tried: the accounts of an engine outside are its own';
  return {
    mqtt: [
      figure('told before expiry', seen.noticeMs, 'ms before'),
      figure('code of the end', seen.code, ''),
      figure('closed after', seen.closedMs, 'ms'),
      figure('good for', TTL_MS, 'ms'),
    ],
    mq: [
      figure('closed after', lostMs, 'ms', undefined, embedded ? undefined : outside),
      figure('told before expiry', null, 'ms before', undefined, embedded ? 'there is no such notice on this side' : outside),
      ...(embedded ? [figure('good for', TTL_MS, 'ms')] : []),
    ],
    method:
      `A device connected with a token that is good for ${TTL_MS / 1000} s, with a notice due after half of that, and did not renew it. ` +
      (embedded
        ? 'A service did the same at the MQ port with temporary credentials of the same length.'
        : 'Nothing of the kind was tried on the engine, whose accounts are its own.'),
  };
};
