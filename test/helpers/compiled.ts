/** Compiles parts of the lab for a test that needs them in a process of their own: Node 20 runs no TypeScript. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');

/** Emits `source` (relative to the project) and all it imports into `folder`; returns the URL of the module made of it. */
export async function compiled(source: string, folder: string): Promise<string> {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  await mkdir(folder, { recursive: true });
  const config = {
    extends: join(root, 'tsconfig.json'),
    // Only to be run: whether it is well typed, lint tells.
    compilerOptions: { noEmit: false, noCheck: true, rootDir: root, outDir: folder, types: [] },
    include: [],
    files: [join(root, source)],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await promisify(execFile)(process.execPath, [tsc, '-p', join(folder, 'tsconfig.json')]);
  return pathToFileURL(join(folder, relative(root, join(root, source)).replace(/\.ts$/, '.js'))).href;
}
