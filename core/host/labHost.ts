/** The lab's side of the window, whatever carries the messages: calls are parsed, answered, and pushes go to every window. */
import { CausewayError } from '../protocol/errors.ts';
import { callMessageSchema, type WindowCall, windowCalls } from '../protocol/window.ts';
import { type AttachedWindow, attachWindow } from './attachedWindow.ts';
import { ChooseDesk } from './chooseDesk.ts';
import { FleetDesk } from './fleetDesk.ts';
import { chooseFile } from './folders.ts';
import { infoCalls } from './infoCalls.ts';
import { Inspector } from './inspect/inspector.ts';
import { RunDesk } from './runDesk.ts';
import { scenarioCalls } from './scenarioCalls.ts';
import { ScenarioFiles } from './scenarioFiles.ts';
import { settingsCalls } from './settingsCalls.ts';
import { SettingsStore } from './settingsStore.ts';
import type { Broadcast, Caller, LabHost, LabHostOptions } from './types.ts';
import { windowError } from './windowError.ts';

type AnyCall = (input: unknown, caller: Caller) => unknown;

/** Calls of one window under way at a time: more are refused, so that a window gone wild cannot pile up work. */
const MOST_CALLS = 100;

/** Opens nothing by itself: files, ports and threads are opened by the calls that need them. */
export function createLabHost(options: LabHostOptions): LabHost {
  const windows = new Set<AttachedWindow>();
  const broadcast: Broadcast = (push) => {
    for (const window of windows) window.push(push);
  };
  const scenarios = new ScenarioFiles(options);
  const settings = new SettingsStore({ file: options.settingsFile, secrets: options.secrets });
  const runs = new RunDesk({ options, scenarios, settings, broadcast, measuring: () => choose.measuring });
  const inspector = new Inspector();
  const fleet = new FleetDesk((id) => runs.find(id));
  const choose: ChooseDesk = new ChooseDesk(chooseFile(options), settings, broadcast, () => (runs.running ? 'a run' : undefined));
  const calls = new Map<string, AnyCall>(
    Object.entries({
      ...infoCalls(options),
      ...settingsCalls(settings),
      ...scenarioCalls(options, scenarios, settings),
      ...runs.calls(),
      ...inspector.calls(),
      ...fleet.calls(),
      ...choose.calls(),
    } as Record<string, AnyCall>),
  );
  let closing: Promise<void> | undefined;

  const answer = async (call: string, input: unknown, caller: Caller): Promise<unknown> => {
    if (closing !== undefined) throw new CausewayError('window.closing');
    const handler = calls.get(call);
    if (handler === undefined || !Object.hasOwn(windowCalls, call)) throw new CausewayError('window.call-unknown', { call });
    const parsed = windowCalls[call as WindowCall].safeParse(input);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new CausewayError('window.input', { call, where: issue?.path.join('.') || 'input', reason: issue?.message ?? '' });
    }
    return (await handler(parsed.data, caller)) ?? null;
  };

  const close = async (): Promise<void> => {
    fleet.close();
    await Promise.all([runs.close(), inspector.close(), choose.close()]);
    for (const window of windows) window.detach();
    windows.clear();
  };

  return {
    get running() {
      return runs.running;
    },
    stop: () => runs.stop(),
    attach(client) {
      const window = attachWindow(client);
      windows.add(window);
      let underWay = 0;
      const call = async (name: string, seq: number, input: unknown): Promise<void> => {
        underWay += 1;
        try {
          if (underWay > MOST_CALLS) throw new CausewayError('window.busy', { calls: MOST_CALLS });
          window.answer({ answer: seq, ok: true, value: await answer(name, input, window) });
        } catch (error) {
          window.answer({ answer: seq, ok: false, error: windowError(error) });
        } finally {
          underWay -= 1;
        }
      };
      return {
        take(message) {
          const parsed = callMessageSchema.safeParse(message);
          if (parsed.success) {
            void call(parsed.data.call, parsed.data.seq, parsed.data.input);
            return;
          }
          // Without a number nobody waits for an answer.
          const seq: unknown = typeof message === 'object' && message !== null ? (message as { seq?: unknown }).seq : undefined;
          if (typeof seq !== 'number') return;
          const error = new CausewayError('window.input', { call: '?', where: 'message', reason: 'it is not a call' });
          window.answer({ answer: seq, ok: false, error: windowError(error) });
        },
        detach() {
          windows.delete(window);
          window.detach();
        },
      };
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}
