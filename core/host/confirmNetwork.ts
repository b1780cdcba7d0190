/** Load may leave this machine, or be let in from outside, only where that is wanted. */
import { parseBrokerUrl } from '../external/brokerUrl.ts';
import { hostsOf } from '../mq/engines.ts';
import { CausewayError } from '../protocol/errors.ts';
import { isLoopback } from '../scenario/loopback.ts';
import type { Loading } from './loading.ts';

interface Far {
  readonly what: string;
  readonly host: string;
  readonly option: string;
  /** Environment variables whose values it is given. */
  readonly secrets?: readonly (string | undefined)[];
}

/**
 * Whoever has set an engine or a broker has said so; a scenario that leads elsewhere by itself is asked about.
 * @throws CausewayError network.unconfirmed, which names every address beyond this machine and every secret that goes there
 */
export function confirmNetwork({ loaded: { scenario, path }, placed }: Pick<Loading, 'loaded' | 'placed'>): void {
  const { host, broker } = scenario.gateway;
  const { mq } = scenario;
  const far: Far[] = [];
  if (broker === undefined) {
    if (!isLoopback(host)) far.push({ what: `${path}: its gateway listens on`, host, option: 'gateway.host' });
  } else if (!placed.broker) {
    const url = parseBrokerUrl(broker.url);
    const secrets = [broker.passwordFrom, ...scenario.populations.map(({ client }) => client.passwordFrom)];
    if (!('problem' in url) && !isLoopback(url.host))
      far.push({ what: 'the MQTT broker is on', host: url.text, option: 'gateway.url', secrets });
  }
  if (mq.engine !== 'embedded' && !placed.mq && !hostsOf(mq.address).every(isLoopback))
    far.push({ what: 'the MQ is on', host: mq.address, option: 'mq.address', secrets: [mq.passwordFrom] });
  const secrets = secretsText(far.flatMap((one) => one.secrets ?? []));
  const last = far.pop();
  if (last === undefined) return;
  const before = far.map((one) => `${one.what} ${one.host} and `).join('');
  const option = [...far, last].map((one) => one.option).join(' and ');
  throw new CausewayError('network.unconfirmed', { what: before + last.what, host: last.host, option, secrets });
}

function secretsText(names: readonly (string | undefined)[]): string {
  const named = [...new Set(names.filter((name) => name !== undefined))];
  return named.length === 0 ? '' : `; the password in ${named.join(' and that in ')} is sent there`;
}
