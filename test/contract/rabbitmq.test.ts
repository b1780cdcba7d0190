/** The RabbitMQ engine against a real RabbitMQ: the common contract. Run by `npm run test:servers`. */
import { describe, it } from 'vitest';
import type { MqEngine } from '../../core/mq/engine.ts';
import { connectRabbitMq } from '../../core/mq/rabbitmq/rabbitMq.ts';
import { startRabbitMq } from '../servers/rabbitmq.ts';
import { whyNot } from '../servers/unavailable.ts';
import { mqEngineContract } from './mqEngine.ts';

const missing = await whyNot('erl', 'rabbitmq-server');

if (missing !== undefined) {
  describe('MQ engine contract: RabbitMQ', () => {
    it.skip(missing, () => {});
  });
} else {
  mqEngineContract(
    'RabbitMQ',
    async () => {
      const server = await startRabbitMq();
      const connect = (): Promise<MqEngine> => connectRabbitMq({ host: server.host, port: server.amqpPort });
      const engine = await connect();
      return {
        engine,
        second: connect,
        async close() {
          await engine.close();
          await server.stop();
        },
      };
    },
    { visibilityMs: 300, patienceMs: 60_000 },
  );
}
