// Turns what a command printed with colours into a picture of a terminal: an SVG, or through headless Chromium a PNG.
//   FORCE_COLOR=1 npx causeway run iov-fleet | node scripts/terminalPicture.mjs --out docs/images/run.png --sections IoV,Latency
// --sections: only the blocks (separated by empty lines) whose first line starts with one of these; default: all.
// --title: what stands in the window's bar. The PNG needs `chromium` on the PATH, or its path in CHROMIUM.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs, stripVTControlCharacters } from 'node:util';

const { values } = parseArgs({
  options: { out: { type: 'string' }, sections: { type: 'string' }, title: { type: 'string', default: 'causeway' } },
});
if (values.out === undefined || !/\.(svg|png)$/.test(values.out)) throw new Error('--out FILE.svg or FILE.png is needed');

const FONT = 14;
/** Advance of a character in DejaVu Sans Mono, in ems; every run of text is stretched to the grid, whatever the font. */
const ADVANCE = 0.602;
const CELL = FONT * ADVANCE;
const LINE = 19;
const PAD = 22;
const BAR = 34;
const COLORS = {
  paper: '#0d1117',
  bar: '#161b22',
  edge: '#30363d',
  text: '#c9d1d9',
  bold: '#f0f6fc',
  dim: '#7d8590',
  title: '#8b949e',
  30: '#484f58',
  31: '#ff7b72',
  32: '#56d364',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76e3ea',
  37: '#c9d1d9',
  97: '#ffffff',
  41: '#da3633',
  42: '#238636',
  43: '#9e6a03',
};

/** One escape sequence that sets colours; made from text, so that no control character stands in the source. */
const SEQUENCE = new RegExp(`${String.fromCharCode(27)}\\[([0-9;]*)m`);

/** The blocks asked for, in the order in which they were printed. */
function pick(text, wanted) {
  const blocks = text.trimEnd().split(/\n[ \t]*\n/);
  if (wanted === undefined) return blocks.join('\n\n').split('\n');
  const starts = wanted.split(',');
  const kept = blocks.filter((block) => {
    // The verdict's badge stands in front of the scenario's name.
    const first = stripVTControlCharacters(block).trimStart();
    return starts.some((start) => first.replace(/^(PASS|FAIL|INVALID)\s+/, '').startsWith(start.trim()));
  });
  if (kept.length === 0) throw new Error(`no block starts with one of: ${wanted}`);
  return kept.join('\n\n').split('\n');
}

/** Runs of one line: text, column and style. Only the codes that the summary uses. */
function runsOf(line) {
  const runs = [];
  let style = {};
  let column = 0;
  // Split by an expression with one group: texts at even places, the codes between them at odd ones.
  for (const [place, part] of line.split(SEQUENCE).entries()) {
    if (place % 2 === 0) {
      if (part !== '') runs.push({ text: part, column, style: { ...style } });
      column += [...part].length;
      continue;
    }
    for (const code of part.split(';').map(Number)) {
      if (code === 0) style = {};
      else if (code === 1) style.bold = true;
      else if (code === 2) style.dim = true;
      else if (code === 22) style = { ...style, bold: false, dim: false };
      else if (code === 39) style.color = undefined;
      else if (code === 49) style.back = undefined;
      else if ((code >= 30 && code <= 37) || code === 97) style.color = code;
      else if (code >= 41 && code <= 47) style.back = code;
    }
  }
  return { runs, columns: column };
}

const markup = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const n = (value) => Number(value.toFixed(2));

function svgOf(lines, title) {
  const parsed = lines.map(runsOf);
  const width = Math.ceil(Math.max(...parsed.map((line) => line.columns)) * CELL + 2 * PAD);
  const height = BAR + 2 * PAD + lines.length * LINE - 6;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT}">`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="${COLORS.paper}" stroke="${COLORS.edge}"/>`,
    `<path d="M0.5 ${BAR}V10.5a10 10 0 0 1 10 -10H${width - 10.5}a10 10 0 0 1 10 10V${BAR}Z" fill="${COLORS.bar}" stroke="${COLORS.edge}"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map((fill, i) => `<circle cx="${20 + 20 * i}" cy="${BAR / 2}" r="6" fill="${fill}"/>`),
    `<text x="${width / 2}" y="${BAR / 2 + 4.5}" fill="${COLORS.title}" font-size="13" text-anchor="middle">${markup(title)}</text>`,
  ];
  for (const [row, { runs }] of parsed.entries()) {
    const y = BAR + PAD + row * LINE + 8;
    for (const { text, column, style } of runs) {
      const x = n(PAD + column * CELL);
      if (style.back !== undefined) {
        const wide = n([...text].length * CELL);
        out.push(`<rect x="${x}" y="${y - 14.5}" width="${wide}" height="${LINE}" rx="3" fill="${COLORS[style.back]}"/>`);
      }
      const body = text.trim();
      if (body === '') continue;
      const skipped = text.length - text.trimStart().length;
      const fill = style.color ? COLORS[style.color] : style.dim ? COLORS.dim : style.bold ? COLORS.bold : COLORS.text;
      const weight = style.bold ? ' font-weight="bold"' : '';
      const length = n([...body].length * CELL);
      out.push(
        `<text x="${n(x + skipped * CELL)}" y="${y}" fill="${fill}"${weight} textLength="${length}" xml:space="preserve">${markup(body)}</text>`,
      );
    }
  }
  return { svg: `${out.join('\n')}\n</svg>\n`, width, height };
}

function writePng(path, { svg, width, height }) {
  const folder = mkdtempSync(join(tmpdir(), 'terminal-picture-'));
  try {
    const page = join(folder, 'page.html');
    writeFileSync(page, `<meta charset="utf-8"><style>body{margin:0}svg{display:block}</style>${svg}`);
    const chromium = spawnSync(
      process.env.CHROMIUM ?? 'chromium',
      [
        '--headless',
        '--no-sandbox',
        '--hide-scrollbars',
        '--force-device-scale-factor=2',
        '--default-background-color=00000000',
        `--window-size=${width},${height}`,
        `--screenshot=${resolve(path)}`,
        pathToFileURL(page).href,
      ],
      { encoding: 'utf8' },
    );
    if (chromium.error !== undefined || chromium.status !== 0)
      throw new Error(`chromium made no picture: ${chromium.error?.message ?? chromium.stderr}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const picture = svgOf(pick(readFileSync(0, 'utf8'), values.sections), values.title);
if (values.out.endsWith('.svg')) writeFileSync(values.out, picture.svg);
else writePng(values.out, picture);
