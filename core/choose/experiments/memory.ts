/** Memory of this process: what is in use, and what opening clients adds to it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ChooseFigure } from '../../protocol/choose.ts';
import type { Scope } from '../bench.ts';
import { figure } from '../figures.ts';

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

/** Opens clients, and tells what each of them added. `count`: how many have come. */
export async function memoryOf<Opened>(
  scope: Scope,
  name: string,
  open: () => Promise<Opened>,
  count: (opened: Opened) => number,
  note: string,
): Promise<{ readonly opened: Opened; readonly memory: ChooseFigure }> {
  const before = await memoryAtRest(scope);
  const opened = await open();
  const clients = count(opened);
  const each = clients === 0 ? null : (memoryInUse() - before) / KIB / clients;
  const told = each !== null && each >= LEAST_KIB;
  const why = told ? note : 'too little to be told from noise';
  return { opened, memory: figure(name, told ? each : null, 'KiB', 'lower', why) };
}

/** Whose memory it is, on either side. */
export const memoryNote = (scope: Scope, side: 'mqtt' | 'mq'): string =>
  side === 'mqtt'
    ? 'gateway and simulated client together, in this process'
    : scope.bench.embedded
      ? 'MQ and its client together, in this process'
      : 'the client alone; what the engine needs for it comes on top';
