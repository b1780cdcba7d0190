/** Progress of a run on stderr: one live line on a terminal, a plain line every five seconds elsewhere. */
import type { LogEvent } from '../core/protocol/events.ts';
import type { Frame } from '../core/protocol/result.ts';
import { ProgressLine } from '../core/report/progressLine.ts';
import { createStyle } from '../core/report/style.ts';
import { escapeText } from '../core/report/text.ts';
import { type Host, wantsColor } from './host.ts';

const PLAIN_EVERY_US = 5_000_000;
/** More warnings than this scroll the run away; the rest is counted (and stands in events.log). */
const MAX_LINES = 20;

export interface ProgressOptions {
  readonly durationMs: number;
  readonly plannedClients: number;
  /** Also events of level info. */
  readonly verbose: boolean;
  /** Only errors. */
  readonly quiet: boolean;
}

/** Erases the line on the terminal and goes to its start. */
const ERASE = '\r\x1b[2K';

export class Progress {
  private readonly host: Host;
  private readonly options: ProgressOptions;
  private readonly color: boolean;
  private readonly line: ProgressLine;
  private live = false;
  private state: Frame['state'] | undefined;
  private printedUs = Number.NEGATIVE_INFINITY;
  private lines = 0;
  private suppressed = 0;

  constructor(host: Host, options: ProgressOptions) {
    this.host = host;
    this.options = options;
    this.color = wantsColor(host, host.stderr);
    this.line = new ProgressLine({
      durationMs: options.durationMs,
      plannedClients: options.plannedClients,
      columns: () => host.stderr.columns ?? (host.stderr.isTTY ? 80 : 200),
      color: this.color,
      bar: host.stderr.isTTY,
    });
  }

  frame(frame: Frame): void {
    this.line.add(frame);
    if (this.options.quiet) return;
    if (this.host.stderr.isTTY) {
      this.draw();
      return;
    }
    const now = this.host.clock();
    if (frame.state === this.state && now - this.printedUs < PLAIN_EVERY_US) return;
    this.state = frame.state;
    this.printedUs = now;
    this.host.stderr.write(`${this.line.text()}\n`);
  }

  event(event: LogEvent): void {
    if (event.level === 'info' ? !this.options.verbose || this.options.quiet : this.options.quiet && event.level === 'warn')
      return;
    if (event.level === 'warn' && this.lines >= MAX_LINES) {
      this.suppressed += 1;
      return;
    }
    if (event.level === 'warn') this.lines += 1;
    const style = createStyle(this.color);
    const level = { info: style('dim', 'info:'), warn: style('warn', 'warning:'), error: style('bad', 'error:') }[event.level];
    this.print(`${level} ${escapeText(event.text)} ${style('dim', `(at ${(event.atMs / 1000).toFixed(1)} s)`)}`);
  }

  /** A line of its own, above the live line. */
  print(text: string): void {
    this.host.stderr.write(`${this.live ? ERASE : ''}${text}\n`);
    if (this.live) this.draw();
  }

  /** Takes the live line away; says how many warnings were not shown. */
  end(): void {
    if (this.live) this.host.stderr.write(ERASE);
    this.live = false;
    if (this.suppressed > 0) this.host.stderr.write(`${this.suppressed} more warnings are not shown here\n`);
    this.suppressed = 0;
  }

  private draw(): void {
    this.live = true;
    this.host.stderr.write(`${ERASE}${this.line.text()}`);
  }
}
