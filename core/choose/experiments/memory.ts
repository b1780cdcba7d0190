/** Memory of this process: what is in use, and what opening clients adds to it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ChooseFigure } from '../../protocol/choose.ts';
import type { Scope } from '../bench.ts';
import { figure } from '../figures.ts';
import { type Connections, openLibraryCrowd } from '../libraryClients.ts';

const KIB = 1024;
/** What was closed before goes little by little: at rest when it shrinks by less than this in a turn. */
const REST_BYTES = 64 * KIB;
const TURNS = 8;
const TURN_MS = 50;
/** KiB per client below which noise is larger. */
const LEAST_KIB = 1;

let collect: (() => void) | undefined;

/** Bytes of objects, buffers and what else V8 knows of, garbage collected. */
function memoryInUse(): number {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** `memoryInUse` when what was closed before is gone. */
async function memoryAtRest(scope: Scope): Promise<number> {
  let before = memoryInUse();
  for (let turn = 0; turn < TURNS; turn += 1) {
    await scope.pause(TURN_MS);
    const now = memoryInUse();
    if (before - now < REST_BYTES) return Math.min(before, now);
    before = now;
  }
  return before;
}

/** KiB that each of the opened clients added; null: none came, or too little to be told from noise. */
async function measured<Opened>(
  scope: Scope,
  open: () => Promise<Opened>,
  count: (opened: Opened) => number,
): Promise<{ readonly opened: Opened; readonly each: number | null }> {
  const before = await memoryAtRest(scope);
  const opened = await open();
  const clients = count(opened);
  const each = clients === 0 ? 0 : (memoryInUse() - before) / KIB / clients;
  return { opened, each: each < LEAST_KIB ? null : each };
}

const told = (name: string, each: number | null, note: string, bound?: ChooseFigure['bound']): ChooseFigure => ({
  ...figure(name, each, 'KiB', 'lower', each === null ? 'too little to be told from noise' : note),
  ...(bound === undefined ? {} : { bound }),
});

export interface Opening<Opened> {
  /** Of the figure. */
  readonly name: string;
  /** Clients asked for, on either side. */
  readonly clients: number;
  /** Connections of an MQTT client of this kind: a subscriber, a publisher, or one of each. */
  readonly connections: Connections;
  /** Opens the clients that do the work of the experiment. */
  readonly open: () => Promise<Opened>;
  readonly count: (opened: Opened) => number;
}

/**
 * Opens clients, and tells what one of them takes. Over MQTT that is measured with as many clients of MQTT.js, which are
 * closed again: those that do the work are simulated, and slimmer than any client library. With an engine outside only its
 * client is in this process, but the gateway is: then the figure of MQTT is more than its client takes, and that of MQ
 * less than the whole.
 */
export async function memoryOf<Opened>(
  scope: Scope,
  side: 'mqtt' | 'mq',
  { name, clients, connections, open, count }: Opening<Opened>,
): Promise<{ readonly opened: Opened; readonly memory: ChooseFigure }> {
  const { embedded } = scope.bench;
  if (side === 'mq') {
    const { opened, each } = await measured(scope, open, count);
    const note = embedded
      ? 'MQ and its client together, in this process'
      : 'the client alone; what the engine needs comes on top';
    return { opened, memory: told(name, each, note, embedded ? undefined : 'at least') };
  }
  // What a library makes once and keeps is no client's.
  await scope.apart(() => openLibraryCrowd(scope, 3, connections));
  const memory = await scope.apart(async () => {
    const { each } = await measured(
      scope,
      () => openLibraryCrowd(scope, clients, connections),
      (came) => came,
    );
    return told(name, each, 'gateway and a client of MQTT.js together, in this process', embedded ? undefined : 'at most');
  });
  return { opened: await open(), memory };
}

/** What the gateway takes for each of these simulated clients; theirs, which is little, is in it. */
export async function gatewayMemory<Opened>(
  scope: Scope,
  open: () => Promise<Opened>,
  count: (opened: Opened) => number,
): Promise<{ readonly opened: Opened; readonly memory: ChooseFigure }> {
  const { opened, each } = await measured(scope, open, count);
  const note = 'measured with simulated clients, whose own memory is in it';
  return { opened, memory: told('memory of the gateway per client', each, note, 'at most') };
}
