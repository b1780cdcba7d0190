/** The table as one HTML page that needs nothing else: no script, no font, no picture from elsewhere. */
import { ENGINES, type EngineName } from '../mq/engines.ts';
import type { ChooseCell, ChooseRow, ChooseTable } from '../protocol/choose.ts';
import { EMBEDDED_NOTE, holdsText, OVERLOADED_NOTE, recommendedText, timeText } from './console.ts';
import { valueText } from './figures.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const safe = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);

const STYLE = `:root{color-scheme:light dark;--line:#8885;--soft:#8881}body{font:14px/1.5 system-ui,sans-serif;max-width:84rem;margin:2rem auto;padding:0 1.25rem}
h1{font-size:1.6rem;margin:0 0 .5rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}table{border-collapse:collapse;width:100%;table-layout:fixed}
th,td{border-top:1px solid var(--line);padding:.6rem .75rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}thead th{background:var(--soft);border:0}
col:nth-child(1){width:14%}col:nth-child(4){width:28%}small{opacity:.75}dl{margin:.4rem 0}dl div{display:flex;justify-content:space-between;gap:1rem}dt{opacity:.75}
dd{margin:0;flex:none;max-width:60%;text-align:right;font-variant-numeric:tabular-nums}.label{border-left:4px solid #c08a00;background:var(--soft);padding:.5rem .75rem}
.yes{color:#1a7f4b}.no{color:#c0392b}.use{font-size:1.1rem;font-weight:600}details{margin-top:.4rem}p{margin:.3rem 0}tbody tr{break-inside:avoid}
@media(prefers-color-scheme:dark){.yes{color:#5fd39a}.no{color:#ff8a7a}}@media print{body{margin:0;max-width:none;font-size:10px}}`;

function cellHtml(cell: ChooseCell): string {
  const figures = cell.figures.map((figure) => {
    const note = figure.note === undefined ? '' : `<br><small>${safe(figure.note)}</small>`;
    return `<div><dt>${safe(figure.name)}${note}</dt><dd>${safe(valueText(figure))}</dd></div>`;
  });
  const state = cell.holds === null ? '' : cell.holds ? ' class="yes"' : ' class="no"';
  const note = cell.note === '' ? '' : `<small>${safe(cell.note)}</small>`;
  return `<td>${safe(cell.claim)}: <b${state}>${safe(holdsText(cell))}</b><dl>${figures.join('')}</dl>${note}</td>`;
}

function rowHtml(row: ChooseRow): string {
  const { measured } = row;
  const told =
    measured === null
      ? ''
      : `<p>${safe(row.reason)}</p><p><small>How: ${safe(row.method)}</small></p><p><small>${safe(
          `${measured.engine}; ${timeText(measured.at)}, ${measured.seconds} s; ${measured.machine}${measured.overloaded === true ? `; ${OVERLOADED_NOTE}` : ''}`,
        )}</small></p>`;
  return `<tr><th scope="row">${safe(row.title)}</th>${cellHtml(row.mqtt)}${cellHtml(row.mq)}<td><span class="use">${safe(recommendedText(row))}</span>${told}</td></tr>`;
}

function sectionHtml(title: string, rows: readonly ChooseRow[]): string {
  if (rows.length === 0) return '';
  return `<h2>${title}</h2>
<table><colgroup><col><col><col><col></colgroup><thead><tr><th scope="col">What</th><th scope="col">MQTT</th><th scope="col">MQ</th><th scope="col">By what was measured</th></tr></thead><tbody>
${rows.map(rowHtml).join('\n')}
</tbody></table>`;
}

export function chooseHtml(table: ChooseTable): string {
  const label = table.embedded ? `<p class="label">${safe(EMBEDDED_NOTE)}</p>` : '';
  const title = `MQTT or MQ? Measured with ${table.embedded ? 'the embedded MQ' : ENGINES[table.engine as EngineName].title}`;
  const of = (kind: ChooseRow['kind']) => table.rows.filter((row) => row.kind === kind);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${safe(title)}</title><style>${STYLE}</style></head>
<body><h1>${safe(title)}</h1>${label}
${sectionHtml('Features', of('feature'))}
${sectionHtml('Recommended model', of('scenario'))}
</body></html>
`;
}
