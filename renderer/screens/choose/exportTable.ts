/** The tables as a file: JSON as the lab holds them, or a page of HTML that needs nothing else. */
import type { ChooseCell, ChooseRow, ChooseTable } from '../../../core/protocol/choose.ts';
import type { Format } from '../../shared/format.ts';
import { wirePlain } from '../../shared/wire.ts';
import type { Texts } from '../../text/en.ts';
import { labText } from '../../text/lab.ts';
import type { Language } from '../../text/useText.tsx';
import { figureText } from './figures.ts';

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const html = (text: string): string => wirePlain(text, 4_000).replace(/[&<>"']/g, (sign) => SIGNS[sign] as string);

const STYLE =
  'body{font:14px/1.45 system-ui,sans-serif;margin:32px;color:#182125}table{border-collapse:collapse;width:100%;margin-bottom:28px}' +
  'th,td{border:1px solid #d9e1e3;padding:8px;text-align:left;vertical-align:top}th{background:#f5f8f8}ul{margin:6px 0 0;padding-left:18px}' +
  'small{color:#55656b}.note{padding:8px 12px;background:#faf0cd}';

export function tableHtml(table: ChooseTable, words: Texts['choose'], format: Format, language: Language): string {
  const cell = ({ claim, holds, note, figures }: ChooseCell, measured: boolean): string => {
    const state = holds === true ? 'yes' : holds === false ? 'no' : measured ? 'unknown' : 'none';
    const lines = figures.map((figure) => {
      const why = figure.note === undefined ? '' : ` <small>(${html(labText(language, figure.note))})</small>`;
      return `<li>${html(words.figure(figure.name))}: ${html(figureText(figure, words, format))}${why}</li>`;
    });
    const list = lines.length === 0 ? '' : `<ul>${lines.join('')}</ul>`;
    return `<td><b>${html(words.claim(claim))}</b><br>${html(words.holds[state])}${list}${note === '' ? '' : `<p><small>${html(labText(language, note))}</small></p>`}</td>`;
  };
  const line = (row: ChooseRow): string => {
    const { measured } = row;
    const use = words.recommended[row.recommended ?? (measured === null ? 'none' : 'open')];
    const busy = measured?.overloaded === true ? ` · ${words.overloaded}` : '';
    const how =
      measured === null
        ? ''
        : `<p><small>${html(`${labText(language, row.method)} · ${measured.engine} · ${format.date(measured.at)} · ${measured.machine}${busy}`)}</small></p>`;
    const reason = measured === null ? '' : `<p>${html(labText(language, row.reason))}</p>`;
    return `<tr><th scope="row">${html(words.title(row.id, row.title))}</th>${cell(row.mqtt, measured !== null)}${cell(row.mq, measured !== null)}<td><b>${html(use)}</b>${reason}${how}</td></tr>`;
  };
  const section = (kind: ChooseRow['kind']): string => {
    const { what, mqtt, mq, recommended } = words.columns;
    const head = [what, mqtt, mq, recommended].map((name) => `<th scope="col">${html(name)}</th>`).join('');
    const lines = table.rows.filter((row) => row.kind === kind).map(line);
    return `<h2>${html(words.tables[kind])}</h2><table><thead><tr>${head}</tr></thead><tbody>${lines.join('\n')}</tbody></table>`;
  };
  const note = table.embedded ? words.embedded : words.outside(table.engine);
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>MQTT / MQ</title><style>${STYLE}</style></head>
<body><h1>MQTT / MQ</h1><p class="note">${html(note)}</p>
${section('feature')}
${section('scenario')}
</body></html>
`;
}

export const tableJson = (table: ChooseTable): string => `${JSON.stringify(table, null, 2)}\n`;
