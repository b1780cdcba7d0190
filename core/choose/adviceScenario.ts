/** The scenario file that puts an advice to the test, at a size one machine can bear. */
import type { ChooseAdvice } from '../protocol/choose.ts';
import type { ChooseAsked } from './advise.ts';

/** What one machine simulates without being the limit itself; more is said in the file, not done. */
const MOST_CLIENTS = 1000;
const MOST_RECEIVERS = 100;
const MOST_RATE = 200;
const MOST_BYTES = 32_768;
const MOST_BYTES_PER_SECOND = 2_000_000;

export function adviceScenario(asked: ChooseAsked, summary: string): ChooseAdvice['scenario'] {
  const { fanOut, offline, order, where } = asked;
  const crowd = fanOut === 'all' || fanOut === 'few';
  const count = Math.min(asked.clients, crowd ? MOST_RECEIVERS : MOST_CLIENTS);
  const groups = Math.min(10, count);
  const bytes = Math.max(1, Math.min(asked.messageBytes, MOST_BYTES));
  const wanted = Math.max(1, count * asked.messagesPerSecondPerClient);
  const rate = Math.max(1, Math.round(Math.min(wanted, MOST_RATE, MOST_BYTES_PER_SECOND / bytes)));
  const partitions = order === 'total' ? 1 : 4;
  const stored = offline === 'store';
  const target = { 'one-to-one': 'one', 'work-sharing': 'one', few: 'group', all: 'all' }[fanOut];
  const second = {
    'one-to-one': '',
    'work-sharing': '',
    few: '\n        second: "/group/{part}"',
    all: '\n        second: "/all"',
  }[fanOut];
  // Only messages to one client have the flag (docs/mapping.md).
  const flag = target === 'one' ? `\n        cleanSessionFlag: ${!stored}` : '';
  const name = 'Advice';
  const text = `# ${summary}
# Asked for: ${asked.clients} clients (${where}), ${asked.messageBytes} bytes, ${asked.messagesPerSecondPerClient}/s each, ${fanOut}, order ${order}, offline ${offline}.
# Run here with ${count} clients and ${rate} messages of ${bytes} bytes a second together, so that one machine can bear it.
causeway: 1
name: ${name}
description: Puts the advice to the test.
duration: 10s
seed: 1
gateway:
  profile: strict
  topics:
    report: { direction: up, partitions: ${partitions} }
    command: { direction: down, partitions: ${partitions} }
populations:
  clients:
    actor: sensor
    count: ${count}
    group: { name: part, count: ${groups} }
    clientId: "GID_advice@@@{part}-{id}"
    client: { transport: ${where === 'browsers' ? 'ws' : 'tcp'}, cleanSession: ${!stored}, keepAlive: 60s }
    connect: { over: 2s }
    publish:
      message:
        topic: "report/{part}/{id}"
        qos: 1
        schedule: { rate: ${rate}/s, pick: uniform }
        body:
          data: { text: { bytes: ${bytes} } }
    subscribe:
      - { topic: "command/group/{part}", qos: 1 }
      - { topic: "command/all", qos: 1 }
services:
  work:
    consume: { topics: [report], group: GID_work, mode: clustering, members: ${order === 'total' ? 1 : 3}, ordered: ${order !== 'none'} }
    commands:
      order:
        topic: command
        population: clients
        target: ${target}${second}
        qosLevel: 1${flag}
        schedule: { every: 1s }
        body: { action: report }
thresholds:
  - "ledger.up.lost == 0"
  - "ledger.down.lost == 0"
  - "mapping.failed == 0"
`;
  return { name, text };
}
