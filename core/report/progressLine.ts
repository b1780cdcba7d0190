/** The line that tells how a run is going: pure, from the last frames to text. */
import type { Direction, Frame } from '../protocol/result.ts';
import { createStyle, type Style } from './style.ts';
import { displayWidth } from './text.ts';
import { formatCount, formatMs, formatRate, formatUs } from './units.ts';

export interface ProgressOptions {
  readonly durationMs: number;
  readonly plannedClients: number;
  /** Columns of the terminal, asked for each line. Default 80. */
  readonly columns?: () => number;
  readonly color?: boolean;
  /** With the bar; default true. */
  readonly bar?: boolean;
}

/** Rates and the p99 are taken over this many windows (1 s), so that the figures can be read. */
const WINDOWS = 4;
const BAR = 16;
const DIRECTIONS: readonly Direction[] = ['up', 'down', 'device'];

/** Keeps the running sums of a run and turns them into one line. */
export class ProgressLine {
  private readonly options: ProgressOptions;
  private readonly style: Style;
  private readonly recent: Frame[] = [];
  private duplicates = 0;
  private corrupted = 0;
  private mappingFailed = 0;

  constructor(options: ProgressOptions) {
    this.options = options;
    this.style = createStyle(options.color ?? false);
  }

  add(frame: Frame): void {
    this.recent.push(frame);
    if (this.recent.length > WINDOWS) this.recent.shift();
    this.duplicates += frame.duplicates;
    this.corrupted += frame.corrupted;
    this.mappingFailed += frame.mappingFailed;
  }

  /** The line now; empty before the first frame. Never wider than the terminal: the last parts go first. */
  text(): string {
    const last = this.recent.at(-1);
    if (last === undefined) return '';
    const parts = this.parts(last);
    const width = (this.options.columns?.() ?? 80) - 1;
    let line = '';
    let used = 0;
    for (const [i, part] of parts.entries()) {
      const next = displayWidth(part.text) + (i === 0 ? 0 : 2);
      if (used + next > width) break;
      line += (i === 0 ? '' : '  ') + part.styled;
      used += next;
    }
    return line;
  }

  private parts(last: Frame): { text: string; styled: string }[] {
    const plain = (text: string) => ({ text, styled: text });
    const { plannedClients, durationMs } = this.options;
    const clients = plain(`${formatCount(last.connected)}/${formatCount(plannedClients)} clients`);
    if (last.state === 'connecting')
      return [...this.bar(plannedClients === 0 ? 1 : last.connected / plannedClients), plain('connecting'), clients];
    const faults = this.corrupted + this.mappingFailed;
    const verdict =
      faults > 0
        ? { text: 'FAIL so far', styled: this.style('bad', 'FAIL so far') }
        : { text: 'ok', styled: this.style('good', 'ok') };
    const elapsed = `${formatMs(Math.max(0, Math.min(last.atMs, durationMs)))}`;
    const time = last.state === 'running' ? plain(`${elapsed} of ${formatMs(durationMs)}`) : plain(last.state);
    const parts = [...this.bar(last.state === 'running' ? last.atMs / durationMs : 1), time];
    // A window is 250 ms by contract; the first ones of a run are fewer than a second.
    const seconds = this.recent.length * 0.25;
    for (const direction of DIRECTIONS) {
      const sum = this.recent.reduce((total, frame) => total + frame[direction], 0);
      if (sum > 0) parts.push(plain(`${direction} ${formatRate(sum / seconds)}`));
    }
    const p99 = this.recent
      .flatMap((frame) => DIRECTIONS.map((d) => frame.latency[d]?.p99 ?? 0))
      .reduce((a, b) => Math.max(a, b), 0);
    if (p99 > 0) parts.push(plain(`p99 ${formatUs(p99)}`));
    parts.push(verdict);
    if (this.duplicates > 0) parts.push(plain(`dup ${formatCount(this.duplicates)}`));
    if (this.corrupted > 0) parts.push(plain(`corrupt ${formatCount(this.corrupted)}`));
    if (this.mappingFailed > 0) parts.push(plain(`mapping ${formatCount(this.mappingFailed)}`));
    parts.push(clients);
    return parts;
  }

  private bar(share: number): { text: string; styled: string }[] {
    if (this.options.bar === false) return [];
    const full = Math.round(Math.max(0, Math.min(1, share)) * BAR);
    const [done, rest] = ['█'.repeat(full), '░'.repeat(BAR - full)];
    return [{ text: done + rest, styled: this.style('accent', done) + this.style('dim', rest) }];
  }
}
