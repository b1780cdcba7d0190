/**
 * Memory of connected, idle clients: the swarm against MQTT.js, on one gateway. Broker and clients are processes of
 * their own, because both ends of 10,000 connections are more descriptors than one process usually gets, and because
 * what is measured must not contain the broker.
 *
 *   node dist/bench/swarmMemory.js [--clients 10000] [--peer-clients 2000] [--json] [--save]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { createGateway } from '../core/gateway/gateway.ts';
import { readLimits } from '../core/swarm/limits.ts';
import { preflight } from '../core/swarm/preflight.ts';
import { Swarm } from '../core/swarm/swarm.ts';

interface Measured {
  readonly subject: string;
  readonly clients: number;
  readonly connectMs: number;
  /** Bytes per client. heap: heap and external memory after garbage collection; rss: of the whole process. */
  readonly heapBytes: number;
  readonly rssBytes: number;
}

interface Clients {
  /** Resolves when all of them are connected. */
  connect(port: number, clients: number, prefix: string): Promise<void>;
}

const SUBJECTS: Record<string, Clients> = {
  swarm: {
    async connect(port, clients, prefix) {
      const found = preflight({ clients, inProcessServer: false }, readLimits());
      if (found.problems[0] !== undefined) throw found.problems[0];
      const addresses = found.localAddresses;
      await new Promise<void>((resolve, reject) => {
        let connected = 0;
        const onConnected = (): void => {
          connected += 1;
          if (connected === clients) resolve();
        };
        const swarm = new Swarm(
          { transport: 'tcp', host: '127.0.0.1', port },
          { onConnected, onClosed: (_, reason) => reject(new Error(reason)) },
        );
        for (let i = 0; i < clients; i += 1) {
          const localAddress = addresses[i % Math.max(1, addresses.length)];
          const options = { clientId: `${prefix}-${i}`, cleanSession: true, keepAliveS: 300 };
          swarm.add(localAddress === undefined ? options : { ...options, localAddress }).connect();
        }
      });
    },
  },
  'MQTT.js': {
    async connect(port, clients, prefix) {
      const { default: mqtt } = await import('mqtt');
      const kept: unknown[] = [];
      // As many attempts at once as the swarm makes.
      for (let from = 0; from < clients; from += 200) {
        const wave = Array.from({ length: Math.min(200, clients - from) }, (_, i) =>
          mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, {
            clientId: `${prefix}-${from + i}`,
            protocolVersion: 4,
            keepalive: 300,
          }),
        );
        kept.push(...(await Promise.all(wave)));
      }
      Object.assign(globalThis, { [prefix]: kept });
    },
  },
};

/** Twice: what the first collection finalises is freed by the second. */
async function settled(): Promise<NodeJS.MemoryUsage> {
  for (let i = 0; i < 2; i += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return process.memoryUsage();
}

async function measure(subject: string, port: number, clients: number): Promise<Measured> {
  const { connect } = SUBJECTS[subject]!;
  // Code and buffers that do not grow with the number of clients are there before the first reading.
  await connect(port, Math.min(20, clients), 'first');
  const before = await settled();
  const start = performance.now();
  await connect(port, clients, 'device');
  const connectMs = Math.round(performance.now() - start);
  const after = await settled();
  const perClient = (bytes: (usage: NodeJS.MemoryUsage) => number): number =>
    Math.round((bytes(after) - bytes(before)) / clients);
  return {
    subject,
    clients,
    connectMs,
    heapBytes: perClient((usage) => usage.heapUsed + usage.external),
    rssBytes: perClient((usage) => usage.rss),
  };
}

const self = fileURLToPath(import.meta.url);

async function child<T>(args: readonly string[]): Promise<{ readonly process: ChildProcess; readonly answer: T }> {
  const started = fork(self, args, { execArgv: ['--expose-gc'] });
  const answer = await new Promise<T>((resolve, reject) => {
    started.once('message', (message) => resolve(message as T));
    started.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with code ${code} before it had an answer`)));
  });
  return { process: started, answer };
}

async function measureAll(plan: readonly { readonly subject: string; readonly clients: number }[]): Promise<Measured[]> {
  const results: Measured[] = [];
  for (const { subject, clients } of plan) {
    const broker = await child<number>(['--role', 'broker']);
    try {
      const measured = await child<Measured>(['--role', subject, '--port', String(broker.answer), '--clients', String(clients)]);
      measured.process.kill();
      results.push(measured.answer);
    } finally {
      broker.process.kill();
    }
  }
  return results;
}

async function broker(): Promise<void> {
  const gateway = await createGateway({
    profile: 'lenient',
    topics: [],
    listeners: [{ kind: 'tcp', host: '127.0.0.1', port: 0 }],
  });
  process.send?.(gateway.addresses[0]!.port);
}

function print(results: readonly Measured[], json: string, onlyJson: boolean): void {
  if (!onlyJson) {
    const table = new Table({ head: ['clients of', 'connected', 'heap each', 'RSS each', 'connected in'], style: { head: [] } });
    for (const r of results) table.push([r.subject, r.clients, `${r.heapBytes} B`, `${r.rssBytes} B`, `${r.connectMs} ms`]);
    process.stdout.write(`${table.toString()}\n`);
  }
  process.stdout.write(`${json}\n`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      role: { type: 'string' },
      port: { type: 'string' },
      clients: { type: 'string', default: '10000' },
      'peer-clients': { type: 'string', default: '2000' },
      json: { type: 'boolean', default: false },
      save: { type: 'boolean', default: false },
    },
  });
  const clients = Number(values.clients);
  const peers = Number(values['peer-clients']);
  if (!(Number.isInteger(clients) && clients > 0 && Number.isInteger(peers) && peers > 0)) {
    throw new Error(`--clients ${values.clients} --peer-clients ${values['peer-clients']}: expected whole numbers above 0`);
  }
  // A child whose parent is gone would stay for ever.
  if (values.role !== undefined) process.once('disconnect', () => process.exit());
  if (values.role === 'broker') return broker();
  if (values.role !== undefined) {
    process.send?.(await measure(values.role, Number(values.port), clients));
    return;
  }
  const results = await measureAll([
    { subject: 'swarm', clients },
    { subject: 'MQTT.js', clients: peers },
  ]);
  const [swarm, peer] = results as [Measured, Measured];
  const ratio = (a: number, b: number): number => Number((a / b).toFixed(2));
  const report = {
    benchmark: 'swarmMemory',
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryMb: Math.round(totalmem() / 2 ** 20),
      node: process.version,
    },
    results,
    ratio: { heap: ratio(peer.heapBytes, swarm.heapBytes), rss: ratio(peer.rssBytes, swarm.rssBytes) },
  };
  const json = JSON.stringify(report, null, 2);
  print(results, json, values.json);
  if (values.save) {
    // The program runs as dist/bench/swarmMemory.js; results are kept beside the sources.
    const folder = join(dirname(self), '..', '..', 'bench', 'results');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'swarmMemory.json'), `${json}\n`);
  }
}

await main();
