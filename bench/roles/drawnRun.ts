/** A lab that only tells of a run: 300 frames at once, then as many as asked for. For measuring the window that draws them. */
import type { AttachedClient, LabClient, LabHost } from '../../core/host/types.ts';
import type { Direction, Distribution, Frame } from '../../core/protocol/result.ts';
import type { CallMessage, RunStatus, RunView } from '../../core/protocol/window.ts';

const ID = '20260101-000000-drawn';
const FRAME_MS = 250;

const wave = (index: number, every: number): number => 1 + 0.3 * Math.sin(index / every) + 0.1 * Math.sin(index * 1.7);

/** All six charts have something to draw: three directions, three threads, copies and messages overtaken. */
function frameAt(index: number): Frame {
  const latency = (base: number) => ({ p50: base * wave(index, 9), p99: 8 * base * wave(index, 5) });
  const many = Math.round(1_000 * wave(index, 7));
  return {
    atMs: (index + 1) * FRAME_MS,
    state: 'running',
    connected: 1_000,
    offered: many,
    sent: many,
    acknowledged: many - 3,
    up: many - 5,
    down: Math.round(many / 3),
    device: Math.round(many / 5),
    pending: Math.round(20 * wave(index, 3)),
    duplicates: index % 3,
    reordered: index % 5,
    corrupted: 0,
    mappingFailed: 0,
    answers: 10,
    latency: { up: latency(1_500), down: latency(2_400), device: latency(900) },
    slipP99: 700 * wave(index, 6),
    hops: { commands: 20, stored: many, taken: 20 },
    utilisation: { main: 0.5 * wave(index, 8), 'devices-1': 0.3 * wave(index, 4), services: 0.2 * wave(index, 11) },
  };
}

const status: RunStatus = {
  id: ID,
  scenario: 'Drawn',
  description: '',
  engine: 'embedded',
  broker: 'gateway',
  phase: 'running',
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 3_600_000,
  plannedClients: 1_000,
  populations: [{ name: 'fleet', actor: 'vehicle', count: 1_000 }],
  services: [{ name: 'centre', consumes: ['vehicle'], commands: ['stop'] }],
  orderPromised: true,
  thresholds: [{ text: 'up.endToEnd.p99 < 1000', metric: 'up.endToEnd.p99' }],
  error: null,
};

function distribution(direction: Direction, turn: number): Distribution {
  const bounds = Array.from({ length: 80 }, (_, index) => Math.round(50 * 1.17 ** index));
  return { direction, bounds, counts: bounds.map((_, index) => Math.round((100 + turn) * Math.exp(-(((index - 25) / 9) ** 2)))) };
}

/** `frames` at the start; `next` sends the windows of half a second: two frames, every other time the live figures, too. */
export function drawnRun(frames: number): LabHost & { next(): void } {
  const windows = new Set<LabClient>();
  let told = frames;
  let turn = 0;
  const distributions = () => (['up', 'down', 'device'] as const).map((direction) => distribution(direction, turn));
  const view = (): RunView => ({
    status,
    frames: Array.from({ length: told }, (_, index) => frameAt(index)),
    events: [],
    distributions: distributions(),
    mapping: [],
    result: null,
    scenarioText: null,
  });
  const attach = (window: LabClient): AttachedClient => {
    windows.add(window);
    return {
      take(message) {
        const { call, seq } = message as CallMessage;
        if (call === 'runs.current') return window.send({ answer: seq, ok: true, value: view() });
        const error = { code: 'window.call', message: `nobody answers ${call} here`, hint: '' };
        window.send({ answer: seq, ok: false, error });
      },
      detach: () => void windows.delete(window),
    };
  };
  return {
    attach,
    running: true,
    stop: () => Promise.resolve(),
    close: () => Promise.resolve(),
    next() {
      turn += 1;
      for (const window of windows) {
        for (let index = told; index < told + 2; index += 1) window.send({ push: 'frame', id: ID, frame: frameAt(index) });
        if (turn % 2 === 0) window.send({ push: 'live', id: ID, distributions: distributions(), mapping: [] });
      }
      told += 2;
    },
  };
}
