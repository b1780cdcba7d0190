/** The Kafka engine against a real Apache Kafka: the common contract. Run by `npm run test:servers`. */
import { describe, it } from 'vitest';
import { connectKafka } from '../../core/mq/kafka/kafkaMq.ts';
import { KAFKA_VERSION, type KafkaServer, startKafka } from '../servers/kafka.ts';
import { whyNot } from '../servers/unavailable.ts';
import { mqEngineContract } from './mqEngine.ts';

const missing = await whyNot('java', 'mvn');

if (missing !== undefined) {
  describe('MQ engine contract: Apache Kafka', () => {
    it.skip(missing, () => {});
  });
} else {
  mqEngineContract(
    `Apache Kafka ${KAFKA_VERSION}`,
    async () => {
      const server: KafkaServer = await startKafka();
      const brokers = [server.address];
      const engine = await connectKafka({ brokers });
      return {
        engine,
        second: () => connectKafka({ brokers }),
        async close() {
          await engine.close();
          await server.stop();
        },
      };
    },
    { visibilityMs: 300, patienceMs: 60_000 },
  );
}
