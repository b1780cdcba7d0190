/** The vehicles, their pulses and the marks of the chosen ones: thousands of sprites in three batches, drawn by PixiJS. */
import 'pixi.js/unsafe-eval';
import { CanvasSource, Container, Particle, ParticleContainer, Rectangle, Texture, WebGLRenderer } from 'pixi.js';
import { VEHICLE_STATE } from '../../../core/protocol/fleet.ts';
import type { Size, View } from './geometry.ts';
import { type MapColors, SHAPES } from './palette.ts';
import type { Track } from './track.ts';

const CELL = 64;
const RING = SHAPES.length;
const GLOW = RING + 1;
/** How long a pulse runs, milliseconds, and how wide it gets, pixels. */
const PULSE = { ms: 1_200, from: 8, to: 40 } as const;
const MOST_PULSES = 5_000;
/** The lab tells four times a second what has changed since: shown spread over that time, as it came. Milliseconds. */
const SPREAD = 240;

const BIGGER: ReadonlySet<number> = new Set([VEHICLE_STATE.commanded, VEHICLE_STATE.failed, VEHICLE_STATE.kept]);

interface Batch {
  readonly container: ParticleContainer;
  readonly texture: Texture;
  readonly pool: Particle[];
}

/** All shapes white, on one picture: a batch has one texture. */
function atlas(): readonly Texture[] {
  const canvas = document.createElement('canvas');
  canvas.width = CELL * 16;
  canvas.height = CELL;
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#fff';
  context.strokeStyle = '#fff';
  for (const [index, { path, stroke }] of SHAPES.entries()) {
    context.setTransform(1.75, 0, 0, 1.75, CELL * index + 4, 4);
    if (stroke === undefined) context.fill(new Path2D(path));
    else {
      context.lineWidth = stroke;
      context.stroke(new Path2D(path));
    }
  }
  context.setTransform(1, 0, 0, 1, CELL * RING, 0);
  context.lineWidth = 4;
  context.beginPath();
  context.arc(CELL / 2, CELL / 2, CELL / 2 - 4, 0, 2 * Math.PI);
  context.stroke();
  const glow = context.createRadialGradient(CELL / 2, CELL / 2, 0, CELL / 2, CELL / 2, CELL / 2 - 2);
  glow.addColorStop(0, 'rgb(255 255 255 / 90%)');
  glow.addColorStop(0.35, 'rgb(255 255 255 / 38%)');
  glow.addColorStop(1, 'rgb(255 255 255 / 0%)');
  context.setTransform(1, 0, 0, 1, CELL * GLOW, 0);
  context.fillStyle = glow;
  context.fillRect(0, 0, CELL, CELL);
  const source = new CanvasSource({ resource: canvas, autoGenerateMipmaps: true, scaleMode: 'linear', mipmapFilter: 'nearest' });
  return Array.from({ length: GLOW + 1 }, (_, i) => new Texture({ source, frame: new Rectangle(i * CELL, 0, CELL, CELL) }));
}

export class VehicleLayer {
  readonly #renderer: WebGLRenderer;
  readonly #stage = new Container();
  readonly #textures: readonly Texture[];
  readonly #vehicles: ParticleContainer;
  readonly #particles: Particle[];
  readonly #pulses: Batch;
  readonly #glows: Batch;
  readonly #halos: Batch;
  readonly #pulseStart: Float64Array;
  /** What a pulse leads to, and what is shown until it begins. */
  readonly #pulseState: Uint8Array;
  readonly #before: Uint8Array;
  #lastStart = Number.NEGATIVE_INFINITY;
  #marks: Uint8Array;
  #marked = 0;
  #looks = true;

  /** @throws where the window has no WebGL */
  static async on(canvas: HTMLCanvasElement, vehicles: number, size: Size, ratio: number): Promise<VehicleLayer> {
    const renderer = new WebGLRenderer<HTMLCanvasElement>();
    await renderer.init({
      canvas,
      ...size,
      resolution: ratio,
      backgroundAlpha: 0,
      antialias: false,
      preference: 'webgl',
    } as never);
    return new VehicleLayer(renderer, vehicles);
  }

  private constructor(renderer: WebGLRenderer, vehicles: number) {
    this.#renderer = renderer;
    this.#textures = atlas();
    // Only what changes in each frame is sent in each frame; shape, colour and size go when a push has changed them.
    this.#vehicles = new ParticleContainer({
      texture: this.#textures[0]!,
      boundsArea: new Rectangle(0, 0, 1, 1),
      dynamicProperties: { position: true, rotation: true, vertex: false, uvs: false, color: false },
    });
    const every = { position: true, rotation: false, vertex: true, uvs: false, color: true };
    const batch = (shape: number): Batch => {
      const texture = this.#textures[shape]!;
      const container = new ParticleContainer({ texture, boundsArea: new Rectangle(0, 0, 1, 1), dynamicProperties: every });
      return { container, texture, pool: [] };
    };
    this.#halos = batch(RING);
    this.#pulses = batch(RING);
    this.#glows = batch(GLOW);
    this.#particles = Array.from(
      { length: vehicles },
      () => new Particle({ texture: this.#textures[VEHICLE_STATE.online]!, anchorX: 0.5, anchorY: 0.5, alpha: 0 }),
    );
    this.#vehicles.addParticle(...this.#particles);
    this.#stage.addChild(this.#glows.container, this.#pulses.container, this.#halos.container, this.#vehicles);
    this.#pulseStart = new Float64Array(vehicles).fill(Number.NEGATIVE_INFINITY);
    this.#pulseState = new Uint8Array(vehicles);
    this.#before = new Uint8Array(vehicles);
    this.#marks = new Uint8Array(vehicles);
  }

  resize(size: Size, ratio: number): void {
    this.#renderer.resize(size.width, size.height, ratio);
    this.#looks = true;
  }

  /** Colours, shapes and sizes are looked at again in the next frame. */
  refresh(): void {
    this.#looks = true;
  }

  mark(marks: Uint8Array): void {
    this.#marks = marks;
    this.#marked = marks.reduce((sum, one) => sum + one, 0);
    this.#looks = true;
  }

  /** A vehicle has turned from one state into another: shown within the next SPREAD. */
  pulse(vehicle: number, state: number, before: number, now: number): void {
    const start = now + ((vehicle * 0.618_034) % 1) * SPREAD;
    this.#pulseStart[vehicle] = start;
    this.#pulseState[vehicle] = state;
    this.#before[vehicle] = before;
    this.#lastStart = Math.max(this.#lastStart, start);
  }

  draw(track: Track, view: View, size: Size, colors: MapColors, now: number): void {
    const { scale } = view;
    const length = Math.min(26, Math.max(track.vehicles > 2_500 ? 7 : 9, 18 * scale + 6.5));
    const [left, top] = [size.width / 2 - view.x * scale, size.height / 2 + view.y * scale];
    const isPart = this.#marked > 0 && this.#marked < track.vehicles;
    if (this.#looks || now < this.#lastStart + 100) this.#look(track, colors, length, isPart, now);
    const tints = colors.states.map((color) => Number.parseInt(color.slice(1), 16));
    let pulses = 0;
    let halos = 0;
    for (let i = 0; i < track.vehicles; i += 1) {
      const x = left + track.x[i]! * scale;
      const y = top - track.y[i]! * scale;
      const particle = this.#particles[i]!;
      particle.x = x;
      particle.y = y;
      particle.rotation = this.#shown(track, i, now) === VEHICLE_STATE.online ? (track.heading[i]! * Math.PI) / 180 : 0;
      if (isPart && this.#marks[i] === 1) {
        this.#put(
          this.#halos,
          halos,
          x,
          y,
          (length + 10) / CELL,
          colors.halo,
          this.#marked > 200 ? 0.35 : this.#marked > 20 ? 0.6 : 0.95,
        );
        halos += 1;
      }
      const share = (now - this.#pulseStart[i]!) / PULSE.ms;
      if (share < 1 && share >= 0 && pulses < MOST_PULSES) {
        const eased = 1 - (1 - share) ** 3;
        const wide = PULSE.from + (PULSE.to - PULSE.from) * eased;
        const tint = tints[this.#pulseState[i]!]!;
        this.#put(this.#pulses, pulses, x, y, wide / CELL, tint, (1 - share) ** 2 * 0.55);
        this.#put(this.#glows, pulses, x, y, (wide * 1.1) / CELL, tint, (1 - share) * 0.7);
        pulses += 1;
      }
    }
    this.#cut(this.#halos, halos);
    this.#cut(this.#pulses, pulses);
    this.#cut(this.#glows, pulses);
    this.#renderer.render(this.#stage);
  }

  destroy(): void {
    this.#stage.destroy({ children: true });
    this.#textures[0]!.source.destroy();
    this.#renderer.destroy();
  }

  /** Whatever came of a command: without network it is drawn as a ring, in the colour of that. */
  #shape(track: Track, i: number, state: number): Texture {
    const isRing = track.away[i] === 1 && state !== VEHICLE_STATE.kept;
    return this.#textures[isRing ? VEHICLE_STATE.offline : state] ?? this.#textures[0]!;
  }

  #shown(track: Track, i: number, now: number): number {
    return now < this.#pulseStart[i]! ? this.#before[i]! : track.state[i]!;
  }

  #look(track: Track, colors: MapColors, length: number, isPart: boolean, now: number): void {
    for (let i = 0; i < track.vehicles; i += 1) {
      const state = this.#shown(track, i, now);
      const particle = this.#particles[i]!;
      particle.texture = this.#shape(track, i, state);
      particle.tint = colors.states[state] ?? colors.states[0]!;
      particle.alpha = track.opacity(i, now) * (isPart && this.#marks[i] === 0 ? 0.4 : 1);
      const bigger = BIGGER.has(state) ? 1.15 : 1;
      particle.scaleX = (length * bigger * 1.15) / CELL;
      particle.scaleY = particle.scaleX;
    }
    this.#vehicles.update();
    this.#looks = false;
  }

  #put({ texture, pool }: Batch, index: number, x: number, y: number, scale: number, tint: number, alpha: number): void {
    let particle = pool[index];
    if (particle === undefined) {
      particle = new Particle({ texture, anchorX: 0.5, anchorY: 0.5 });
      pool.push(particle);
    }
    particle.x = x;
    particle.y = y;
    particle.scaleX = scale;
    particle.scaleY = scale;
    particle.tint = tint;
    particle.alpha = alpha;
  }

  #cut({ container, pool }: Batch, count: number): void {
    if (container.particleChildren.length === count) return;
    container.particleChildren = pool.slice(0, count);
    container.update();
  }
}
