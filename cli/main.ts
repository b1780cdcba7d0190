#!/usr/bin/env node
/** Entry of the command line: the only place that touches the process. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nowUs } from '../core/clock.ts';
import { EXIT } from '../core/protocol/errors.ts';
import { printError } from './errors.ts';
import { EXIT_ABORTED, type Host, type TextSink } from './host.ts';
import { labServices } from './labServices.ts';
import { runCli } from './program.ts';

/** The package's folder: one level up from the sources, two from dist/. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function sink(stream: NodeJS.WriteStream): TextSink {
  let gone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    gone = true;
    // Without progress and warnings the work goes on.
    if (stream !== process.stdout) return;
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') {
      // `> file` on a full disk.
      process.stderr.write(`error: cannot write the answer to stdout: ${error.message}\n`);
      process.exit(EXIT.infrastructure);
    }
    // `causeway list | head -1`: there is nobody left to tell. But a run has a verdict, and its exit code must tell that.
    if (!process.argv.includes('run')) process.exit(0);
  });
  return {
    write: (text) => {
      if (!gone) stream.write(text);
    },
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.isTTY === true ? stream.columns : undefined;
    },
  };
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

function onSignal(handler: () => void): () => void {
  let count = 0;
  const listener = (): void => {
    count += 1;
    // Two are the program's own business; whoever presses a third time is not being heard.
    if (count > 2) process.exit(EXIT_ABORTED);
    handler();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}

const root = packageFolder();
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

const host: Host = {
  argv: process.argv.slice(2),
  env: process.env,
  stdout: sink(process.stdout),
  stderr: sink(process.stderr),
  stdin: { isTTY: process.stdin.isTTY === true, read: readStdin },
  version,
  path: (file) => file,
  shippedScenarios: join(root, 'scenarios'),
  clock: nowUs,
  every: (ms, handler) => {
    const timer = setInterval(handler, ms);
    return () => clearInterval(timer);
  },
  onSignal,
  services: labServices(new URL('../workers/', import.meta.url)),
};

// A defect ends as every other error does: a sentence, a hint, an exit code.
process.on('uncaughtException', (error) => process.exit(printError(host, error)));

const exit = await runCli(host);
// What a pipe has not taken yet would be cut off by process.exit.
await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((resolve) => stream.write('', resolve))));
process.exit(exit);
