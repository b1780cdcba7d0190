/** The part of a run's summary about credentials. */
import type { RunResult } from '../protocol/result.ts';
import { heading, type Paper } from './summarySections.ts';
import { type Cell, tableLines } from './table.ts';
import { formatCount } from './units.ts';

/** What the codes of `$SYS/tokenInvalidNotice` mean. */
const CODES: Readonly<Record<string, string>> = {
  '-1': 'account',
  1: 'forged',
  2: 'expired',
  3: 'revoked',
  4: 'resource',
  5: 'permission',
  8: 'signature',
};

function byCode(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(
    ([code, count]) => `${formatCount(count)} with code ${code} (${CODES[code] ?? 'unknown'})`,
  );
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** Tokens issued, renewed and revoked, and who was shut out; empty where no population has credentials. */
export function credentialsSection(result: RunResult, paper: Paper): string[] {
  const { credentials } = result;
  if (credentials === undefined) return [];
  const { issued, renewed, revoked, notices, dismissed } = credentials;
  const rows: Cell[][] = [
    ['tokens', `${formatCount(issued)} issued, ${formatCount(renewed)} renewed, ${formatCount(notices)} expiry notices`],
    ['revoked', `${formatCount(revoked)} members; ${formatCount(dismissed)} stayed away`],
    ['connections closed', byCode(credentials.closedByCode)],
    ['connects refused', byCode(credentials.refusedByCode)],
  ];
  return [
    heading('Credentials', 'as the gateway counts them', paper),
    ...tableLines({ ...paper, columns: [{ title: '' }, { title: '', shrink: true }], rows, headless: true }),
  ];
}
