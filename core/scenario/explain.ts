/** What a scenario will do, told without doing it: clients, rates, deliveries, bandwidth, ports, memory, who talks to whom. */
import { STAMP_OVERHEAD } from '../measure/stamp.ts';
import type { Problem } from '../protocol/errors.ts';
import { createStyle } from '../report/style.ts';
import { tableLines } from '../report/table.ts';
import { escapeText } from '../report/text.ts';
import { formatBytes, formatCount, formatMs, formatRate } from '../report/units.ts';
import { describeChecks, describeMq, describeTalk } from './describe.ts';
import type { LoadedScenario } from './loader.ts';
import type { Population, Scenario } from './model.ts';
import { clientIdOf } from './template.ts';
import { estimateTraffic, type Flow } from './traffic.ts';

export interface ExplainedPopulation {
  readonly name: string;
  readonly actor: Population['actor'];
  readonly count: number;
  readonly groups: number;
  readonly groupName: string | undefined;
  /** Client ID of the first member, as an example. */
  readonly clientId: string;
  readonly transport: string;
  readonly cleanSession: boolean;
  readonly connectMs: number;
}

export interface ExplainedFlow extends Flow {
  /** To devices and consumers together; undefined: closed loop. */
  readonly deliveriesPerSecond: number | undefined;
}

/** Pure data; rates are averages over the traffic. `estimated`: closed loops or reports on change make the real figures larger. */
export interface Explanation {
  readonly name: string;
  readonly description: string;
  readonly path: string;
  readonly overrides: readonly string[];
  readonly scale: number;
  readonly seed: number;
  readonly profile: string;
  /** Which MQ, and where or how it keeps messages. */
  readonly mq: string;
  /** Connecting, traffic, and the usual time of draining. */
  readonly connectMs: number;
  readonly trafficMs: number;
  readonly expectedMs: number;
  readonly clients: number;
  readonly populations: readonly ExplainedPopulation[];
  readonly flows: readonly ExplainedFlow[];
  readonly totals: {
    readonly messagesPerSecond: number;
    readonly deliveriesPerSecond: number;
    readonly messages: number;
    readonly deliveries: number;
    /** On the MQTT side: from devices, and to devices. */
    readonly bytesInPerSecond: number;
    readonly bytesOutPerSecond: number;
    readonly estimated: boolean;
  };
  readonly resources: {
    /** Local ports of the simulated devices; one loopback address has about 28,000. */
    readonly localPorts: number;
    readonly fileDescriptors: number;
    readonly memoryMb: number;
  };
  readonly talk: readonly string[];
  readonly checks: readonly string[];
  readonly warnings: readonly Problem[];
}

/** Usual time from the last message to the verdict. */
const DRAIN_MS = 2000;
/** MQTT 3.1.1: fixed header, topic length, packet identifier. */
const PACKET_BYTES = 6;
/** Estimates: Node with the lab's modules; one thread; one device in the swarm with its session in the gateway; one stored message besides its body. */
const BASE_MB = 120;
const THREAD_MB = 50;
const CLIENT_KB = 24;
const STORED_BYTES = 400;
/** MQ keeps at most this much of a topic. */
const RETAINED_MESSAGES = 1_000_000;
const RETAINED_MB = 256;

function memoryMb(scenario: Scenario, clients: number, flows: readonly ExplainedFlow[]): number {
  const stored = new Map<string, { messages: number; bytes: number }>();
  for (const flow of flows) {
    if (flow.bridged === 'no') continue;
    const topic = stored.get(flow.parent) ?? { messages: 0, bytes: 0 };
    const messages = ((flow.perSecond ?? 0) * scenario.durationMs) / 1000;
    stored.set(flow.parent, {
      messages: topic.messages + messages,
      bytes: topic.bytes + messages * (flow.bytes + STAMP_OVERHEAD + STORED_BYTES),
    });
  }
  // An MQ of its own process keeps its messages itself.
  if (scenario.mq.engine !== 'embedded') stored.clear();
  let mb = BASE_MB + 2 * THREAD_MB + (clients * CLIENT_KB) / 1000;
  for (const { messages, bytes } of stored.values()) {
    const kept = messages > RETAINED_MESSAGES ? (bytes * RETAINED_MESSAGES) / messages : bytes;
    mb += Math.min(kept / 1_000_000, RETAINED_MB);
  }
  return Math.ceil(mb);
}

/** Explains a loaded scenario. */
export function explainScenario(loaded: LoadedScenario): Explanation {
  const { scenario } = loaded;
  const flows = estimateTraffic(scenario).map(
    (flow): ExplainedFlow => ({
      ...flow,
      deliveriesPerSecond: flow.perSecond === undefined ? undefined : flow.perSecond * (flow.devices + flow.consumers),
    }),
  );
  const clients = scenario.populations.reduce((sum, population) => sum + population.count, 0);
  const sum = (of: (flow: ExplainedFlow) => number): number => flows.reduce((total, flow) => total + of(flow), 0);
  const messagesPerSecond = sum((flow) => flow.perSecond ?? 0);
  const deliveriesPerSecond = sum((flow) => flow.deliveriesPerSecond ?? 0);
  const packet = (flow: Flow): number => PACKET_BYTES + flow.topic.length + flow.bytes + STAMP_OVERHEAD;
  const seconds = scenario.durationMs / 1000;
  const connectMs = Math.max(0, ...scenario.populations.map((population) => population.connect.overMs));
  const members = scenario.services.reduce((total, service) => total + (service.consume?.members ?? 0), 0);
  return {
    name: scenario.name,
    description: scenario.description,
    path: loaded.path,
    overrides: loaded.overrides,
    scale: loaded.scale,
    seed: scenario.seed,
    profile: scenario.gateway.profile,
    mq: describeMq(scenario.mq),
    connectMs,
    trafficMs: scenario.durationMs,
    expectedMs: connectMs + scenario.durationMs + DRAIN_MS,
    clients,
    populations: scenario.populations.map((population) => ({
      name: population.name,
      actor: population.actor,
      count: population.count,
      groups: population.group?.count ?? 1,
      groupName: population.group?.name,
      clientId: clientIdOf(population, 0),
      transport: population.client.transport,
      cleanSession: population.client.cleanSession,
      connectMs: population.connect.overMs,
    })),
    flows,
    totals: {
      messagesPerSecond,
      deliveriesPerSecond,
      messages: Math.round(messagesPerSecond * seconds),
      deliveries: Math.round(deliveriesPerSecond * seconds),
      bytesInPerSecond: sum((flow) => (flow.kind === 'command' ? 0 : (flow.perSecond ?? 0) * packet(flow))),
      bytesOutPerSecond: sum((flow) => (flow.perSecond ?? 0) * flow.devices * packet(flow)),
      estimated: flows.some((flow) => flow.perSecond === undefined || flow.atLeast),
    },
    resources: {
      localPorts: clients,
      // Both ends of a device's connection are in this process, and those of the services' connections; the rest is Node's own.
      fileDescriptors: 2 * clients + 2 * (members + scenario.services.length) + 64,
      memoryMb: memoryMb(scenario, clients, flows),
    },
    talk: describeTalk(scenario),
    checks: describeChecks(scenario),
    warnings: loaded.warnings,
  };
}

const WIDTH = 100;

/** A sentence as a list item, broken at blanks. */
function item(text: string): string[] {
  const lines: string[] = [];
  let line = '  -';
  for (const word of escapeText(text).split(' ')) {
    if (line.length + 1 + word.length > WIDTH && line.trim() !== '-') {
      lines.push(line);
      line = '   ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

function flowTable(explanation: Explanation): string[] {
  const rate = (perSecond: number | undefined, more: boolean): string =>
    perSecond === undefined ? 'closed loop' : formatRate(perSecond) + (more ? ' +' : '');
  return tableLines({
    width: WIDTH,
    style: createStyle(false),
    columns: [
      { title: 'messages' },
      { title: 'topic', shrink: true },
      { title: 'QoS', align: 'right' },
      { title: 'sent', align: 'right' },
      { title: 'devices', align: 'right' },
      { title: 'consumers', align: 'right' },
      { title: 'delivered', align: 'right' },
    ],
    rows: explanation.flows.map((flow) => [
      flow.name,
      flow.topic,
      String(flow.qos),
      rate(flow.perSecond, flow.atLeast),
      formatCount(Math.round(flow.devices)),
      formatCount(flow.consumers),
      rate(flow.deliveriesPerSecond, flow.atLeast),
    ]),
  });
}

/** The explanation as text for people, without colours; whatever comes from the file is escaped. */
export function formatExplanation(explanation: Explanation): string {
  const { totals, resources } = explanation;
  const atLeast = totals.estimated ? 'at least ' : '';
  const changes = [
    ...explanation.overrides.map((override) => `--set ${override}`),
    ...(explanation.scale === 1 ? [] : [`--scale ${explanation.scale}`]),
  ];
  const lines = [
    escapeText(`${explanation.name} (${explanation.path})`),
    ...explanation.description.split('\n').map(escapeText),
    ...(changes.length === 0 ? [] : [escapeText(`changed by ${changes.join(', ')}`)]),
    '',
    `clients     ${formatCount(explanation.clients)}, connecting over ${formatMs(explanation.connectMs)}`,
    `messages    ${atLeast}${formatRate(totals.messagesPerSecond)}, ${formatCount(totals.messages)} in all`,
    `deliveries  ${atLeast}${formatRate(totals.deliveriesPerSecond)}, ${formatCount(totals.deliveries)} in all`,
    `bandwidth   ${formatBytes(totals.bytesInPerSecond)}/s from devices, ${formatBytes(totals.bytesOutPerSecond)}/s to devices`,
    `resources   ${formatCount(resources.localPorts)} local ports, ${formatCount(resources.fileDescriptors)} file descriptors, about ${formatCount(resources.memoryMb)} MB of memory`,
    `duration    about ${formatMs(explanation.expectedMs)}: connecting, ${formatMs(explanation.trafficMs)} of traffic, draining`,
    escapeText(`MQ          ${explanation.mq}`),
    '',
    'Rates, averaged over the traffic (+: and more when values change)',
    ...flowTable(explanation),
    '',
    'Who talks to whom',
    ...explanation.talk.flatMap(item),
    '',
    'What is checked',
    ...explanation.checks.flatMap(item),
  ];
  if (explanation.warnings.length > 0) {
    lines.push('', 'Warnings', ...explanation.warnings.flatMap((warning) => item(`line ${warning.line}: ${warning.message}`)));
  }
  return `${lines.join('\n')}\n`;
}
