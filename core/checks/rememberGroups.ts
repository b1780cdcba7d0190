/** An engine that knows which groups were made through it, so that nothing of them is left in an MQ that lives on. */
import type { MqEngine } from '../mq/engine.ts';

/** Closing it removes every group that has consumed through it. */
export function rememberGroups(engine: MqEngine): MqEngine {
  const groups = new Map<string, Set<string>>();
  const remove = async (): Promise<void> => {
    // What cannot be removed says nothing about what was checked.
    for (const [group, topics] of groups) await engine.removeGroup?.(group, [...topics]).catch(() => undefined);
    groups.clear();
  };
  return {
    name: engine.name,
    capabilities: engine.capabilities,
    createTopic: (spec) => engine.createTopic(spec),
    topics: () => engine.topics(),
    partitionsOf: (topic) => engine.partitionsOf(topic),
    producer: () => engine.producer(),
    consume: (spec, handler) => {
      const topics = groups.get(spec.group) ?? new Set();
      groups.set(spec.group, topics);
      for (const topic of spec.topics) topics.add(topic);
      return engine.consume(spec, handler);
    },
    close: async () => {
      await remove();
      await engine.close();
    },
  };
}
