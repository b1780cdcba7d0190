/** From what a system has to do to which side each part of it belongs on, with reasons and a scenario that puts it to the test. Pure. */
import type { z } from 'zod';
import type { ChooseAdvice, ChooseReason, ChooseRow, ChooseRowId, chooseCalls } from '../protocol/choose.ts';
import { adviceScenario } from './adviceScenario.ts';

export type ChooseAsked = z.output<(typeof chooseCalls)['choose.advise']>;

/** Clients beyond which an MQ is not meant to be reached directly (the comparison's own figure). */
export const MOST_MQ_CLIENTS = 10_000;
/** Messages a second beyond which one subscriber should not be what takes them all. */
const MOST_FOR_ONE = 1000;

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
  const onMq = !onMqtt || work || kept || heavy || stored;
  const devices: Component = {
    component: 'devices',
    use: onMqtt ? 'mqtt' : 'mq',
    text: onMqtt ? 'They connect to the MQTT gateway.' : 'They are few and on servers: they connect to the MQ directly.',
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
          ...(fanOut === 'all' ? [because('One message goes to all', 'fan-out', 'mqtt')] : []),
          ...(fanOut === 'one-to-one' ? [because('Each message has one receiver', 'command-one', 'mqtt')] : []),
        ]
      : [because('A program on a server can use the client library of the engine', 'volume', 'mq')],
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
                  `${count(Math.round(perSecond))} messages a second are more than one of them should take`,
                  'processing',
                  'mq',
                ),
              ]
            : []),
          ...(stored ? [because('Messages are kept for who is away', 'control', 'mq')] : []),
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
  const reasons = (component: Component): Component => ({ ...component, reasons: once(component.reasons) });
  return {
    components: [devices, services, between].map(reasons),
    summary: `${summary}${total}`,
    scenario: adviceScenario(asked, summary),
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
