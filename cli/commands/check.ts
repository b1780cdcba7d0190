/** `causeway check`: the conformance suite of the mapping, through the live lab. */
import { writeFile } from 'node:fs/promises';
import { formatConformance, numberLine } from '../../core/checks/console.ts';
import { conformanceJunit } from '../../core/checks/junit.ts';
import { type ConformanceReport, makeReport } from '../../core/checks/report.ts';
import type { CaseResult, CheckCase } from '../../core/checks/types.ts';
import type { Profile } from '../../core/gateway/types.ts';
import type { EngineName } from '../../core/mq/engines.ts';
import { CausewayError, EXIT } from '../../core/protocol/errors.ts';
import { createStyle } from '../../core/report/style.ts';
import { escapeText, truncate } from '../../core/report/text.ts';
import { printError } from '../errors.ts';
import { EXIT_ABORTED, type Host, wantsColor } from '../host.ts';
import { confirmMq, type EngineFlags, externalOf } from '../mqFlags.ts';

export interface CheckFlags extends EngineFlags {
  readonly engine: EngineName;
  readonly allowNetwork?: boolean;
  readonly profile: Profile;
  readonly case?: readonly string[];
  readonly json?: boolean;
  readonly junit?: string;
  readonly list?: boolean;
  readonly evidence?: boolean;
}

const ERASE = '\r\x1b[2K';

/** The list that grows on stderr: a line per number when its last case is done, and on a terminal what is under way. */
class LiveList {
  private readonly host: Host;
  private readonly flags: CheckFlags;
  private readonly left = new Map<number, number>();
  private readonly results = new Map<number, CaseResult[]>();
  private readonly running = new Set<string>();
  private readonly total: number;
  private done = 0;

  constructor(host: Host, flags: CheckFlags, plan: readonly CheckCase[]) {
    this.host = host;
    this.flags = flags;
    this.total = plan.length;
    for (const { number } of plan) this.left.set(number, (this.left.get(number) ?? 0) + 1);
  }

  start(check: CheckCase): void {
    this.running.add(check.id);
    this.draw();
  }

  finish(result: CaseResult): void {
    this.done += 1;
    this.running.delete(result.id);
    const results = [...(this.results.get(result.number) ?? []), result];
    this.results.set(result.number, results);
    const left = (this.left.get(result.number) ?? 1) - 1;
    this.left.set(result.number, left);
    if (left === 0) {
      const { numbers } = makeReport({ name: this.flags.engine, profile: this.flags.profile }, results, 0);
      const style = createStyle(wantsColor(this.host, this.host.stderr));
      this.erase();
      for (const number of numbers) this.host.stderr.write(`${numberLine(number, style)}\n`);
    }
    this.draw();
  }

  erase(): void {
    if (this.host.stderr.isTTY) this.host.stderr.write(ERASE);
  }

  private draw(): void {
    if (!this.host.stderr.isTTY) return;
    const text = `${this.done} of ${this.total} cases done; now ${[...this.running].join(', ')}`;
    this.host.stderr.write(`${ERASE}${truncate(text, (this.host.stderr.columns ?? 80) - 1)}`);
  }
}

/** @throws CausewayError input.argument, folder.unwritable, and those of the lab */
export async function check(host: Host, flags: CheckFlags): Promise<number> {
  const plan = await host.services.checkPlan(flags.case ?? []);
  if (flags.list === true) {
    host.stdout.write(flags.json === true ? `${JSON.stringify(plan.map(described), null, 2)}\n` : planText(plan));
    return EXIT.pass;
  }
  const mq = await externalOf(host, flags);
  if (mq !== undefined) confirmMq(mq.address, flags.allowNetwork);
  // Before the work, not after it: a report that cannot be written is a mistake of the command line.
  if (flags.junit !== undefined) await writeReport(host, flags.junit, '');
  const live = new LiveList(host, flags, plan);
  let stopped = false;
  const unlisten = host.onSignal(() => {
    stopped = true;
  });
  let report: ConformanceReport;
  try {
    report = await host.services.check({
      ...(mq === undefined ? {} : { mq }),
      profile: flags.profile,
      cases: plan,
      onStart: (started) => live.start(started),
      onResult: (result) => live.finish(result),
      stopped: () => stopped,
    });
  } finally {
    unlisten();
    live.erase();
  }
  if (flags.json === true) host.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else {
    host.stdout.write(
      formatConformance(report, {
        color: wantsColor(host, host.stdout),
        evidence: flags.evidence ?? flags.case !== undefined,
        ...(host.stdout.columns === undefined ? {} : { columns: host.stdout.columns }),
      }),
    );
  }
  // A full disk must not cost what was found: it is shown already. On stderr alone, since stdout has its document.
  if (flags.junit !== undefined) {
    try {
      await writeReport(host, flags.junit, conformanceJunit(report));
    } catch (error) {
      return printError({ ...host, argv: host.argv.filter((word) => word !== '--json') }, error);
    }
  }
  if (stopped) {
    host.stderr.write('ended before all cases had run\n');
    return EXIT_ABORTED;
  }
  return report.verdict === 'pass' ? EXIT.pass : EXIT.failed;
}

const described = ({ id, number, title, why, covers }: CheckCase): object => ({ id, number, title, why, covers });

function planText(plan: readonly CheckCase[]): string {
  return plan.map((one) => `${one.id.padEnd(22)} ${escapeText(one.title)}\n${' '.repeat(22)} ${escapeText(one.why)}\n`).join('');
}

async function writeReport(host: Host, file: string, text: string): Promise<void> {
  try {
    await writeFile(host.path(file), text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CausewayError('folder.unwritable', { path: file, reason }, { cause: error });
  }
}
