/**
 * The scenario file that puts an advice to the test, at a size one machine can bear. Clients are on MQTT in every scenario;
 * with a bridge services are on the MQ, without one they are MQTT clients. The file says at its head what it tests, and what not.
 */
import type { ChooseAdvice } from '../protocol/choose.ts';
import type { ChooseAsked } from './advise.ts';

/** What one machine simulates without being the limit itself; more is said in the file, not done. */
const MOST_CLIENTS = 1000;
const MOST_RECEIVERS = 100;
const MOST_RATE = 200;
const MOST_BYTES = 32_768;
const MOST_BYTES_PER_SECOND = 2_000_000;

/** A population of clients: all of them, or those in pages and those that are not. */
interface Crowd {
  readonly name: string;
  readonly transport: 'tcp' | 'ws';
  readonly count: number;
  readonly groups: number;
  /** Messages a second of all of them together. */
  readonly rate: number;
}

/** `onMqtt`, `onMq`: which sides the advice uses; both: with the bridge. */
export function adviceScenario(asked: ChooseAsked, summary: string, onMqtt: boolean, onMq: boolean): ChooseAdvice['scenario'] {
  const { fanOut, offline, order, where } = asked;
  const crowd = fanOut === 'all' || fanOut === 'few';
  const count = Math.min(asked.clients, crowd ? MOST_RECEIVERS : MOST_CLIENTS);
  const bytes = Math.max(1, Math.min(asked.messageBytes, MOST_BYTES));
  const wanted = Math.max(1, count * asked.messagesPerSecondPerClient);
  const rate = Math.max(1, Math.round(Math.min(wanted, MOST_RATE, MOST_BYTES_PER_SECOND / bytes)));
  const stored = offline === 'store';
  const total = order === 'total';
  const crowdOf = (name: string, transport: 'tcp' | 'ws', share: number): Crowd => {
    const members = Math.max(1, Math.round(count * share));
    return { name, transport, count: members, groups: Math.min(10, members), rate: Math.max(1, Math.round(rate * share)) };
  };
  const crowds =
    where === 'mixed'
      ? [crowdOf('clients', 'tcp', 0.5), crowdOf('pages', 'ws', 0.5)]
      : [crowdOf('clients', where === 'browsers' ? 'ws' : 'tcp', 1)];
  const partitions = total ? 1 : 4;
  const direction = onMq ? ['up', 'down'] : ['none', 'none'];

  const tests = [
    onMq
      ? 'that all that clients send comes to the services, over gateway and bridge, and what services send to them'
      : 'that all that clients send comes to the one that is subscribed, and what is sent to them',
    ...(onMq && order !== 'none' ? ['that the services get what each client sent in its order'] : []),
    ...(stored ? ['that clients who lose the network for 2 s get afterwards what was sent to them meanwhile'] : []),
    ...(where === 'mixed' ? ['clients over TCP and over WebSocket beside each other'] : []),
  ];
  const not = [
    `the size: ${count} clients stand for ${asked.clients}, with ${rate} messages of ${bytes} bytes a second together`,
    ...(onMqtt
      ? []
      : [
          'clients that are on the MQ, as is advised: here they are on MQTT (see `causeway choose --row volume --row consumption`)',
        ]),
    ...(total
      ? ['total order: one partition and one consumer are set up for it, and the order of each client is what is checked']
      : []),
    ...(!onMq && order === 'none' && offline === 'none' ? ['order, and messages for who is away: none was asked for'] : []),
  ];
  const name = 'Advice';
  const text = `# ${summary}
# Asked for: ${asked.clients} clients (${where}), ${asked.messageBytes} bytes, ${asked.messagesPerSecondPerClient}/s each, ${fanOut}, order ${order}, offline ${offline}.
# Tests:
${tests.map((line) => `# - ${line}`).join('\n')}
# Does not test:
${not.map((line) => `# - ${line}`).join('\n')}
causeway: 1
name: ${name}
description: Puts the advice to the test, as far as one machine can.
duration: ${stored ? 15 : 10}s
seed: 1
gateway:
  profile: strict
  topics:
    report: { direction: ${direction[0]}, partitions: ${partitions} }
    command: { direction: ${direction[1]}, partitions: ${partitions} }
populations:
${crowds.map((one) => clientsText(one, bytes, stored)).join('')}${onMq ? servicesText(crowds, fanOut, stored, order) : desksText(crowds, fanOut, stored)}`;
  return { name, text };
}

function clientsText({ name, transport, count, groups, rate }: Crowd, bytes: number, stored: boolean): string {
  const outages = stored ? '\n    outages: { share: 20%, every: 5s, for: 2s }' : '';
  return `  ${name}:
    actor: sensor
    count: ${count}
    group: { name: part, count: ${groups} }
    clientId: "GID_advice@@@${name}-{part}-{id}"
    client: { transport: ${transport}, cleanSession: ${!stored}, keepAlive: 60s }
    connect: { over: 2s }${outages}
    publish:
      message:
        topic: "report/${name}/{part}/{id}"
        qos: 1
        schedule: { rate: ${rate}/s, pick: uniform }
        body:
          data: { text: { bytes: ${bytes} } }
    subscribe:
      - { topic: "command/${name}/group/{part}", qos: 1 }
      - { topic: "command/${name}/all", qos: 1 }
`;
}

/** Services on the MQ: members that share the reports, and a command a second to each population. */
function servicesText(
  crowds: readonly Crowd[],
  fanOut: ChooseAsked['fanOut'],
  stored: boolean,
  order: ChooseAsked['order'],
): string {
  const target = { 'one-to-one': 'one', 'work-sharing': 'one', few: 'group', all: 'all' }[fanOut];
  const second = (name: string): string =>
    target === 'one' ? '' : `\n        second: "/${name}/${target === 'all' ? 'all' : 'group/{part}'}"`;
  // Only messages to one client have the flag (docs/mapping.md).
  const flag = target === 'one' ? `\n        cleanSessionFlag: ${!stored}` : '';
  const commands = crowds.map(
    ({ name }) => `      ${name}:
        topic: command
        population: ${name}
        target: ${target}${second(name)}
        qosLevel: 1${flag}
        schedule: { every: 1s }
        body: { action: report }
`,
  );
  return `services:
  work:
    consume: { topics: [report], group: GID_work, mode: clustering, members: ${order === 'total' ? 1 : 3}, ordered: ${order !== 'none'} }
    commands:
${commands.join('')}thresholds:
  - "ledger.up.lost == 0"
  - "ledger.down.lost == 0"
  - "mapping.failed == 0"
`;
}

/** Services on MQTT: one that is subscribed to all reports, and for each population some that send to its clients. */
function desksText(crowds: readonly Crowd[], fanOut: ChooseAsked['fanOut'], stored: boolean): string {
  const desks = crowds.map(({ name, count, groups }) => {
    // To one client: each of the senders has one of its own, of the same place in its population.
    const [members, topic] =
      fanOut === 'all'
        ? [groups, `command/${name}/all`]
        : fanOut === 'few'
          ? [groups, `command/${name}/group/{part}`]
          : [count, `command/p2p/GID_advice@@@${name}-{part}-{id}`];
    return `  to-${name}:
    actor: sensor
    count: ${members}
    group: { name: part, count: ${groups} }
    clientId: "GID_desk@@@${name}-{part}-{id}"
    # A message to one client is kept for it only if its sender has a session too (docs/mapping.md).
    client: { cleanSession: ${!stored} }
    connect: { over: 2s }
    publish:
      command:
        topic: "${topic}"
        qos: 1
        schedule: { rate: 1/s }
        body: { action: report }
`;
  });
  return `  services:
    actor: sensor
    count: 1
    clientId: "GID_service@@@{id}"
    subscribe:
      - { topic: "report/#", qos: 1 }
${desks.join('')}thresholds:
  - "ledger.device.lost == 0"
`;
}
