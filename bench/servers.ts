/** Real MQ servers as peers: started by scripts/servers.mjs, one child each, and ended with the benchmark. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ExternalEngineName } from '../core/mq/engines.ts';

export interface Server {
  /** `host:port`, as `--mq` takes it. */
  readonly address: string;
  close(): Promise<void>;
}

/** What the script prints of a server that says where it listens. */
const ADDRESS: Readonly<Record<ExternalEngineName, (places: ReadonlyMap<string, string>) => string | undefined>> = {
  kafka: (places) => places.get('address'),
  rocketmq: (places) => places.get('nameServer'),
  rabbitmq: (places) => (places.has('amqpPort') ? `${places.get('host') ?? '127.0.0.1'}:${places.get('amqpPort')}` : undefined),
};

/** Resolves when the server is ready; a text says why it cannot be had here. */
export async function startServer(engine: ExternalEngineName): Promise<Server | string> {
  // Runs as dist/bench/servers.js.
  const script = fileURLToPath(new URL('../../scripts/servers.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, engine], { stdio: ['ignore', 'pipe', 'pipe'] });
  const places = new Map<string, string>();
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = `${complaint}${String(chunk)}`.slice(-2_000);
  });
  const address = await new Promise<string | undefined>((resolve) => {
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += String(chunk);
      for (const [, name, value] of text.matchAll(/^ {2}(\w+): (.*)$/gm)) places.set(name!, value!);
      if (text.endsWith('\n') && ADDRESS[engine](places) !== undefined) resolve(ADDRESS[engine](places));
    });
    child.once('exit', () => resolve(undefined));
    child.once('error', () => resolve(undefined));
  });
  if (address === undefined) return complaint.trim().split('\n').at(-1) ?? 'it did not start';
  return { address, close: () => end(child) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
