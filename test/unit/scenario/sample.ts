import { CausewayError, type Problem } from '../../../core/protocol/errors.ts';
import { type LoadedScenario, type LoadOptions, parseScenario } from '../../../core/scenario/loader.ts';

/** A small valid scenario; tests change single lines of it. */
export const SAMPLE = `causeway: 1
name: Sample
duration: 10s
gateway:
  profile: strict
  topics:
    up: { direction: up }
    down: { direction: down }
    talk: { direction: both }
    local: { direction: none }
populations:
  cars:
    actor: vehicle
    count: 20
    group: { name: district, count: 4 }
    clientId: "GID_car@@@{id}"
    client: { cleanSession: false }
    publish:
      position:
        topic: "up/{district}/{id}"
        qos: 1
        schedule: { every: 1s, jitter: 10% }
        body:
          x: { route: x }
          level: { randomWalk: { start: 5, min: 0, max: 10, step: 1 } }
    subscribe:
      - { topic: "down/{district}", qos: 1 }
      - { topic: "down/all", qos: 1 }
    react:
      ack:
        on: "down/#"
        topic: "up/{district}/{id}/ack"
        delay: { min: 20ms, max: 200ms }
  people:
    actor: chat-user
    count: 10
    clientId: "GID_people@@@{id}"
    publish:
      line:
        topic: talk/all
        schedule: { rate: 5/s, pick: zipf }
        body:
          text: { talk: true }
    subscribe:
      - { topic: talk/#, qos: 1 }
services:
  centre:
    consume: { topics: [up], group: GID_centre }
    commands:
      one:
        topic: down
        population: cars
        target: one
        schedule: { every: 500ms }
        answer: ack
      district:
        topic: down
        population: cars
        target: group
        second: "/{district}"
        schedule: { every: 2s }
        answer: ack
      all:
        topic: down
        population: cars
        target: all
        second: "/all"
        schedule: { replay: [2s, 5s] }
        answer: ack
thresholds:
  - "up.endToEnd.p99 < 250"
`;

export const load = (text: string, options: LoadOptions = {}): LoadedScenario => parseScenario(text, 'sample.yaml', options);

/** The problems that loading the text raises; fails when it raises none. */
export function problemsOf(text: string, options: LoadOptions = {}): readonly Problem[] {
  try {
    load(text, options);
  } catch (error) {
    if (error instanceof CausewayError && error.code === 'input.invalid') return error.problems;
    throw error;
  }
  throw new Error('no problem was found');
}

/** The sample with one piece replaced, which must occur in it. */
export function changed(from: string, to: string): string {
  if (!SAMPLE.includes(from)) throw new Error(`the sample has no ${from}`);
  return SAMPLE.replace(from, () => to);
}

/** Line and column (1-based) at which the marker begins. */
export function positionOf(text: string, marker: string): { line: number; column: number } {
  const offset = text.indexOf(marker);
  if (offset < 0) throw new Error(`the text has no ${marker}`);
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: before[before.length - 1]!.length + 1 };
}
