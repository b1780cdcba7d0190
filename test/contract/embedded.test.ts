import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectEmbeddedMq } from '../../core/mq/embedded/client.ts';
import { createEmbeddedMq } from '../../core/mq/embedded/embeddedMq.ts';
import { type EngineUnderTest, mqEngineContract } from './mqEngine.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };

async function inMemory(): Promise<EngineUnderTest> {
  const engine = await createEmbeddedMq();
  const address = await engine.listen(LOOPBACK);
  return { engine, second: () => connectEmbeddedMq(address), close: () => engine.close() };
}

function inFiles(fsync: 'always' | 'interval' | 'never'): () => Promise<EngineUnderTest> {
  return async () => {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-mq-'));
    // Small files and a small cache, so that rolling and reading back happen in every case.
    const engine = await createEmbeddedMq({ storage: 'file', folder, fsync, segmentBytes: 4096, cacheBytes: 2048 });
    const address = await engine.listen(LOOPBACK);
    return {
      engine,
      second: () => connectEmbeddedMq(address),
      async close() {
        await engine.close();
        await rm(folder, { recursive: true });
      },
    };
  };
}

async function overPort(): Promise<EngineUnderTest> {
  const host = await createEmbeddedMq();
  const address = await host.listen(LOOPBACK);
  const engine = await connectEmbeddedMq({ ...address, name: 'contract' });
  return {
    engine,
    second: () => connectEmbeddedMq(address),
    async close() {
      await engine.close();
      await host.close();
    },
  };
}

mqEngineContract('embedded, in memory', inMemory);
mqEngineContract('embedded, in files, fsync always', inFiles('always'));
mqEngineContract('embedded, in files, fsync interval', inFiles('interval'));
mqEngineContract('embedded, over the port', overPort);
