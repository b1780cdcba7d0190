import { connectEmbeddedMq } from '../../core/mq/embedded/client.ts';
import { createEmbeddedMq } from '../../core/mq/embedded/embeddedMq.ts';
import { type EngineUnderTest, mqEngineContract } from './mqEngine.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };

async function inMemory(): Promise<EngineUnderTest> {
  const engine = await createEmbeddedMq();
  const address = await engine.listen(LOOPBACK);
  return { engine, second: () => connectEmbeddedMq(address), close: () => engine.close() };
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
mqEngineContract('embedded, over the port', overPort);
