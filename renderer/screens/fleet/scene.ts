/** What is drawn of a map, outside of React: nothing here renders a component. */
import type { FleetPlan } from '../../../core/protocol/fleet.ts';
import { type CityShapes, drawCity, shapesOf } from './drawCity.ts';
import { drawDistricts } from './drawDistricts.ts';
import type { FleetFeed } from './fleetFeed.ts';
import { limited, type Point, type Size, toScreen, toWorld, type View, wholeCity, zoomed } from './geometry.ts';
import { DARK, LIGHT } from './palette.ts';
import { VehicleLayer } from './vehicleLayer.ts';

/** What lies on the map at its right: so many pixels, and whether the whole city is to be seen beside it. */
export interface Cover {
  readonly pixels: number;
  readonly beside: boolean;
}

/** Pixels around a vehicle in which a click means it. */
export const REACH = 16;
const FLIGHT_MS = 700;

export class Scene {
  readonly #plan: FleetPlan;
  readonly #feed: FleetFeed;
  readonly #ground: HTMLCanvasElement;
  readonly #frame: HTMLElement;
  readonly #shapes: CityShapes | undefined;
  readonly #ends: (() => void)[] = [];
  #layer: VehicleLayer | undefined;
  #size: Size = { width: 1, height: 1 };
  #ratio = 1;
  #colors = LIGHT;
  #still = false;
  #marks: Uint8Array | undefined;
  #flight: { readonly from: View; readonly to: View; readonly start: number } | undefined;
  #names: readonly string[] = [];
  #chosen: number | undefined;
  #stale = true;
  #fitted = true;
  #covered: Cover = { pixels: 0, beside: false };
  #looked = 0;
  #ended = false;
  view: View;

  constructor(
    plan: FleetPlan,
    feed: FleetFeed,
    frame: HTMLElement,
    ground: HTMLCanvasElement,
    top: HTMLElement,
    onFail: () => void,
  ) {
    this.#plan = plan;
    this.#feed = feed;
    this.#frame = frame;
    this.#ground = ground;
    this.view = wholeCity(plan, this.#size);
    // Where nothing can be drawn (tests of the components) there is no city to shape.
    this.#shapes = typeof Path2D === 'undefined' ? undefined : shapesOf(plan);
    this.#measure();
    const observer = new ResizeObserver(() => this.#measure());
    observer.observe(frame);
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const box = frame.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY * 0.0014), { x: event.clientX - box.left, y: event.clientY - box.top });
    };
    frame.addEventListener('wheel', wheel, { passive: false });
    this.#ends.push(
      () => observer.disconnect(),
      () => frame.removeEventListener('wheel', wheel),
      feed.onChange((vehicle, state, before) => {
        // Those that turn commanded, answered or failed; not those that come and go.
        if (state >= 3 && !this.#still) this.#layer?.pulse(vehicle, state, before, performance.now());
      }),
      feed.subscribe(() => this.#layer?.refresh()),
    );
    if (this.#shapes !== undefined) void this.#start(top, onFail);
  }

  readonly world = (at: Point): Point => toWorld(this.view, this.#size, at);

  look(isDark: boolean, still: boolean): void {
    this.#colors = isDark ? DARK : LIGHT;
    this.#still = still;
    this.#stale = true;
    this.#layer?.refresh();
  }

  mark(bytes: Uint8Array): void {
    this.#marks = bytes;
    this.#layer?.mark(bytes);
  }

  /** What the districts are called, and which of them is chosen. */
  districts(names: readonly string[], chosen: number | undefined): void {
    this.#names = names;
    this.#chosen = chosen;
    this.#stale = true;
  }

  pan(x: number, y: number): void {
    this.#go({ ...this.view, x: this.view.x - x / this.view.scale, y: this.view.y + y / this.view.scale });
  }

  zoom(factor: number, at: Point = { x: this.#size.width / 2, y: this.#size.height / 2 }): void {
    this.#go(zoomed(this.view, this.#plan, this.#size, factor, at));
  }

  fit(): void {
    this.#fly(this.#whole);
    this.#fitted = true;
  }

  cover(covered: Cover): void {
    const before = this.#whole;
    this.#covered = covered;
    const { x, scale } = this.#whole;
    if (this.#fitted && (x !== before.x || scale !== before.scale)) this.fit();
  }

  get #whole(): View {
    return wholeCity(this.#plan, this.#size, this.#covered.beside ? this.#covered.pixels : 0);
  }

  show(vehicle: number): void {
    const track = this.#feed.track;
    if (track === undefined || track.known[vehicle] !== 1) return;
    const scale = Math.max(0.4, this.view.scale);
    const x = track.x[vehicle]! + this.#covered.pixels / 2 / scale;
    this.#fly(limited({ x, y: track.y[vehicle]!, scale }, this.#plan, this.#size));
  }

  reveal(vehicle: number): void {
    const { track } = this.#feed;
    if (track === undefined || track.known[vehicle] !== 1) return;
    const at = toScreen(this.view, this.#size, { x: track.x[vehicle]!, y: track.y[vehicle]! });
    const free = this.#size.width - this.#covered.pixels;
    if (at.x < free - REACH) return;
    this.#fly(limited({ ...this.view, x: this.view.x + (at.x - free * 0.8) / this.view.scale }, this.#plan, this.#size));
  }

  destroy(): void {
    this.#ended = true;
    for (const end of this.#ends) end();
    this.#layer?.destroy();
  }

  async #start(top: HTMLElement, onFail: () => void): Promise<void> {
    // A canvas of its own each time: what one renderer has given up, the next cannot use.
    const canvas = document.createElement('canvas');
    top.replaceChildren(canvas);
    try {
      const layer = await VehicleLayer.on(canvas, this.#plan.vehicles, this.#size, this.#ratio);
      if (this.#ended) return layer.destroy();
      this.#layer = layer;
      layer.resize(this.#size, this.#ratio);
      if (this.#marks !== undefined) layer.mark(this.#marks);
    } catch {
      onFail();
    }
    if (!this.#ended) requestAnimationFrame(this.#tick);
  }

  readonly #tick = (): void => {
    if (this.#ended) return;
    requestAnimationFrame(this.#tick);
    const now = performance.now();
    if (this.#flight !== undefined) {
      const { from, to, start } = this.#flight;
      const share = this.#still ? 1 : Math.min(1, (now - start) / FLIGHT_MS);
      const eased = share < 0.5 ? 4 * share ** 3 : 1 - (-2 * share + 2) ** 3 / 2;
      const mix = (a: number, b: number): number => a + (b - a) * eased;
      this.view = { x: mix(from.x, to.x), y: mix(from.y, to.y), scale: from.scale * (to.scale / from.scale) ** eased };
      if (share === 1) this.#flight = undefined;
      this.#changed();
    }
    if (this.#stale) this.#drawGround();
    const { track } = this.#feed;
    if (track === undefined || this.#layer === undefined) return;
    if (now - this.#looked > 240) {
      // Age fades, states have changed: about once a push.
      this.#looked = now;
      this.#layer.refresh();
    }
    track.advance(now, !this.#still);
    this.#layer.draw(track, this.view, this.#size, this.#colors, now);
    this.#frame.dataset.frames = String(Number(this.#frame.dataset.frames ?? 0) + 1);
  };

  #drawGround(): void {
    const context = this.#ground.getContext('2d');
    if (context === null || this.#shapes === undefined) return;
    this.#stale = false;
    const place = { view: this.view, size: this.#size, ratio: this.#ratio };
    drawCity(context, this.#plan, this.#shapes, this.#colors, place);
    drawDistricts(context, this.#plan.areas, { names: this.#names, chosen: this.#chosen }, this.#colors, place);
  }

  #go(view: View): void {
    this.#flight = undefined;
    this.#fitted = false;
    this.view = limited(view, this.#plan, this.#size);
    this.#changed();
  }

  #fly(to: View): void {
    this.#fitted = false;
    this.#flight = { from: this.view, to, start: performance.now() };
  }

  #changed(): void {
    this.#stale = true;
    this.#layer?.refresh();
  }

  #measure(): void {
    const { clientWidth: width, clientHeight: height } = this.#frame;
    if (width === 0 || height === 0) return;
    this.#size = { width, height };
    this.#ratio = Math.min(2, window.devicePixelRatio || 1);
    this.#ground.width = Math.round(width * this.#ratio);
    this.#ground.height = Math.round(height * this.#ratio);
    this.#layer?.resize(this.#size, this.#ratio);
    if (this.#fitted) {
      this.#flight = undefined;
      this.view = this.#whole;
    } else this.view = limited(this.view, this.#plan, this.#size);
    this.#changed();
    // A canvas that has got another size is empty until it is drawn.
    this.#drawGround();
  }
}
