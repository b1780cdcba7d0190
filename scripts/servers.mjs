// Starts real servers for trying things out by hand: node scripts/servers.mjs kafka rocketmq rabbitmq mosquitto
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
// Below the project, so that the compiled files find its packages.
const out = join(root, 'node_modules', '.cache', 'servers');
mkdirSync(out, { recursive: true });
const config = join(out, 'tsconfig.json');
writeFileSync(
  config,
  JSON.stringify({
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { noEmit: false, noCheck: true, rootDir: root, outDir: out, types: [] },
    include: [],
    files: [join(root, 'test', 'servers', 'main.ts')],
  }),
);
writeFileSync(join(out, 'package.json'), '{"type":"module"}');
const compiled = spawnSync(process.execPath, [tsc, '-p', config], { stdio: 'inherit' });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
const child = spawn(process.execPath, [join(out, 'test', 'servers', 'main.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
// The terminal's Ctrl-C reaches the child by itself; this process only waits for it. A SIGTERM is passed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
