/** Load may leave this machine only where that is wanted. */
import { CausewayError } from '../protocol/errors.ts';
import { isLoopback } from '../scenario/loopback.ts';
import { parseBrokerUrl } from './brokerUrl.ts';

/** @throws CausewayError network.unconfirmed for a broker on another machine, unless that is `allowed` */
export function confirmBroker(text: string, allowed = false): void {
  const url = parseBrokerUrl(text);
  if (allowed || 'problem' in url || isLoopback(url.host)) return;
  throw new CausewayError('network.unconfirmed', {
    what: 'the MQTT broker is on',
    host: url.host,
    option: 'its url',
    secrets: '',
  });
}
