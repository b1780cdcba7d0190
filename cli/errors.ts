/** How errors reach the user: a message, a hint, the list of problems; as JSON on stdout where JSON was asked for. */
import { CommanderError } from 'commander';
import { CausewayError, EXIT, type Problem } from '../core/protocol/errors.ts';
import { createStyle } from '../core/report/style.ts';
import { escapeText } from '../core/report/text.ts';
import { type Host, wantsColor } from './host.ts';

interface Report {
  code: string;
  message: string;
  hint: string | undefined;
  exit: number;
  problems: readonly Problem[];
}

/** A command line that commander refused. */
function argumentReport(error: CommanderError): Report {
  const message = error.message.replace(/^error: /, '');
  const suggestion = /\n\((Did you mean .*)\)$/.exec(message);
  return {
    code: 'input.argument',
    message: suggestion === null ? message : message.slice(0, suggestion.index),
    hint: suggestion === null ? undefined : suggestion[1]!.replace(/^D/, 'd'),
    exit: EXIT.input,
    problems: [],
  };
}

/** Whose help tells more: that of the command on this command line, else (it is the command that is wrong) the one above. */
function usageHint(error: CommanderError, argv: readonly string[]): string {
  const depth = ['mq', 'account', 'token'].includes(argv[0] ?? '') ? 2 : 1;
  const words = argv.slice(0, error.code === 'commander.unknownCommand' ? depth - 1 : depth);
  return `see ${['causeway', ...words.filter((word) => /^[a-z]+$/.test(word)), '--help'].join(' ')}`;
}

function reportOf(error: unknown): Report {
  if (error instanceof CommanderError) return argumentReport(error);
  const known =
    error instanceof CausewayError
      ? error
      : new CausewayError('internal', { reason: error instanceof Error ? error.message : String(error) });
  return { code: known.code, message: known.message, hint: known.hint, exit: known.exit, problems: known.problems };
}

/** `file:line:column  message (did you mean ...?)` */
export function problemLine(problem: Problem): string {
  const suggestion = problem.suggestion === undefined ? '' : ` (did you mean ${problem.suggestion}?)`;
  return escapeText(`${problem.path}:${problem.line}:${problem.column}  ${problem.message}${suggestion}`);
}

/** Prints the error and returns the exit code. A stack trace only with CAUSEWAY_DEBUG=1. */
export function printError(host: Host, error: unknown): number {
  const report = reportOf(error);
  const style = createStyle(wantsColor(host, host.stderr));
  const lines = [`${style('bad', 'error:')} ${escapeText(report.message)}`];
  for (const problem of report.problems) lines.push(`  ${problemLine(problem)}`);
  const hint = report.hint ?? (error instanceof CommanderError ? usageHint(error, host.argv) : undefined);
  if (hint !== undefined) lines.push(`${style('accent', 'hint:')} ${escapeText(hint)}`);
  if (host.env.CAUSEWAY_DEBUG === '1' && error instanceof Error) {
    lines.push(error.stack ?? '');
    if (error.cause instanceof Error) lines.push(`caused by: ${error.cause.stack ?? error.cause.message}`);
  }
  host.stderr.write(`${lines.join('\n')}\n`);
  if (host.argv.includes('--json')) host.stdout.write(`${JSON.stringify({ error: report }, null, 2)}\n`);
  return report.exit;
}
