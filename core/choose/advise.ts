/** From what a system has to do to which side each part of it belongs on, with reasons and a scenario that puts it to the test. Pure. */
import type { z } from 'zod';
import type { ChooseAdvice, ChooseRow, ChooseRowId, chooseCalls } from '../protocol/choose.ts';
import { adviceScenario } from './adviceScenario.ts';

export type ChooseAsked = z.output<(typeof chooseCalls)['choose.advise']>;

/** Clients beyond which an MQ is not meant to be reached directly (the comparison's own figure). */
export const MOST_MQ_CLIENTS = 10_000;

type Component = ChooseAdvice['components'][number];
type Reason = Component['reasons'][number];

/** `rows`: the table of the engine, measured or not. */
export function advise(asked: ChooseAsked, rows: readonly ChooseRow[]): ChooseAdvice {
  const reason = (text: string, id: ChooseRowId, side: 'mqtt' | 'mq'): Reason => {
    const row = rows.find((one) => one.id === id);
    const figure = row?.measured ? (row[side].figures.find(({ value }) => value !== null) ?? null) : null;
    const stands =
      figure === null
        ? `by claim, not measured yet: ${row?.[side].claim ?? ''}`
        : `${figure.name}: ${figure.value} ${figure.unit}`;
    return { text: `${text} (${stands})`, row: id, figure };
  };
  const away = asked.where !== 'servers';
  const many = asked.clients > MOST_MQ_CLIENTS;
  const onMqtt = away || many;
  const work = asked.fanOut === 'work-sharing';
  const kept = asked.order !== 'none';
  const heavy = asked.clients * asked.messagesPerSecondPerClient > 1000;
  const onMq = !onMqtt || work || kept || heavy || asked.offline === 'store';
  const devices: Component = {
    component: 'devices',
    use: onMqtt ? 'mqtt' : 'mq',
    text: onMqtt ? 'Clients connect to the MQTT gateway.' : 'Clients are few and on servers: they connect to the MQ directly.',
    reasons: onMqtt
      ? [
          ...(many ? [reason(`${asked.clients} clients are more than an MQ is made for`, 'connections', 'mqtt')] : []),
          ...(asked.where === 'browsers' || asked.where === 'mixed'
            ? [reason('a page in a browser reaches only MQTT', 'deployment', 'mqtt')]
            : []),
          ...(away ? [reason('connections of devices and apps come and go', 'churn', 'mqtt')] : []),
          ...(asked.fanOut === 'all' ? [reason('one message goes to all', 'fan-out', 'mqtt')] : []),
          ...(asked.fanOut === 'one-to-one' ? [reason('each message has one receiver', 'command-one', 'mqtt')] : []),
        ]
      : [reason('servers can use the client library of the engine', 'volume', 'mq')],
  };
  const services: Component = {
    component: 'services',
    use: onMq ? 'mq' : 'mqtt',
    text: onMq ? 'Services read from and write to the MQ.' : 'Services are MQTT clients too: nothing asked for needs an MQ.',
    reasons: onMq
      ? [
          ...(work ? [reason('workers share the messages', 'processing', 'mq')] : []),
          ...(kept ? [reason('order must hold for those who receive', 'sequence', 'mq')] : []),
          ...(heavy ? [reason('all clients together send more than one subscriber should take', 'volume', 'mq')] : []),
          ...(asked.offline === 'store' ? [reason('messages are kept for who is away', 'control', 'mq')] : []),
          ...(onMqtt ? [] : [reason('the same side as its clients', 'processing', 'mq')]),
        ]
      : [reason('everything goes to each subscriber', 'consumption', 'mqtt')],
  };
  const bridged = onMqtt && onMq;
  const between: Component = {
    component: 'between',
    use: bridged ? 'bridge' : 'none',
    text: bridged ? 'A bridge carries messages and their properties both ways.' : 'One side does all of it: no bridge is needed.',
    reasons: bridged ? [reason('devices on MQTT, services on MQ', 'chat-analysis', 'mq')] : [],
  };
  const total = asked.order === 'total' ? ' Total order needs a topic of one partition, and one consumer at a time.' : '';
  const summary = bridged
    ? 'MQTT for the clients, MQ for the services, a bridge between them.'
    : onMqtt
      ? 'MQTT alone.'
      : 'MQ alone.';
  return { components: [devices, services, between], summary: `${summary}${total}`, scenario: adviceScenario(asked, summary) };
}
