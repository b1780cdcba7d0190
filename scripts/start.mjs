// `npm start`: opens the desktop lab. Where there is no display or no Electron, says so in one line and serves the same
// lab to a browser. Arguments go on to Electron, or to `causeway serve`: npm start -- --no-sandbox
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const given = process.argv.slice(2);

if (!existsSync(join(root, 'dist', 'electron', 'entry.cjs'))) {
  process.stderr.write('dist/ is missing: type npm run build first\n');
  process.exit(2);
}

/** Why no window can be opened; undefined: it can. */
function whyNot() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'there is no display';
  if (process.getuid?.() === 0 && process.platform === 'linux' && !given.includes('--no-sandbox'))
    return 'Electron does not run as root with its sandbox on';
  return undefined;
}

/** Electron's program; fetched the first time. Undefined where it cannot be had. */
function electronPath() {
  let folder;
  try {
    folder = dirname(require.resolve('electron/package.json'));
  } catch {
    return undefined;
  }
  if (!process.env.ELECTRON_OVERRIDE_DIST_PATH && !existsSync(join(folder, 'path.txt'))) {
    process.stderr.write('fetching Electron, once (about 120 MB)...\n');
    const fetched = spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: ['ignore', 'ignore', 'pipe'] });
    if (fetched.status !== 0) return undefined;
  }
  try {
    const path = require('electron');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

const reason = whyNot();
const electron = reason === undefined ? electronPath() : undefined;
let child;
if (electron !== undefined) {
  child = spawn(electron, [...given, root], { stdio: 'inherit' });
} else {
  process.stderr.write(
    `No desktop window (${reason ?? 'Electron cannot be had here'}): the same lab is served to your browser.\n`,
  );
  const serve = given.filter((argument) => argument !== '--no-sandbox');
  child = spawn(process.execPath, [join(root, 'dist', 'cli', 'main.js'), 'serve', ...serve], { stdio: 'inherit' });
}
// A terminal sends Ctrl-C to both processes; the lab decides what it means, and this one waits for it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0)));
