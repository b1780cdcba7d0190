import { useComputedColorScheme } from '@mantine/core';
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import type { FleetPlan } from '../../../core/protocol/fleet.ts';
import { useText } from '../../text/useText.tsx';
import { type CityShapes, drawCity, shapesOf } from './drawCity.ts';
import type { FleetFeed } from './fleetFeed.ts';
import { lassoed, limited, nearest, type Point, type Size, toScreen, toWorld, type View, wholeCity, zoomed } from './geometry.ts';
import { DARK, LIGHT } from './palette.ts';
import { marks, membersTarget, type Target, toggled } from './selection.ts';
import { useStill } from './useStill.ts';
import { VehicleLayer } from './vehicleLayer.ts';

export interface MapHandle {
  fit(): void;
  zoom(factor: number): void;
  /** Comes close to a vehicle. */
  show(vehicle: number): void;
  /** Moves until nothing lies on a vehicle. */
  reveal(vehicle: number): void;
}

export interface Cover {
  readonly pixels: number;
  readonly beside: boolean;
}

/** Pixels around a vehicle in which a click means it, and by which an arrow key moves. */
const REACH = 16;
const STEP = 80;
const CLICK = 4;
const FLIGHT_MS = 700;

/** The drawn city and its vehicles: wheel and drag move the view, a click chooses, a lasso chooses many. */
export function FleetMap({
  feed,
  plan,
  target,
  onTarget,
  lasso,
  covered,
  handle,
  label,
}: {
  readonly feed: FleetFeed;
  readonly plan: FleetPlan;
  readonly target: Target | undefined;
  readonly onTarget: (target: Target | undefined) => void;
  /** Dragging draws a lasso instead of moving the city. */
  readonly lasso: boolean;
  /** What lies on the map at its right: so many pixels, and whether the whole city is to be seen beside it. */
  readonly covered: Cover;
  readonly handle: Ref<MapHandle>;
  readonly label: string;
}): ReactNode {
  const text = useText().fleet;
  const isDark = useComputedColorScheme('light') === 'dark';
  const still = useStill();
  const frame = useRef<HTMLDivElement>(null);
  const ground = useRef<HTMLCanvasElement>(null);
  const top = useRef<HTMLDivElement>(null);
  const line = useRef<SVGPathElement>(null);
  const [failed, setFailed] = useState(false);
  const scene = useRef<Scene>(undefined);
  const drag = useRef<{ readonly from: Point; last: Point; readonly points: Point[]; readonly lasso: boolean }>(undefined);

  useEffect(() => {
    const made = new Scene(plan, feed, frame.current!, ground.current!, top.current!, () => setFailed(true));
    scene.current = made;
    return () => made.destroy();
  }, [plan, feed]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new plan has a new scene
  useEffect(() => scene.current?.look(isDark, still), [isDark, still, plan]);
  useEffect(() => scene.current?.mark(marks(target, plan)), [target, plan]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new plan has a new scene
  useEffect(() => scene.current?.cover(covered), [covered, plan]);
  useImperativeHandle(handle, () => ({
    fit: () => scene.current?.fit(),
    zoom: (factor) => scene.current?.zoom(factor),
    show: (vehicle) => scene.current?.show(vehicle),
    reveal: (vehicle) => scene.current?.reveal(vehicle),
  }));

  const place = (event: { readonly clientX: number; readonly clientY: number }): Point => {
    const box = frame.current!.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const drawLine = (points: readonly Point[]): void =>
    line.current?.setAttribute('d', points.length < 2 ? '' : `M${points.map(({ x, y }) => `${x} ${y}`).join('L')}`);

  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const at = place(event);
    drag.current = { from: at, last: at, points: [at], lasso };
    frame.current!.setPointerCapture?.(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    const now = drag.current;
    if (now === undefined) return;
    const at = place(event);
    if (now.lasso) {
      now.points.push(at);
      drawLine(now.points);
    } else scene.current?.pan(at.x - now.last.x, at.y - now.last.y);
    now.last = at;
  };
  const up = (event: PointerEvent): void => {
    const now = drag.current;
    drag.current = undefined;
    drawLine([]);
    const here = scene.current;
    if (now === undefined || here === undefined || feed.track === undefined) return;
    const isClick = Math.hypot(now.last.x - now.from.x, now.last.y - now.from.y) <= CLICK && now.points.length < 8;
    if (isClick) {
      const vehicle = nearest(feed.track, here.world(now.from), REACH / here.view.scale);
      if (vehicle === undefined) onTarget(event.shiftKey ? target : undefined);
      else onTarget(event.shiftKey ? toggled(target, vehicle) : { members: [vehicle] });
    } else if (now.lasso) {
      const found = lassoed(now.points.map(here.world), feed.track);
      const before = event.shiftKey && target !== undefined && 'members' in target ? target.members : [];
      onTarget(membersTarget([...before, ...found]));
    }
  };
  const key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = scene.current;
    const by: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [STEP, 0],
      ArrowRight: [-STEP, 0],
      ArrowUp: [0, STEP],
      ArrowDown: [0, -STEP],
    };
    const pan = by[event.key];
    if (pan !== undefined) here?.pan(pan[0], pan[1]);
    else if (event.key === '+' || event.key === '=') here?.zoom(1.3);
    else if (event.key === '-') here?.zoom(1 / 1.3);
    else if (event.key === '0' || event.key === 'f') here?.fit();
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={frame}
      className="cw-map"
      data-lasso={lasso || undefined}
      role="application"
      aria-label={label}
      aria-description={text.map.keys}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys need the focus
      tabIndex={0}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={() => {
        drag.current = undefined;
        drawLine([]);
      }}
      onKeyDown={key}
    >
      <canvas ref={ground} />
      <div ref={top} className="cw-map-vehicles" aria-hidden="true" />
      <svg aria-hidden="true">
        <path ref={line} className="cw-map-lasso" />
      </svg>
      {failed && <p className="cw-map-failed">{text.map.noWebGl}</p>}
    </div>
  );
}

/** What is drawn, outside of React: nothing here renders a component. */
class Scene {
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
    drawCity(context, this.#plan, this.#shapes, this.#colors, { view: this.view, size: this.#size, ratio: this.#ratio });
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
