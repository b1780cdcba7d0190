// Compiles core, workers, cli, electron and bench to dist/ and bundles the window into dist/renderer. Run by `npm ci` (prepare) and by every test command.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');
const main = join(root, 'dist', 'cli', 'main.js');
// The first `npx causeway` in this folder makes npm prepare it once more, silently: what `npm ci` has built will do.
if (process.env.npm_command === 'exec' && process.env.npm_lifecycle_event === 'prepare' && existsSync(main)) process.exit(0);
if (process.argv.includes('--clean')) rmSync(join(root, 'dist'), { recursive: true, force: true });
for (const config of ['tsconfig.build.json', 'electron/commonjs/tsconfig.json']) {
  const result = spawnSync(process.execPath, [tsc, '-p', join(root, config)], { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
if (existsSync(main)) chmodSync(main, 0o755);
// The window.
const { build } = await import('vite');
await build({ configFile: join(root, 'renderer', 'vite.config.ts'), logLevel: 'warn' });
