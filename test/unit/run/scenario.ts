/** A small scenario with one of everything, as the parts of a run see it. */
import { parseScenario } from '../../../core/scenario/loader.ts';
import type { Population, Scenario } from '../../../core/scenario/model.ts';

const TEXT = `causeway: 1
name: Parts
duration: 10s
gateway:
  profile: lenient
  topics:
    up: { direction: up }
    down: { direction: down }
    talk: { direction: both }
    local: { direction: none }
populations:
  cars:
    actor: vehicle
    count: 5
    group: { name: district, count: 2 }
    clientId: "car-{id}"
    client: { cleanSession: false }
    publish:
      position: { topic: "up/{district}/{id}", qos: 1, schedule: { every: 1s } }
      hello: { topic: "local/{index}", qos: 0, schedule: { every: 1s } }
    subscribe:
      - { topic: "down/{district}", qos: 1 }
      - { topic: "down/#", qos: 0 }
    react:
      ack: { on: "down/#", topic: "up/ack/{id}", qos: 2 }
  people:
    actor: chat-user
    count: 3
    clientId: "p-{id}"
    publish:
      line: { topic: talk/all, schedule: { rate: 5/s } }
      whisper: { topic: "talk/p2p/p-0", qos: 1, schedule: { rate: 5/s } }
    subscribe:
      - { topic: "talk/#", qos: 2 }
      - { topic: "local/+", qos: 1 }
services:
  centre:
    consume: { topics: [up], group: G1, members: 2, ordered: true }
    commands:
      one: { topic: down, population: cars, target: one, schedule: { every: 1s }, answer: ack }
      kept: { topic: down, population: cars, target: one, cleanSessionFlag: false, schedule: { every: 1s } }
      some: { topic: down, population: cars, target: group, second: "{district}", qosLevel: 2, schedule: { every: 1s }, answer: ack }
      shown: { topic: down, population: cars, target: all, second: /all, realTopic: real, schedule: { every: 1s }, answer: ack }
  audit:
    consume: { topics: [up, talk], group: G2, mode: broadcasting, members: 3 }
`;

export const parts = (changes: (text: string) => string = (text) => text): Scenario =>
  parseScenario(changes(TEXT), 'parts.yaml').scenario;

export const population = (scenario: Scenario, name: string): Population => {
  const found = scenario.populations.find((p) => p.name === name);
  if (found === undefined) throw new Error(`no population ${name}`);
  return found;
};
