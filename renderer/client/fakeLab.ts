/** A lab in memory, driven by hand: for tests of screens without a server, a socket or time. */
import type { CallMessage, LabMessage, WindowAnswers, WindowCall, WindowError, WindowPush } from '../../core/protocol/window.ts';
import { fakeAdvice, fakeChooseTable } from './fakeChoose.ts';
import {
  FAKE_INFO,
  FAKE_OWN_SCENARIOS,
  FAKE_SCENARIOS,
  FAKE_SETTINGS,
  fakeDistribution,
  fakeFrame,
  fakeMapping,
  fakeRuns,
  fakeStatus,
  fakeView,
} from './fakeData.ts';
import { fakeResult } from './fakeResult.ts';
import type { Link } from './labClient.ts';

type Handler<C extends WindowCall = WindowCall> = (input: never) => WindowAnswers[C] | { readonly error: WindowError };

export interface FakeLab {
  readonly link: Link;
  /** Every call so far, in order. */
  readonly calls: readonly CallMessage[];
  /** The inputs of one kind of call, in order. */
  inputs(call: WindowCall): readonly unknown[];
  /** Answers this call otherwise from now on. */
  answer<C extends WindowCall>(call: C, handler: Handler<C>): void;
  /** Refuses this call from now on. */
  refuse(call: WindowCall, error: WindowError): void;
  push(push: WindowPush): void;
  lose(): void;
  open(): void;
  /** Starts a run as `runs.start` does. */
  startRun(change?: Parameters<typeof fakeStatus>[0]): void;
  /** The next `count` windows of the run under way, and every second the live figures. */
  frames(count: number): void;
  /** Ends the run under way with this result. */
  finish(result?: ReturnType<typeof fakeResult>): void;
}

/** Answers come in the next microtask, as late as a lab's but without waiting. */
export function createFakeLab({ connected = true }: { readonly connected?: boolean } = {}): FakeLab {
  const calls: CallMessage[] = [];
  const handlers = new Map<string, Handler>();
  let on: Parameters<Link['open']>[0] | undefined;
  let runs = [...fakeRuns()];
  let settings = FAKE_SETTINGS;
  let view: WindowAnswers['runs.current'] = null;

  const push = (message: WindowPush): void => on?.message(message);
  const setStatus = (change: Parameters<typeof fakeStatus>[0]): void => {
    if (view === null) return;
    view = { ...view, status: { ...view.status, ...change } };
    push({ push: 'status', status: view.status });
  };
  const startRun = (change: Parameters<typeof fakeStatus>[0] = {}): void => {
    view = fakeView({ status: fakeStatus(change), distributions: [], events: [] }, 0);
    push({ push: 'status', status: view.status });
  };

  const answer = <C extends WindowCall>(call: C, handler: Handler<C>): void => void handlers.set(call, handler as Handler);
  answer('lab.info', () => FAKE_INFO);
  answer('settings.get', () => settings);
  answer('settings.set', ((patch: Partial<typeof settings>) => {
    const { engines, broker, ...plain } = patch;
    const kept = ({ password, ...rest }: { readonly password?: string; readonly address?: string }, had: boolean) => ({
      address: '',
      ...rest,
      hasPassword: password === undefined ? had : password !== '',
    });
    settings = {
      ...settings,
      ...plain,
      engines: {
        ...settings.engines,
        ...Object.fromEntries(
          Object.entries(engines ?? {}).map(([name, value]) => [
            name,
            kept(value, settings.engines[name as keyof typeof settings.engines]?.hasPassword ?? false),
          ]),
        ),
      },
      broker: broker === undefined || broker === null ? settings.broker : kept(broker, settings.broker?.hasPassword ?? false),
    };
    return settings;
  }) as Handler<'settings.set'>);
  answer('settings.test', () => ({ ok: true, text: 'Apache Kafka 4.4.0 answered in 12 ms.', hint: null }));
  answer('scenarios.list', () => [...FAKE_SCENARIOS, ...FAKE_OWN_SCENARIOS]);
  answer('scenarios.remove', () => null);
  answer('choose.table', ((input: { readonly engine: string }) => fakeChooseTable(input.engine)) as Handler<'choose.table'>);
  answer('choose.run', () => null);
  answer('choose.cancel', () => null);
  answer('choose.advise', fakeAdvice as Handler<'choose.advise'>);
  answer('runs.list', () => runs);
  answer('runs.current', () => view);
  answer('runs.start', () => {
    startRun({ phase: 'starting' });
    return fakeStatus({ phase: 'starting' });
  });
  answer('runs.view', (({ id }: { readonly id: string }) =>
    fakeView({ status: fakeStatus({ id, phase: 'done' }), result: fakeResult({ runId: id }) })) as Handler<'runs.view'>);
  answer('runs.remove', (({ id }: { readonly id: string }) => {
    runs = runs.filter((run) => run.id !== id);
    return null;
  }) as Handler<'runs.remove'>);
  answer('runs.pause', () => {
    setStatus({ phase: 'paused' });
    return null;
  });
  answer('runs.resume', () => {
    setStatus({ phase: 'running' });
    return null;
  });
  answer('runs.stop', () => {
    setStatus({ phase: 'draining' });
    return null;
  });
  answer('runs.abort', () => {
    setStatus({ phase: 'aborted' });
    return null;
  });
  answer('runs.inject', () => null);
  answer('runs.export', () => ({ fileName: 'result.json', mediaType: 'application/json', text: '{}' }));

  const take = (message: CallMessage): LabMessage => {
    const handler = handlers.get(message.call);
    if (handler === undefined) {
      const error = {
        code: 'window.call',
        message: `the fake lab has no answer to ${message.call}`,
        hint: 'give it one: answer()',
      };
      return { answer: message.seq, ok: false, error };
    }
    const value = handler(message.input as never);
    if (typeof value === 'object' && value !== null && Object.keys(value).join() === 'error')
      return { answer: message.seq, ok: false, error: (value as { readonly error: WindowError }).error };
    return { answer: message.seq, ok: true, value };
  };

  return {
    link: {
      open(listener) {
        on = listener;
        if (connected) queueMicrotask(() => on?.opened());
      },
      send(message) {
        calls.push(message);
        queueMicrotask(() => on?.message(take(message)));
      },
      close() {
        on = undefined;
      },
      retry: () => on?.opened(),
    },
    calls,
    inputs: (call) => calls.filter((message) => message.call === call).map(({ input }) => input),
    answer,
    refuse: (call, error) => answer(call, () => ({ error })),
    push,
    lose: () => on?.lost(),
    open: () => on?.opened(),
    startRun,
    frames(count) {
      for (let turn = 0; turn < count && view !== null; turn += 1) {
        const frame = fakeFrame(view.frames.length);
        view = { ...view, frames: [...view.frames, frame] };
        push({ push: 'frame', id: view.status.id, frame });
        if (view.frames.length % 4 !== 0) continue;
        view = { ...view, distributions: [fakeDistribution('up'), fakeDistribution('down', 2_700)], mapping: fakeMapping() };
        push({ push: 'live', id: view.status.id, distributions: view.distributions, mapping: view.mapping });
      }
    },
    finish(result = fakeResult()) {
      if (view === null) return;
      const id = view.status.id;
      view = { ...view, result: { ...result, runId: id } };
      push({ push: 'result', id, result: { ...result, runId: id } });
      setStatus({ phase: 'done' });
    },
  };
}
