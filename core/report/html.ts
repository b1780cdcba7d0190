/**
 * The result of a run as one HTML file that needs nothing else: no script, no address outside. Texts come from scenario files and
 * from the wire, so every one is escaped, and a policy in the page forbids whatever should get through all the same.
 */
import type { Frame, RunResult } from '../protocol/result.ts';
import { escapeText } from './text.ts';
import { formatCount, formatMs, formatRate, formatUs } from './units.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Control characters as visible escapes, the rest as it reads. */
const safe = (text: string): string => escapeText(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #d8dde3;overflow-wrap:anywhere}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
.pass{color:#0b6b2b}.fail{color:#a40e26}.invalid{color:#7a4b00}
svg{width:100%;height:auto;background:#f6f8fa}figcaption{color:#4a535d}
@media (prefers-color-scheme:dark){body{color:#e6e9ec;background:#14181c}th,td{border-color:#323a42}svg{background:#1d2329}figcaption{color:#a3adb7}.pass{color:#5fd68b}.fail{color:#ff8896}.invalid{color:#f0b65a}}`;

type Cell = string | { readonly number: string };

function table(head: readonly Cell[], rows: readonly (readonly Cell[])[]): string {
  const cells = (tag: 'th' | 'td', row: readonly Cell[]): string =>
    row
      .map((cell) =>
        typeof cell === 'string' ? `<${tag}>${safe(cell)}</${tag}>` : `<${tag} class="n">${safe(cell.number)}</${tag}>`,
      )
      .join('');
  return `<table><thead><tr>${cells('th', head)}</tr></thead><tbody>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('')}</tbody></table>`;
}

const n = (number: string): Cell => ({ number });
const section = (title: string, body: string): string => `<h2>${safe(title)}</h2>${body}`;

const WIDTH = 900;
const HEIGHT = 200;

/** One line per series over the time of the run; `values` may have gaps. */
function chart(
  title: string,
  frames: readonly Frame[],
  series: readonly { name: string; color: string; of(frame: Frame, i: number): number | null }[],
  unit: (value: number) => string,
): string {
  if (frames.length < 2) return '';
  const from = frames[0]!.atMs;
  const span = Math.max(1, frames.at(-1)!.atMs - from);
  const lines = series.map(({ name, color, of }) => ({ name, color, values: frames.map(of) }));
  const top = lines.reduce((most, { values }) => values.reduce<number>((a, b) => Math.max(a, b ?? 0), most), 0);
  if (top === 0) return '';
  const paths = lines.map(({ color, values }) => {
    let pen = 'M';
    const steps = values.map((value, i) => {
      if (value === null) {
        pen = 'M';
        return '';
      }
      const x = ((frames[i]!.atMs - from) / span) * WIDTH;
      const step = `${pen}${x.toFixed(1)} ${(HEIGHT - (value / top) * (HEIGHT - 10)).toFixed(1)}`;
      pen = 'L';
      return step;
    });
    return `<path d="${steps.join('')}" fill="none" stroke="${color}" stroke-width="1.5"/>`;
  });
  const key = lines.map(({ name, color }) => `<span style="color:${color}">&#9644;</span> ${safe(name)}`).join(' ');
  return `<figure><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${safe(title)}">${paths.join('')}</svg><figcaption>${safe(title)}, up to ${safe(unit(top))}: ${key}</figcaption></figure>`;
}

const DIRECTIONS = [
  { direction: 'up', color: '#1f77b4' },
  { direction: 'down', color: '#d9730d' },
  { direction: 'device', color: '#2a9d5c' },
] as const;

function charts(frames: readonly Frame[]): string {
  const seconds = (i: number): number =>
    Math.max(0.001, (frames[i]!.atMs - (frames[i - 1]?.atMs ?? frames[i]!.atMs - 250)) / 1000);
  const rates = DIRECTIONS.map(({ direction, color }) => ({
    name: direction,
    color,
    of: (frame: Frame, i: number) => frame[direction] / seconds(i),
  }));
  const p99 = DIRECTIONS.map(({ direction, color }) => ({
    name: direction,
    color,
    of: (frame: Frame) => frame.latency[direction].p99,
  }));
  return (
    chart('Messages delivered a second', frames, rates, formatRate) + chart('99th percentile of latency', frames, p99, formatUs)
  );
}

/** The whole page. */
export function resultHtml(result: RunResult, frames: readonly Frame[]): string {
  const { scenario, rates, clients, engine, environment } = result;
  const reasons = result.reasons.map(({ code, text }) => `<li>${safe(text)} <small>(${safe(code)})</small></li>`).join('');
  const traffic = frames.filter(({ atMs, state }) => atMs >= 0 && state !== 'connecting');
  const parts = [
    `<h1>${safe(scenario.name)}: <span class="${result.verdict}">${result.verdict}</span></h1>`,
    reasons === '' ? '' : `<ul>${reasons}</ul>`,
    `<p>${safe(result.startedAt)}, ${safe(formatMs(result.trafficMs))} of traffic, ${formatCount(clients.connected)} of ${formatCount(clients.planned)} clients, ${safe(engine.title ?? engine.name)}${result.interrupted ? ', ended early' : ''}</p>`,
    table(
      ['Offered', 'Achieved', 'Delivered'],
      [[n(formatRate(rates.offered)), n(formatRate(rates.achieved)), n(formatRate(rates.delivered))]],
    ),
    charts(traffic),
    result.thresholds.length === 0
      ? ''
      : section(
          'Thresholds',
          table(
            ['Threshold', 'Found', ''],
            result.thresholds.map((t) => [t.text, n(t.found === null ? '-' : String(t.found)), t.passed ? 'passed' : 'missed']),
          ),
        ),
    section(
      'Latency end to end',
      table(
        ['Direction', n('Messages'), n('Mean'), n('50 %'), n('95 %'), n('99 %'), n('Longest')],
        result.paths.map(({ direction, endToEnd: e }) => [
          direction,
          n(formatCount(e.count)),
          ...[e.mean, e.p50, e.p95, e.p99, e.max].map((us) => n(formatUs(us))),
        ]),
      ),
    ),
    section(
      'Hops',
      table(
        ['Direction', 'Hop', n('Mean'), n('99 %')],
        result.paths.flatMap(({ direction, hops }) =>
          hops.map(({ name, latency }) => [direction, name, n(formatUs(latency.mean)), n(formatUs(latency.p99))]),
        ),
      ),
    ),
    section(
      'Ledger',
      table(
        [
          'Direction',
          n('Expected'),
          n('Delivered'),
          n('Lost'),
          n('Duplicates unexplained'),
          n('Reordered'),
          n('Corrupted'),
          n('Unexpected'),
        ],
        Object.entries(result.ledger).map(([direction, l]) => [
          direction,
          ...[l.expected, l.delivered, l.lost, l.duplicatesUnexplained, l.reordered, l.corrupted, l.unexpected].map((count) =>
            n(formatCount(count)),
          ),
        ]),
      ),
    ),
    section(
      'Mapping',
      table(
        ['Direction', 'Property', n('Checked'), n('Wrong'), 'First that was wrong'],
        result.mapping
          .filter(({ checked }) => checked > 0)
          .map(({ direction, property, checked, failed, examples: [first] }) => [
            direction,
            property,
            n(formatCount(checked)),
            n(formatCount(failed)),
            first === undefined ? '' : `expected ${first.expected}, found ${first.found} (${first.stream}, ${first.receiver})`,
          ]),
      ),
    ),
    section(
      'Environment',
      table(
        ['What', ''],
        [
          ['Causeway', environment.causeway],
          ['Node', environment.node],
          ['System', environment.os],
          ['Processor', `${environment.cpu}, ${environment.cores} cores`],
          ['Seed', String(scenario.seed)],
          ['Scenario', `${scenario.path} (${scenario.sha256.slice(0, 12)})`],
          ['Changed', scenario.overrides.join(', ')],
        ],
      ),
    ),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${safe(scenario.name)}: ${result.verdict}</title><style>${STYLE}</style></head>
<body>${parts.join('\n')}</body></html>
`;
}
