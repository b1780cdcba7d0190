/** The RocketMQ engine against a real Apache RocketMQ: the common contract. Run by `npm run test:servers`. */
import { describe, it } from 'vitest';
import { connectRocketMq } from '../../core/mq/rocketmq/rocketMq.ts';
import { ROCKETMQ_VERSION, type RocketMqServer, startRocketMq } from '../servers/rocketmq.ts';
import { whyNot } from '../servers/unavailable.ts';
import { mqEngineContract } from './mqEngine.ts';

const missing = await whyNot('java', 'mvn');

if (missing !== undefined) {
  describe('MQ engine contract: Apache RocketMQ', () => {
    it.skip(missing, () => {});
  });
} else {
  mqEngineContract(
    `Apache RocketMQ ${ROCKETMQ_VERSION}`,
    async () => {
      const server: RocketMqServer = await startRocketMq();
      const { nameServer } = server;
      const engine = await connectRocketMq({ nameServer });
      return {
        engine,
        second: () => connectRocketMq({ nameServer }),
        async close() {
          await engine.close();
          await server.stop();
        },
      };
    },
    { visibilityMs: 300, patienceMs: 60_000 },
  );
}
