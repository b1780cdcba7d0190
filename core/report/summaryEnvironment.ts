/** The parts of a summary about the run's surroundings: consumers, thresholds, faults, threads. */
import type { RunResult } from '../protocol/result.ts';
import { heading, type Paper } from './summarySections.ts';
import { type Cell, tableLines } from './table.ts';
import { escapeText, wrap } from './text.ts';
import { formatCount, formatShare, formatUs } from './units.ts';

/** The consumer groups and how evenly their members were served. */
export function servicesSection(result: RunResult, paper: Paper): string[] {
  if (result.services.length === 0) return [];
  const rows = result.services.map((service): Cell[] => {
    const counts = service.members.map((member) => member.received);
    const spread = counts.length < 2 ? '' : `${formatCount(Math.min(...counts))} .. ${formatCount(Math.max(...counts))}`;
    return [service.name, service.group, service.mode, String(counts.length), formatCount(service.received), spread];
  });
  const columns = [
    { title: 'service', shrink: true },
    { title: 'group', shrink: true },
    { title: 'mode' },
    ...['members', 'received', 'per member'].map((title) => ({ title, align: 'right' as const })),
  ];
  return [
    heading('Services', 'clustering: once a group; broadcasting: every member', paper),
    ...tableLines({ ...paper, columns, rows }),
  ];
}

/** What the scenario asked for, found and judged. */
export function thresholdsSection(result: RunResult, paper: Paper): string[] {
  if (result.thresholds.length === 0) return [];
  const rows = result.thresholds.map((threshold): Cell[] => [
    threshold.passed ? { text: '✓', style: 'good' } : { text: '✗', style: 'bad' },
    threshold.text,
    threshold.found === null ? 'nothing measured' : `found ${Number(threshold.found.toPrecision(4))}`,
  ]);
  const columns = [{ title: '' }, { title: '', shrink: true }, { title: '', align: 'right' as const }];
  return [heading('Thresholds', '', paper), ...tableLines({ ...paper, columns, rows, headless: true })];
}

/** Faults that were put in on purpose. */
export function faultsSection(result: RunResult, paper: Paper): string[] {
  const faults = Object.entries(result.faultsInjected).filter(([, times]) => times > 0);
  if (faults.length === 0) return [];
  const text = faults.map(([name, times]) => `${name} ${formatCount(times)}x`).join(', ');
  return [
    heading('Faults injected', 'on purpose, by the scenario or by hand', paper),
    ...wrap(escapeText(text), paper.width, '  '),
  ];
}

/** Was the generator the limit? */
export function saturationSection(result: RunResult, paper: Paper): string[] {
  const { saturation } = result;
  const state = saturation.saturated ? paper.style('warn', 'saturated') : paper.style('good', 'not saturated');
  const lines = [`${heading('Generator', '', paper)}  ${state}`];
  for (const reason of [...saturation.reasons, ...(saturation.starved ?? [])])
    lines.push(...wrap(`! ${escapeText(reason)}`, paper.width, '  '));
  const rows = saturation.threads.map((thread): Cell[] => [
    thread.thread,
    formatShare(thread.utilisation),
    { text: formatShare(thread.utilisationMax), style: thread.utilisationMax > 0.95 ? 'warn' : 'plain' },
    formatUs(thread.eventLoopDelay.p50),
    formatUs(thread.eventLoopDelay.p99),
    formatUs(thread.eventLoopDelay.max),
  ]);
  const columns = [
    { title: 'thread', shrink: true },
    ...['busy', 'worst', 'delay p50', 'p99', 'max'].map((title) => ({ title, align: 'right' as const })),
  ];
  if (rows.length > 0) lines.push(...tableLines({ ...paper, columns, rows }));
  return lines;
}

/** The machine, in one line: figures of different machines are not comparable. */
export function environmentSection(result: RunResult, paper: Paper): string[] {
  const e = result.environment;
  const text = `causeway ${e.causeway}, Node ${e.node}, ${e.os}, ${e.cores} x ${e.cpu}, ${formatCount(e.memoryMb)} MB; run ${result.runId}`;
  return wrap(escapeText(text), paper.width).map((line) => paper.style('dim', line));
}
