/** From what a system has to do to which side each part of it belongs on, with reasons and a scenario that puts it to the test. Pure. */
import type { z } from 'zod';
import type { ChooseAdvice, ChooseReason, ChooseRow, ChooseRowId, chooseCalls } from '../protocol/choose.ts';
import { adviceScenario } from './adviceScenario.ts';

export type ChooseAsked = z.output<(typeof chooseCalls)['choose.advise']>;

/** Clients beyond which an MQ is not meant to be reached directly (the comparison's own figure). */
export const MOST_MQ_CLIENTS = 10_000;
/** Messages a second beyond which one subscriber should not be what takes them all: a rule of thumb. */
const MOST_FOR_ONE = 1000;
/** Payload of a message that the gateway takes unless its limit is raised, bytes. */
export const MOST_BYTES = 65_536;

type Component = ChooseAdvice['components'][number];
const count = (n: number): string => n.toLocaleString('en-US');

/** `rows`: the table of the engine, measured or not. */
export function advise(asked: ChooseAsked, rows: readonly ChooseRow[]): ChooseAdvice {
  const because = (text: string, id: ChooseRowId, side: 'mqtt' | 'mq'): ChooseReason => {
    const row = rows.find((one) => one.id === id);
    const recommended = row?.recommended ?? null;
    // Where everything to each and shared work are told apart, both are recommended, each for its own part.
    const either = id === 'consumption' ? true : null;
    const holds = recommended === null ? null : recommended === 'both' ? either : recommended === side;
    return { text, row: id, measured: row?.measured ? row.reason : null, holds };
  };
  const { clients, where, fanOut } = asked;
  const away = where !== 'servers';
  const many = clients > MOST_MQ_CLIENTS;
  const onMqtt = away || many;
  const work = fanOut === 'work-sharing';
  const kept = asked.order !== 'none';
  const perSecond = clients * asked.messagesPerSecondPerClient;
  const heavy = perSecond > MOST_FOR_ONE;
  const stored = asked.offline === 'store';
  const large = onMqtt && asked.messageBytes > MOST_BYTES;
  const onMq = !onMqtt || work || kept || heavy;
  const tooLarge =
    `Messages of ${count(asked.messageBytes)} bytes do not fit the gateway, which takes ${count(MOST_BYTES)} unless its limit is raised ` +
    '(gateway.limits.payloadBytes): raise it, send parts, or let those who can send them through the MQ.';
  const devices: Component = {
    component: 'devices',
    use: onMqtt ? 'mqtt' : 'mq',
    text: onMqtt
      ? `They connect to the MQTT gateway.${stored ? ' Persistent sessions keep messages of QoS 1 for those who are away.' : ''}${large ? ` ${tooLarge}` : ''}`
      : 'They are few and on servers: they connect to the MQ directly.',
    reasons: onMqtt
      ? [
          ...(many
            ? [
                because(
                  `${count(clients)} are more than the ${count(MOST_MQ_CLIENTS)} that an MQ is meant for`,
                  'connections',
                  'mqtt',
                ),
              ]
            : []),
          ...(where === 'browsers' || where === 'mixed'
            ? [because('A page in a browser has only WebSockets', 'deployment', 'mqtt')]
            : []),
          ...(away ? [because('Their connections come and go', 'churn', 'mqtt')] : []),
          ...(stored ? [because('Sessions keep messages for those who are away', 'churn', 'mqtt')] : []),
          ...(fanOut === 'all' ? [because('One message goes to all', 'fan-out', 'mqtt')] : []),
          ...(fanOut === 'few'
            ? [because('A message goes to each subscriber of a topic, such as that of a group', 'consumption', 'mqtt')]
            : []),
          ...(fanOut === 'one-to-one' ? [because('Each message has one receiver', 'command-one', 'mqtt')] : []),
        ]
      : [
          because('A program on a server can use the client library of the engine', 'volume', 'mq'),
          ...(fanOut === 'all' ? [because('One message goes to all, each a broadcasting consumer', 'fan-out', 'mq')] : []),
          ...(fanOut === 'few'
            ? [because('A message goes to each consumer of a topic, such as that of a group', 'consumption', 'mq')]
            : []),
          ...(fanOut === 'one-to-one' ? [because('Each message has one receiver, by topic or filter', 'command-one', 'mq')] : []),
          ...(stored ? [because('A group that was away goes on where it was', 'control', 'mq')] : []),
        ],
  };
  const services: Component = {
    component: 'services',
    use: onMq ? 'mq' : 'mqtt',
    text: onMq ? 'They read from the MQ and write to it.' : 'They are MQTT clients too: nothing that was asked for needs an MQ.',
    reasons: onMq
      ? [
          ...(work ? [because('Workers share the messages, each to one of them', 'processing', 'mq')] : []),
          ...(kept ? [because('Order must hold for those who receive', 'sequence', 'mq')] : []),
          ...(heavy
            ? [
                because(
                  `${count(Math.round(perSecond))} messages a second are more than one of them should take (${count(MOST_FOR_ONE)}, as a rule of thumb): several have to share them`,
                  'processing',
                  'mq',
                ),
              ]
            : []),
          ...(onMqtt ? [] : [because('They are on the same side as their clients', 'consumption', 'mq')]),
        ]
      : [because('Each of them gets everything', 'consumption', 'mqtt')],
  };
  const bridged = onMqtt && onMq;
  const between: Component = {
    component: 'between',
    use: bridged ? 'bridge' : 'none',
    text: bridged ? 'A bridge carries messages and their properties both ways.' : 'One side does all of it: no bridge is needed.',
    reasons: bridged ? [because('What clients send over MQTT is read in MQ, behind the bridge', 'chat-analysis', 'mq')] : [],
  };
  const total = asked.order === 'total' ? ' Total order needs a topic of one partition, and one consumer at a time.' : '';
  const summary = bridged
    ? 'MQTT for the clients, MQ for the services, a bridge between them.'
    : onMqtt
      ? 'MQTT alone.'
      : 'MQ alone.';
  const components = [devices, services, between].map((one): Component => ({ ...one, reasons: once(one.reasons) }));
  const against = new Set(
    components.flatMap(({ reasons }) => reasons.filter(({ holds }) => holds === false).map(({ row }) => row)),
  );
  const titles = rows.filter(({ id }) => against.has(id)).map(({ title }) => title);
  const otherwise = titles.length === 0 ? '' : ` By the claims; measured otherwise on this engine: ${titles.join(', ')}.`;
  return {
    components,
    summary: `${summary}${total}${large ? ' Its messages do not fit the gateway as it is.' : ''}${otherwise}`,
    scenario: adviceScenario(asked, summary, onMqtt, onMq),
  };
}

/** Reasons that stand on the same row are one. */
function once(reasons: readonly ChooseReason[]): readonly ChooseReason[] {
  return reasons
    .filter(({ row }, i) => reasons.findIndex((other) => other.row === row) === i)
    .map((reason) => ({
      ...reason,
      text: reasons
        .filter(({ row }) => row === reason.row)
        .map(({ text }) => text)
        .join('; '),
    }));
}
