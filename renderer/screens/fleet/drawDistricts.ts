/** The districts on the drawn city: faint lines and names; the chosen one stands out. */
import type { FleetPlan } from '../../../core/protocol/fleet.ts';
import { type Size, toScreen, type View } from './geometry.ts';
import type { MapColors } from './palette.ts';

const FONT = '600 13px system-ui, sans-serif';
/** Room that a name needs around it, pixels. */
const ROOM = 14;

export function drawDistricts(
  context: CanvasRenderingContext2D,
  areas: FleetPlan['areas'],
  { names, chosen }: { readonly names: readonly string[]; readonly chosen: number | undefined },
  colors: MapColors,
  { view, size, ratio }: { readonly view: View; readonly size: Size; readonly ratio: number },
): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.font = FONT;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  for (const [index, { x1, y1, x2, y2 }] of areas.entries()) {
    const from = toScreen(view, size, { x: x1, y: y2 });
    const to = toScreen(view, size, { x: x2, y: y1 });
    const [width, height] = [to.x - from.x, to.y - from.y];
    const isChosen = index === chosen;
    context.setLineDash(isChosen ? [] : [2, 6]);
    context.strokeStyle = isChosen ? colors.chosen : colors.district;
    context.lineWidth = isChosen ? 2.5 : 1.2;
    if (isChosen) {
      context.globalAlpha = 0.14;
      context.fillStyle = colors.chosen;
      context.fillRect(from.x, from.y, width, height);
      context.globalAlpha = 1;
    }
    context.strokeRect(from.x, from.y, width, height);
    const name = names[index] ?? '';
    if (context.measureText(name).width + 2 * ROOM > width || height < 3 * ROOM) continue;
    // At its upper edge, or where that is out of sight, as near to it as can be seen.
    const at = { x: from.x + width / 2, y: Math.min(Math.max(from.y + 1.7 * ROOM, ROOM), to.y - ROOM) };
    context.setLineDash([]);
    context.strokeStyle = colors.land;
    context.lineWidth = 4;
    context.globalAlpha = 0.8;
    context.strokeText(name, at.x, at.y);
    context.globalAlpha = 1;
    context.fillStyle = isChosen ? colors.chosen : colors.name;
    context.fillText(name, at.x, at.y);
  }
  context.setLineDash([]);
}
