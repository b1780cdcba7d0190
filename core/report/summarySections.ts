/** The parts of a run's summary on a terminal; each is a pure function from the result to lines. */
import type { Direction, Ledger, MappingCell, Path, RunResult } from '../protocol/result.ts';
import type { Style } from './style.ts';
import { type Cell, tableLines } from './table.ts';
import { displayWidth, escapeText, truncate, wrap } from './text.ts';
import { formatBytes, formatCount, formatMs, formatRate, formatShare, formatUs } from './units.ts';

/** How wide the terminal is and how to colour. */
export interface Paper {
  readonly width: number;
  readonly style: Style;
}

const DIRECTIONS: readonly Direction[] = ['up', 'down', 'device'];
const DIRECTION_TEXT: Readonly<Record<Direction, string>> = {
  up: 'up (MQTT to MQ)',
  down: 'down (MQ to MQTT)',
  device: 'device to device',
};

/** A section's title, with a short note of what stands below. */
export function heading(title: string, note: string, { width, style }: Paper): string {
  const room = width - displayWidth(title) - 2;
  return note === '' ? style('bold', title) : `${style('bold', title)}  ${style('dim', truncate(escapeText(note), room))}`;
}

const BADGE = { pass: 'goodBadge', fail: 'badBadge', invalid: 'warnBadge' } as const;
const MEANING = {
  pass: 'every promise was kept',
  fail: 'a promise was broken',
  invalid: 'the figures say nothing about the system under test',
} as const;

/** Verdict, the run in one line, and the reasons. */
export function verdictSection(result: RunResult, paper: Paper): string[] {
  const { style, width } = paper;
  const badge = style(BADGE[result.verdict], ` ${result.verdict.toUpperCase()} `);
  const meaning = MEANING[result.verdict];
  const name = escapeText(result.scenario.name);
  const lines = [`${badge}  ${style('bold', truncate(name, width - result.verdict.length - 4))}`, ...wrap(meaning, width, '  ')];
  if (result.interrupted) {
    lines.push(
      `  ${style('warn', 'interrupted')}: ended by hand after ${formatMs(result.trafficMs)} of ${formatMs(result.scenario.durationMs)}`,
    );
  }
  const bullet = result.verdict === 'invalid' ? style('warn', '!') : style('bad', '✗');
  for (const reason of result.reasons) {
    const [first = '', ...rest] = wrap(escapeText(reason.text), width - 4);
    lines.push(`  ${bullet} ${first}`, ...rest.map((line) => `    ${line}`));
    lines.push(`    ${style('dim', escapeText(reason.code))}`);
  }
  return lines;
}

/** What was asked, what was reached. */
export function loadSection(result: RunResult, paper: Paper): string[] {
  const { rates, clients, saturation } = result;
  const share = rates.offered === 0 ? 1 : rates.achieved / rates.offered;
  const short = share < 0.95;
  const rows: Cell[][] = [
    ['offered', formatRate(rates.offered), `by the schedule, over ${formatMs(result.trafficMs)}`],
    [
      'achieved',
      { text: formatRate(rates.achieved), style: short ? 'bad' : 'plain' },
      `${formatShare(share)} of it; schedule slip p99 ${formatUs(saturation.slip.p99)}`,
    ],
    [
      'delivered',
      formatRate(rates.delivered),
      `at receivers; ${formatBytes(rates.bytesIn)}/s from devices, ${formatBytes(rates.bytesOut)}/s to devices`,
    ],
    [
      'clients',
      { text: formatCount(clients.connected), style: clients.connected < clients.planned ? 'warn' : 'plain' },
      `of ${formatCount(clients.planned)} in ${formatMs(clients.connectMs)}; ${formatCount(clients.reconnects)} reconnects, ${formatCount(clients.refused)} refused`,
    ],
  ];
  const columns = [{ title: '' }, { title: '', align: 'right' as const }, { title: '', shrink: true }];
  const { name, title, storage, address } = result.engine;
  const engine = title === undefined ? `${name} MQ, ${storage}` : `${title} at ${address}`;
  return [
    heading('Load', `${engine}; seed ${result.scenario.seed}, scale ${result.scenario.scale}`, paper),
    ...tableLines({ ...paper, columns, rows, headless: true }),
  ];
}

const isUsed = (ledger: Ledger): boolean =>
  ledger.offered + ledger.sent + ledger.expected + ledger.delivered + ledger.unexpected > 0;

/** Row of the ledger, its counter, and whether more than none is a fault. */
const LEDGER_ROWS: readonly (readonly [string, keyof Ledger, boolean])[] = [
  ['offered', 'offered', false],
  ['sent', 'sent', false],
  ['acknowledged', 'acknowledged', false],
  ['not sent', 'notSent', false],
  ['expected deliveries', 'expected', false],
  ['delivered', 'delivered', false],
  ['lost', 'lost', true],
  ['missing, not promised', 'missingUnpromised', false],
  ['duplicated, explained', 'duplicatesExplained', false],
  ['duplicated, unexplained', 'duplicatesUnexplained', true],
  ['corrupted', 'corrupted', true],
  ['unexpected', 'unexpected', true],
];

/** One exact count per direction. */
export function ledgerSection(result: RunResult, paper: Paper): string[] {
  const used = DIRECTIONS.filter((direction) => result.ledger[direction] !== undefined && isUsed(result.ledger[direction]));
  const title = heading('Ledger', 'every message counted, none sampled', paper);
  if (used.length === 0) return [title, '  no message was sent'];
  const rows: Cell[][] = LEDGER_ROWS.map(([text, key, fault]) => [
    text,
    ...used.map((direction): Cell => {
      const value = result.ledger[direction][key] as number;
      const style = fault ? (value > 0 ? 'bad' : 'good') : value === 0 ? 'dim' : 'plain';
      return { text: formatCount(value), style };
    }),
  ]);
  rows.push([
    'reordered',
    ...used.map((direction): Cell => {
      const { reordered, maxReorderDistance, orderGuaranteed } = result.ledger[direction];
      const text = reordered === 0 ? '0' : `${formatCount(reordered)} (by up to ${formatCount(maxReorderDistance)})`;
      return { text, style: orderGuaranteed ? (reordered > 0 ? 'bad' : 'good') : 'dim' };
    }),
  ]);
  rows.push([
    'order',
    ...used.map((d): Cell => ({ text: result.ledger[d].orderGuaranteed ? 'promised' : 'not promised', style: 'dim' })),
  ]);
  const columns = [{ title: '' }, ...used.map((d) => ({ title: DIRECTION_TEXT[d], align: 'right' as const }))];
  return [title, ...tableLines({ ...paper, columns, rows })];
}

/** The property mapping: property by direction, checked and failed. */
export function mappingSection(result: RunResult, paper: Paper): string[] {
  const checked = result.mapping.filter((cell) => cell.checked > 0 || cell.failed > 0);
  if (checked.length === 0) return [];
  const ways = new Set(checked.map((cell) => cell.direction));
  const cells = result.mapping.filter(
    (cell) => checked.includes(cell) || (cell.unknown !== undefined && ways.has(cell.direction)),
  );
  const directions = (['up', 'down', 'device'] as const).filter((direction) =>
    cells.some((cell) => cell.direction === direction),
  );
  const properties = [...new Set(result.mapping.map((cell) => cell.property))];
  const show = (cell: MappingCell | undefined): Cell => {
    if (cell === undefined || cell.checked + cell.failed === 0)
      return { text: cell?.unknown === undefined ? '-' : 'unknown', style: 'dim' };
    if (cell.failed === 0) return { text: `✓ ${formatCount(cell.checked)}`, style: 'good' };
    return { text: `✗ ${formatCount(cell.failed)} of ${formatCount(cell.checked)} wrong`, style: 'bad' };
  };
  const rows = properties.map((property): Cell[] => [
    property,
    ...directions.map((d) => show(cells.find((cell) => cell.property === property && cell.direction === d))),
  ]);
  const columns = [{ title: 'property' }, ...directions.map((d) => ({ title: DIRECTION_TEXT[d], align: 'right' as const }))];
  const lines = [
    heading('Mapping', 'each property against what its sender did', paper),
    ...tableLines({ ...paper, columns, rows }),
  ];
  for (const cell of cells.filter((c) => c.failed > 0)) {
    const example = cell.examples[0];
    if (example === undefined) continue;
    const text = `first wrong ${cell.property} ${cell.direction}: ${example.stream} #${example.sequence} at ${example.receiver}: expected ${example.expected}, found ${example.found}`;
    lines.push(...wrap(escapeText(text), paper.width - 4).map((line, i) => `${i === 0 ? '  ' : '    '}${line}`));
  }
  return lines;
}

/** `gatewayToMq` as `gateway → MQ`. */
function hopText(name: string): string {
  const [from = '', to] = name.split(/To(?=[A-Z])/);
  const word = (text: string): string => {
    const lower = text.charAt(0).toLowerCase() + text.slice(1);
    return lower === 'mq' ? 'MQ' : lower;
  };
  return to === undefined ? word(from) : `${word(from)} → ${word(to)}`;
}

const latencyCells = (l: Path['endToEnd']): Cell[] => [formatUs(l.p50), formatUs(l.p95), formatUs(l.p99), formatUs(l.mean)];

/** Latency hop by hop, and the check that the hops add up. */
export function latencySection(path: Path, paper: Paper): string[] {
  if (path.endToEnd.count === 0) return [];
  const rows: Cell[][] = path.hops.map((hop) => [hopText(hop.name), ...latencyCells(hop.latency)]);
  const strong = (cells: Cell[]): Cell[] =>
    cells.map((cell) => ({ text: typeof cell === 'string' ? cell : cell.text, style: 'bold' }));
  rows.push(strong(['end to end', ...latencyCells(path.endToEnd)]));
  rows.push(['from the send, not the due time', ...latencyCells(path.service)]);
  const columns = [
    { title: '', shrink: true },
    ...['p50', 'p95', 'p99', 'mean'].map((title) => ({ title, align: 'right' as const })),
  ];
  const lines = [
    heading(
      `Latency ${DIRECTION_TEXT[path.direction]}`,
      `${formatCount(path.endToEnd.count)} deliveries, from the due time`,
      paper,
    ),
    ...tableLines({ ...paper, columns, rows }),
  ];
  const mean = path.endToEnd.mean;
  if (path.sumOfHopMeans !== null && mean !== null && path.hops.length > 0) {
    const off = mean === 0 ? 0 : Math.abs(path.sumOfHopMeans - mean) / mean;
    const mark = off <= 0.01 ? paper.style('good', '✓') : paper.style('bad', '✗');
    const text = `the hops' means add up to ${formatUs(path.sumOfHopMeans)}, ${(off * 100).toFixed(2)} % off the end-to-end mean`;
    lines.push(`  ${mark} ${text}`);
  }
  if (path.untraced > 0)
    lines.push(paper.style('dim', `  ${formatCount(path.untraced)} deliveries count in no hop: their trace was overwritten`));
  return lines;
}

const MAX_WAVES = 12;

/** Commands to many devices: how the acknowledgements came in. */
export function wavesSection(result: RunResult, paper: Paper): string[] {
  const lines: string[] = [];
  if (result.answers.length > 0) {
    const rows = result.answers.map((a): Cell[] => [
      a.command,
      formatCount(a.sent),
      { text: `${formatCount(a.answered)} of ${formatCount(a.expected)}`, style: a.answered < a.expected ? 'warn' : 'plain' },
      formatUs(a.latency.p50),
      formatUs(a.latency.p95),
      formatUs(a.latency.p99),
    ]);
    const columns = [
      { title: 'command', shrink: true },
      ...['sent', 'answered', 'p50', 'p95', 'p99'].map((title) => ({ title, align: 'right' as const })),
    ];
    lines.push(heading('Answers', "from a command's due time to its answer at the service", paper));
    lines.push(...tableLines({ ...paper, columns, rows }));
  }
  // A wave of one is an answer like any other; with many waves the largest tell the most.
  const waves = result.waves
    .filter((wave) => wave.expected > 1)
    .sort((a, b) => b.expected - a.expected)
    .slice(0, MAX_WAVES);
  if (waves.length > 0) {
    const rows = waves.map((w): Cell[] => [
      `${w.command} #${w.sequence}`,
      w.target,
      { text: `${formatCount(w.answered)} of ${formatCount(w.expected)}`, style: w.answered < w.expected ? 'warn' : 'plain' },
      formatUs(w.t50),
      formatUs(w.t95),
      formatUs(w.t100),
    ]);
    const columns = [
      { title: 'command', shrink: true },
      { title: 'to', shrink: true },
      ...['answered', '50 %', '95 %', '100 %'].map((title) => ({ title, align: 'right' as const })),
    ];
    const all = result.waves.filter((wave) => wave.expected > 1).length;
    const note = `time until so many had answered${all > waves.length ? `; the ${waves.length} largest of ${formatCount(all)}` : ''}`;
    if (lines.length > 0) lines.push('');
    lines.push(heading('Waves', note, paper), ...tableLines({ ...paper, columns, rows }));
  }
  return lines;
}
