/** The table as one HTML page that needs nothing else: no script, no font, no picture from elsewhere. */
import type { ChooseCell, ChooseRow, ChooseTable } from '../protocol/choose.ts';
import { EMBEDDED_NOTE, figureText, holdsText, recommendedText } from './console.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const safe = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);

const STYLE = `:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #8886;padding:.5rem;text-align:left;vertical-align:top}
small{opacity:.8}ul{margin:.3rem 0;padding-left:1.1rem}.label{border:1px solid;padding:.5rem}tr{break-inside:avoid}
@media print{body{margin:0;max-width:none;font-size:11px}}`;

const cellHtml = (cell: ChooseCell): string =>
  `<td><b>${safe(cell.claim)}</b>: ${safe(holdsText(cell))}<ul>${cell.figures.map((one) => `<li>${safe(figureText(one))}</li>`).join('')}</ul><small>${safe(cell.note)}</small></td>`;

function rowHtml(row: ChooseRow): string {
  const { measured } = row;
  const told =
    measured === null
      ? ''
      : `<p><small>${safe(`${row.method} ${measured.engine}; ${measured.machine}; ${measured.at}${measured.overloaded === true ? '; overloaded machine' : ''}`)}</small></p>`;
  return `<tr><th scope="row">${safe(row.title)}</th>${cellHtml(row.mqtt)}${cellHtml(row.mq)}<td><b>${safe(recommendedText(row))}</b><br>${safe(row.reason)}${told}</td></tr>`;
}

export function chooseHtml(table: ChooseTable): string {
  const label = table.embedded ? `<p class="label">${safe(EMBEDDED_NOTE)}</p>` : '';
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>MQTT or MQ? (${safe(table.engine)})</title><style>${STYLE}</style></head>
<body><h1>MQTT or MQ? Measured with ${safe(table.engine)}</h1>${label}
<table><thead><tr><th scope="col">What</th><th scope="col">MQTT</th><th scope="col">MQ</th><th scope="col">Recommended</th></tr></thead><tbody>
${table.rows.map(rowHtml).join('\n')}
</tbody></table></body></html>
`;
}
