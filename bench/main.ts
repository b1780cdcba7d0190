/**
 * Entry of all benchmark programs: `npm run bench` lists them, `npm run bench -- <name>` runs one.
 *
 *   npm run bench -- <name> [--rounds 5] [--quick] [--save]
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchmark as clickLatency } from './clickLatency.ts';
import { benchmark as clientsScaling } from './clientsScaling.ts';
import { benchmark as engines } from './engines.ts';
import { benchmark as fleetFrames } from './fleetFrames.ts';
import { benchmark as gatewayFanIn } from './gatewayFanIn.ts';
import { benchmark as gatewayFanOut } from './gatewayFanOut.ts';
import { type Benchmark, runBenchmark } from './harness.ts';
import { machine } from './machine.ts';
import { benchmark as measuring } from './measuring.ts';
import { toJson, toText } from './output.ts';
import { benchmark as redraw } from './redraw.ts';
import { benchmark as slip } from './slip.ts';
import { benchmark as swarmMemory } from './swarmMemory.ts';
import { benchmark as swarmThroughput } from './swarmThroughput.ts';

const ALL: readonly Benchmark[] = [
  swarmMemory,
  swarmThroughput,
  gatewayFanIn,
  gatewayFanOut,
  slip,
  clientsScaling,
  measuring,
  engines,
  clickLatency,
  redraw,
  fleetFrames,
];

function list(): void {
  const lines = ALL.map(({ name, what }) => `  ${name.padEnd(17)} ${what}`);
  process.stdout.write(`npm run bench -- <name> [--rounds 5] [--quick] [--save]\n\n${lines.join('\n')}\n`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
    },
  });
  const [name, ...more] = positionals;
  if (name === undefined) return list();
  const benchmark = ALL.find((one) => one.name === name);
  if (benchmark === undefined || more.length > 0) {
    throw new Error(`"${positionals.join(' ')}": expected one of ${ALL.map((one) => one.name).join(', ')}`);
  }
  const { quick, save } = values;
  const rounds = Number(values.rounds ?? (quick ? 1 : 5));
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds ${values.rounds}: expected a whole number of 1 or more`);
  if (save && (quick || rounds < 5)) throw new Error('--save keeps figures of at least five rounds, and none of --quick');
  const on = machine();
  const started = performance.now();
  const say = (text: string): void => {
    process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s  ${text}\n`);
  };
  const report = await runBenchmark(benchmark, { rounds, quick, say });
  process.stdout.write(toText(benchmark, report, on, rounds, quick));
  if (!save) return;
  // Runs as dist/bench/main.js; results are kept beside the sources.
  const folder = new URL('../../bench/results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  const file = fileURLToPath(new URL(`${name}.json`, folder));
  writeFileSync(file, toJson(benchmark, report, on, rounds, new Date().toISOString()));
  say(`saved to bench/results/${name}.json`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
