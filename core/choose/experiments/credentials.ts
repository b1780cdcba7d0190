/** Who is let in, and what happens to a client whose credentials expire, on either side. */
import { CredentialBook } from '../../credentials/book.ts';
import { Issuer } from '../../credentials/issuer.ts';
import { signClientId } from '../../credentials/signature.ts';
import { TOKEN_TOPIC } from '../../credentials/types.ts';
import type { MqConnection } from '../../mq/connect.ts';
import type { ChooseFigure } from '../../protocol/choose.ts';
import { CausewayError } from '../../protocol/errors.ts';
import { type Lab, startLab } from '../../run/lab.ts';
import type { Endpoint } from '../../swarm/types.ts';
import { LOCAL_TOPIC, type Scope } from '../bench.ts';
import { figure } from '../figures.ts';
import { type DeviceOptions, openDevices } from '../ways.ts';
import type { Experiment } from './types.ts';

const HOST = '127.0.0.1';
const TTL_MS = 2000;
/** How long an answer to credentials is waited for. */
const ANSWER_MS = 10_000;
const INSTANCE = 'choose';
const WRONG = 'not-the-secret-of-this-account';

/** 1: yes, 0: no, null: not tried, or no answer. */
type Answer = 0 | 1 | null;

const permanent = (letIn: Answer, refused: Answer, note?: string): ChooseFigure[] => [
  figure('permanent: let in', letIn, 'yes/no', undefined, note),
  figure('permanent, wrong: refused', refused, 'yes/no', undefined, note),
];

/** Is a device with this login let in? */
async function deviceLetIn(scope: Scope, endpoint: Endpoint, login: NonNullable<DeviceOptions['login']>): Promise<Answer> {
  const { clients, swarm } = await openDevices(scope, 1, { endpoint, login, withinMs: ANSWER_MS });
  if (clients.length > 0) return 1;
  return swarm.stats().refusedConnects > 0 ? 0 : null;
}

/** Is a service that connects like this let in? Other trouble than a refusal is no answer. */
async function serviceLetIn(scope: Scope, at: MqConnection): Promise<Answer> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, ANSWER_MS, null).unref());
  const tried = scope
    .connect(at)
    // Some engines ask when something is wanted of them.
    .then((engine) => engine.topics())
    .then((): Answer => 1)
    .catch((error: unknown): Answer => (error instanceof CausewayError && REFUSALS.includes(error.code) ? 0 : null));
  return Promise.race([tried, late]);
}
const REFUSALS: readonly string[] = ['mq.refused', 'mq.denied'];
const opposite = (answer: Answer): Answer => (answer === null ? null : answer === 1 ? 0 : 1);

/** A token that is not renewed: when its device is told, and when and how it is closed. */
async function tokenEnd(scope: Scope, endpoint: Endpoint, issuer: Issuer, account: string): Promise<ChooseFigure[]> {
  const seen: { noticeMs: number | null; code: number | null; closedMs: number | null } = {
    noticeMs: null,
    code: null,
    closedMs: null,
  };
  const { token } = issuer.issue({ account, actions: 'RW', resources: [`${LOCAL_TOPIC}/#`], ttlMs: TTL_MS });
  const start = performance.now();
  await openDevices(scope, 1, {
    endpoint,
    login: () => ({ username: `Token|${account}|${INSTANCE}`, password: `RW|${token}` }),
    onMessage: (_, topic, payload) => {
      if (topic === TOKEN_TOPIC.expire) seen.noticeMs ??= TTL_MS - (performance.now() - start);
      if (topic === TOKEN_TOPIC.invalid) seen.code ??= (JSON.parse(payload.toString('utf8')) as { code: number }).code;
    },
    onClosed: () => {
      seen.closedMs ??= performance.now() - start;
    },
  });
  await scope.until(() => seen.closedMs !== null, TTL_MS + 3000);
  return [
    figure('told before expiry', seen.noticeMs, 'ms before'),
    figure(
      'closed as expired',
      seen.code === null ? null : seen.code === 2 ? 1 : 0,
      'yes/no',
      undefined,
      `code ${seen.code ?? 'none'}`,
    ),
    figure('closed after', seen.closedMs, 'ms'),
    figure('good for', TTL_MS, 'ms'),
  ];
}

/** Temporary credentials of the embedded MQ that are not renewed: when their service loses its connection. */
async function temporaryEnd(scope: Scope, at: MqConnection & { engine: 'embedded' }, issuer: Issuer, account: string) {
  const { accessKeyId, secretKey, sessionToken } = issuer.temporary({ account, instance: INSTANCE, ttlMs: TTL_MS });
  const start = performance.now();
  let lostMs: number | null = null;
  const onLost = (): void => {
    lostMs = performance.now() - start;
  };
  await scope.connect({ ...at, credentials: { accessKeyId, secretKey, sessionToken } }, { onLost });
  await scope.until(() => lostMs !== null, TTL_MS + 3000);
  return [figure('closed after', lostMs, 'ms'), figure('good for', TTL_MS, 'ms')];
}

const NO_NOTICE = 'there is no such notice on this side';

async function embeddedMq(scope: Scope, lab: Lab, issuer: Issuer, account: string, secretKey: string): Promise<ChooseFigure[]> {
  const at = { engine: 'embedded' as const, host: HOST, port: lab.mqAddress!.port };
  const entry = (secret: string): Promise<Answer> =>
    serviceLetIn(scope, { ...at, credentials: { accessKeyId: account, secretKey: secret } });
  return [
    ...permanent(await entry(secretKey), opposite(await entry(WRONG))),
    ...(await temporaryEnd(scope, at, issuer, account)),
    figure('told before expiry', null, 'ms before', undefined, NO_NOTICE),
  ];
}

/** The accounts of an engine outside are its own: tried is the user of the connection, and that user with a wrong password. */
async function externalMq(scope: Scope): Promise<ChooseFigure[]> {
  const external = scope.bench.external!;
  const none = 'not tried: no user was given for this engine';
  const tried =
    external.user === undefined
      ? permanent(null, null, none)
      : permanent(await serviceLetIn(scope, external), opposite(await serviceLetIn(scope, { ...external, password: WRONG })));
  return [...tried, figure('closed after', null, 'ms', undefined, 'not tried: the accounts of an engine outside are its own')];
}

export const credentials: Experiment = async (scope) => {
  scope.step('permanent credentials, right and wrong');
  const book = new CredentialBook();
  const issuer = new Issuer(book);
  const { accessKeyId, secretKey } = issuer.addAccount({ instances: [INSTANCE] });
  const lab = await startLab({
    profile: 'strict',
    topics: [{ name: LOCAL_TOPIC, direction: 'none', partitions: 1 }],
    listeners: [{ kind: 'tcp', host: HOST, port: 0 }],
    mqListen: { host: HOST, port: 0 },
    credentials: { book, instance: INSTANCE, noticeMs: TTL_MS / 2 },
    storage: 'memory',
    fsync: 'never',
  });
  scope.defer(() => lab.close(500));
  const endpoint: Endpoint = { transport: 'tcp', host: HOST, port: lab.gateway.addresses[0]!.port };
  const signature = (secret: string) => (clientId: string) => ({
    username: `Signature|${accessKeyId}|${INSTANCE}`,
    password: signClientId(secret, clientId),
  });
  const letIn = await deviceLetIn(scope, endpoint, signature(secretKey));
  const refused = opposite(await deviceLetIn(scope, endpoint, signature(WRONG)));
  const { embedded, external } = scope.bench;
  scope.step(`credentials that are good for ${TTL_MS / 1000} s`);
  const [token, mq] = await Promise.all([
    tokenEnd(scope, endpoint, issuer, accessKeyId),
    embedded ? embeddedMq(scope, lab, issuer, accessKeyId, secretKey) : externalMq(scope),
  ]);
  return {
    mqtt: [...permanent(letIn, refused), ...token],
    mq,
    method:
      `A device connected with the signature of its account, and one with a wrong signature. Another had a token that is good for ${TTL_MS / 1000} s, with a notice due after half of that, and did not renew it. ` +
      (embedded
        ? 'Services did the same at the MQ port: with the account’s key pair, with a wrong one, and with temporary credentials of the same length.'
        : `${external?.user === undefined ? 'Nothing of the kind was tried on the engine' : 'At the engine the user of the connection was tried, and the same with a wrong password; nothing that expires'}, whose accounts are its own.`),
  };
};
