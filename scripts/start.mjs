// `npm start`: the first minute. Says what is about to happen, runs a scenario, keeps its result, says what to try next.
// Arguments go through to `causeway run`: npm start -- chat-rooms --duration 10s
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const main = join(root, 'dist', 'cli', 'main.js');
const given = process.argv.slice(2);
const scenario = given[0] === undefined || given[0].startsWith('-') ? 'iov-fleet' : given.shift();
const out = join('out', scenario.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/i, ''));
const INTRODUCTION = {
  'iov-fleet':
    'For about 35 seconds, 1,000 simulated vehicles report once a second over MQTT; a command centre commands one, a\n' +
    'district or all of them through MQ, and some are in tunnels. Every message is counted, timed and checked.',
};

if (!existsSync(main)) {
  process.stderr.write('dist/ is missing: type npm run build first\n');
  process.exit(2);
}
const keep = given.some((argument) => /^--out(=|$)/.test(argument)) ? [] : ['--out', out, '--force'];
process.stderr.write(`${INTRODUCTION[scenario] ?? `Scenario ${scenario}: every message is counted, timed and checked.`}\n`);
process.stderr.write('Ctrl-C ends it early, with a result.\n\n');

const run = spawn(process.execPath, [main, 'run', scenario, ...keep, ...given], { stdio: 'inherit' });
// A terminal sends Ctrl-C to both processes; the run decides what it means, and this one waits for it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => run.kill('SIGTERM'));
run.on('exit', (code, signal) => {
  const exit = code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0);
  const finished = exit === 0 || exit === 98 || exit === 99;
  if (finished && keep.length > 0) {
    const shell = relative(process.cwd(), root) === '' ? 'npx causeway' : 'causeway';
    process.stderr.write(`
Next:
  ${shell} explain ${scenario}
      what a scenario holds, without running it
  ${shell} run iov-fleet --set populations.fleet.outages.share=20%
      more tunnels: what becomes of the commands?
  ${shell} run iot-sensors
      2,000 sensors; each value analysed once and shown on two screens
  ${shell} run chat-rooms
      50 rooms and a live show, moderated through MQ
  ${shell} gateway
      for a device of your own: MQTT on port 1883
What the figures mean: docs/result.md
`);
  }
  process.exit(exit);
});
