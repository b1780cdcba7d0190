/**
 * A picture of a screen made small: 256 colours instead of sixteen million. The colours used most stay exactly as they
 * are, the rest (edges of letters, shadows) share what is left of the palette.
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 256;
const EXACT = 160;

/**
 * `png`: 8 bits a channel, RGB or RGBA (its alpha is left out), not interlaced, as browsers write it. `pinned`: colours
 * (0xRRGGBB) that stay exactly as they are however few pixels have them.
 */
export function withPalette(png, pinned = []) {
  const { width, height, pixels } = decode(png);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const isPinned = new Set(pinned);
  const byUse = [...counts].sort((a, b) => isPinned.has(b[0]) - isPinned.has(a[0]) || b[1] - a[1]);
  const palette =
    byUse.length <= COLOURS
      ? byUse.map(([colour]) => colour)
      : [...byUse.slice(0, EXACT).map(([colour]) => colour), ...medianCut(byUse.slice(EXACT), COLOURS - EXACT)];
  const indexOf = new Map(byUse.map(([colour]) => [colour, nearest(palette, colour)]));
  const lines = Buffer.alloc((width + 1) * height);
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 1) lines[y * (width + 1) + 1 + x] = indexOf.get(pixels[at]);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap((colour) => channels(colour)));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const channels = (colour) => [colour >> 16, (colour >> 8) & 255, colour & 255];

function nearest(palette, colour) {
  const [r, g, b] = channels(colour);
  let found = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, candidate] of palette.entries()) {
    const [cr, cg, cb] = channels(candidate);
    const distance = (r - cr) ** 2 + (g - cg) ** 2 + (b - cb) ** 2;
    if (distance < least) [found, least] = [index, distance];
  }
  return found;
}

/** Colours with their counts in boxes, the widest one cut until there are `most`; each box becomes its mean. */
function medianCut(colours, most) {
  const boxes = [boxOf(colours)];
  while (boxes.length < most) {
    boxes.sort((a, b) => b.weight - a.weight);
    const { members, widest } = boxes[0];
    if (members.length < 2) break;
    members.sort((a, b) => channels(a[0])[widest] - channels(b[0])[widest]);
    const half = members.length >> 1;
    boxes.splice(0, 1, boxOf(members.slice(0, half)), boxOf(members.slice(half)));
  }
  return boxes.map(({ members }) => {
    const whole = members.reduce((sum, [, count]) => sum + count, 0);
    const mean = (channel) =>
      Math.round(members.reduce((sum, [colour, count]) => sum + channels(colour)[channel] * count, 0) / whole);
    return (mean(0) << 16) | (mean(1) << 8) | mean(2);
  });
}

function boxOf(members) {
  const ranges = [0, 1, 2].map((channel) => {
    let [low, high] = [255, 0];
    for (const [colour] of members) {
      low = Math.min(low, channels(colour)[channel]);
      high = Math.max(high, channels(colour)[channel]);
    }
    return high - low;
  });
  const widest = ranges.indexOf(Math.max(...ranges));
  return { members, widest, weight: members.length < 2 ? 0 : ranges[widest] * Math.sqrt(members.length) };
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}

/** One number 0xRRGGBB for each pixel. */
function decode(png) {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const [depth, colourType, , , interlaced] = png.subarray(24, 29);
  const size = { 2: 3, 6: 4 }[colourType];
  if (depth !== 8 || size === undefined || interlaced !== 0) throw new Error('not a picture as browsers write it');
  const data = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const lines = inflateSync(Buffer.concat(data));
  const stride = width * size;
  const pixels = new Uint32Array(width * height);
  let above = Buffer.alloc(stride);
  for (let y = 0; y < height; y += 1) {
    const filter = lines[y * (stride + 1)];
    const line = lines.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1));
    for (let i = 0; i < stride; i += 1) {
      const left = i < size ? 0 : line[i - size];
      const corner = i < size ? 0 : above[i - size];
      line[i] += [0, left, above[i], (left + above[i]) >> 1, paeth(left, above[i], corner)][filter];
    }
    for (let x = 0; x < width; x += 1) {
      pixels[y * width + x] = (line[x * size] << 16) | (line[x * size + 1] << 8) | line[x * size + 2];
    }
    above = line;
  }
  return { width, height, pixels };
}

function paeth(left, above, corner) {
  const to = (value) => Math.abs(left + above - corner - value);
  if (to(left) <= to(above) && to(left) <= to(corner)) return left;
  return to(above) <= to(corner) ? above : corner;
}
