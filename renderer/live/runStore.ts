/** The run under way (or the last one of this lab), told to React at most twice a second, in bounded memory however long it goes on. */
import type { LogEvent } from '../../core/protocol/events.ts';
import { FrameHistory } from '../../core/protocol/frameHistory.ts';
import type { RunView, WindowPush } from '../../core/protocol/window.ts';
import type { LabClient } from '../client/labClient.ts';
import { addTotals, type RunSnapshot, snapshotOf } from './runSnapshot.ts';

/** Between two redraws: a person reads no faster, and the machine has messages to send. */
export const REDRAW_MS = 500;
/** Lines of the event log that are kept. */
export const MOST_EVENTS = 2_000;

/** `waiting`: the lab has not answered yet. `none`: this lab has run nothing so far. */
export type CurrentView =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'none' }
  | { readonly kind: 'run'; readonly run: RunSnapshot };

export class RunStore {
  readonly #lab: LabClient;
  readonly #listeners = new Set<() => void>();
  #shown: CurrentView = { kind: 'waiting' };
  /** Without `frames` and `events`, which are copied only when they are shown. */
  #run: RunSnapshot | null = null;
  #known = false;
  #frames = new FrameHistory();
  #lastAtMs = Number.NEGATIVE_INFINITY;
  #events: LogEvent[] = [];
  #eventsShown: readonly LogEvent[] | undefined;
  #dropped = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(lab: LabClient) {
    this.#lab = lab;
  }

  readonly get = (): CurrentView => this.#shown;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Listens until the returned function is called; asks for everything anew whenever the connection is (back) there. */
  start(): () => void {
    const ask = (): void => {
      if (this.#lab.state !== 'open') return;
      this.#lab.call('runs.current', {}).then(
        (view) => this.#replace(view),
        // The lost connection is told elsewhere; asked again when it is back.
        () => {},
      );
    };
    const ends = [this.#lab.onPush((push) => this.#take(push)), this.#lab.onState(ask)];
    ask();
    return () => {
      for (const end of ends) end();
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  #replace(view: RunView | null): void {
    this.#known = true;
    this.#run = view === null ? null : snapshotOf(view);
    this.#frames = new FrameHistory();
    for (const frame of view?.frames ?? []) this.#frames.add(frame);
    this.#lastAtMs = view?.frames.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY;
    this.#events = view?.events.slice(-MOST_EVENTS) ?? [];
    this.#eventsShown = undefined;
    this.#dropped = (view?.events.length ?? 0) - this.#events.length;
    this.#changed();
  }

  #take(push: WindowPush): void {
    if (push.push === 'status' && push.status.id !== this.#run?.status.id) {
      // A new run; of one that began before this window was told, the answer to `runs.current` brings the rest.
      const { status } = push;
      this.#replace({
        status,
        frames: [],
        events: [],
        distributions: [],
        mapping: [],
        result: null,
        scenarioText: null,
      });
      return;
    }
    const run = this.#run;
    if (run === null || ('id' in push && push.id !== run.status.id)) return;
    if (push.push === 'status') this.#run = { ...run, status: push.status };
    else if (push.push === 'frame') {
      // Frames that were held back on their way may already be part of the answer to `runs.current`.
      if (push.frame.atMs <= this.#lastAtMs) return;
      this.#lastAtMs = push.frame.atMs;
      this.#frames.add(push.frame);
      this.#run = { ...run, totals: addTotals(run.totals, push.frame) };
    } else if (push.push === 'event') {
      this.#events.push(push.event);
      this.#eventsShown = undefined;
      // In one go now and then, instead of moving the whole list for every line.
      if (this.#events.length > MOST_EVENTS + 200) {
        this.#dropped += this.#events.length - MOST_EVENTS;
        this.#events = this.#events.slice(-MOST_EVENTS);
      }
    } else if (push.push === 'live') this.#run = { ...run, distributions: push.distributions, mapping: push.mapping };
    else if (push.push === 'result') this.#run = { ...run, result: push.result };
    else return;
    this.#changed();
  }

  #changed(): void {
    if (this.#timer !== undefined) return;
    const wait = this.#toldAt + REDRAW_MS - performance.now();
    if (wait <= 0) this.#tell();
    else
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        this.#tell();
      }, wait);
  }

  #tell(): void {
    this.#toldAt = performance.now();
    const run = this.#run;
    if (run !== null) {
      // The same list while no line comes, so that the log is not drawn again.
      this.#eventsShown ??= this.#events.slice(-MOST_EVENTS);
      const events = this.#eventsShown;
      const eventsDropped = this.#dropped + this.#events.length - events.length;
      this.#shown = { kind: 'run', run: { ...run, frames: this.#frames.frames(), events, eventsDropped } };
    } else this.#shown = { kind: this.#known ? 'none' : 'waiting' };
    for (const listener of this.#listeners) listener();
  }
}
