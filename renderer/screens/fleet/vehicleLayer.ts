/** The vehicles, their pulses and the marks of the chosen ones: thousands of sprites in three batches, drawn by PixiJS. */
import 'pixi.js/unsafe-eval';
import { CanvasSource, Container, Particle, ParticleContainer, Rectangle, Texture, WebGLRenderer } from 'pixi.js';
import { VEHICLE_STATE } from '../../../core/protocol/fleet.ts';
import type { Size, View } from './geometry.ts';
import { type MapColors, SHAPES } from './palette.ts';
import type { Track } from './track.ts';

const CELL = 64;
const RING = SHAPES.length;
/** How long a pulse runs, milliseconds, and how wide it gets, pixels. */
const PULSE = { ms: 1_100, from: 8, to: 46 } as const;
const MOST_PULSES = 5_000;

interface Batch {
  readonly container: ParticleContainer;
  readonly pool: Particle[];
}

/** All shapes white, on one picture: a batch has one texture. */
function atlas(): readonly Texture[] {
  const canvas = document.createElement('canvas');
  canvas.width = CELL * 8;
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
  const source = new CanvasSource({ resource: canvas, autoGenerateMipmaps: true, scaleMode: 'linear' });
  return Array.from({ length: RING + 1 }, (_, i) => new Texture({ source, frame: new Rectangle(i * CELL, 0, CELL, CELL) }));
}

export class VehicleLayer {
  readonly #renderer: WebGLRenderer;
  readonly #stage = new Container();
  readonly #textures: readonly Texture[];
  readonly #vehicles: ParticleContainer;
  readonly #particles: Particle[];
  readonly #pulses: Batch;
  readonly #halos: Batch;
  readonly #pulseStart: Float64Array;
  readonly #pulseState: Uint8Array;
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
    const batch = (): Batch => ({
      container: new ParticleContainer({
        texture: this.#textures[RING]!,
        boundsArea: new Rectangle(0, 0, 1, 1),
        dynamicProperties: every,
      }),
      pool: [],
    });
    this.#halos = batch();
    this.#pulses = batch();
    this.#particles = Array.from(
      { length: vehicles },
      () => new Particle({ texture: this.#textures[VEHICLE_STATE.online]!, anchorX: 0.5, anchorY: 0.5, alpha: 0 }),
    );
    this.#vehicles.addParticle(...this.#particles);
    this.#stage.addChild(this.#pulses.container, this.#halos.container, this.#vehicles);
    this.#pulseStart = new Float64Array(vehicles).fill(Number.NEGATIVE_INFINITY);
    this.#pulseState = new Uint8Array(vehicles);
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

  pulse(vehicle: number, state: number, now: number): void {
    this.#pulseStart[vehicle] = now;
    this.#pulseState[vehicle] = state;
  }

  draw(track: Track, view: View, size: Size, colors: MapColors, now: number): void {
    const { scale } = view;
    const length = Math.min(26, Math.max(track.vehicles > 2_500 ? 7 : 9, 18 * scale + 6.5));
    const [left, top] = [size.width / 2 - view.x * scale, size.height / 2 + view.y * scale];
    const isPart = this.#marked > 0 && this.#marked < track.vehicles;
    if (this.#looks) this.#look(track, colors, length, isPart, now);
    let pulses = 0;
    let halos = 0;
    for (let i = 0; i < track.vehicles; i += 1) {
      const x = left + track.x[i]! * scale;
      const y = top - track.y[i]! * scale;
      const particle = this.#particles[i]!;
      particle.x = x;
      particle.y = y;
      particle.rotation = track.state[i] === VEHICLE_STATE.online ? (track.heading[i]! * Math.PI) / 180 : 0;
      if (isPart && this.#marks[i] === 1) {
        this.#put(this.#halos, halos, x, y, (length + 10) / CELL, colors.halo, this.#marked > 200 ? 0.4 : 0.85);
        halos += 1;
      }
      const share = (now - this.#pulseStart[i]!) / PULSE.ms;
      if (share < 1 && share >= 0 && pulses < MOST_PULSES) {
        const eased = 1 - (1 - share) ** 3;
        const wide = PULSE.from + (PULSE.to - PULSE.from) * eased;
        const tint = Number.parseInt(colors.states[this.#pulseState[i]!]!.slice(1), 16);
        this.#put(this.#pulses, pulses, x, y, wide / CELL, tint, (1 - share) * 0.8);
        pulses += 1;
      }
    }
    this.#cut(this.#halos, halos);
    this.#cut(this.#pulses, pulses);
    this.#renderer.render(this.#stage);
  }

  destroy(): void {
    this.#stage.destroy({ children: true });
    this.#textures[0]!.source.destroy();
    this.#renderer.destroy();
  }

  #look(track: Track, colors: MapColors, length: number, isPart: boolean, now: number): void {
    for (let i = 0; i < track.vehicles; i += 1) {
      const state = track.state[i]!;
      const particle = this.#particles[i]!;
      particle.texture = this.#textures[state] ?? this.#textures[0]!;
      particle.tint = colors.states[state] ?? colors.states[0]!;
      particle.alpha = track.opacity(i, now) * (isPart && this.#marks[i] === 0 ? 0.4 : 1);
      const bigger = state === VEHICLE_STATE.commanded || state === VEHICLE_STATE.failed ? 1.15 : 1;
      particle.scaleX = (length * bigger * 1.15) / CELL;
      particle.scaleY = particle.scaleX;
    }
    this.#vehicles.update();
    this.#looks = false;
  }

  #put({ pool }: Batch, index: number, x: number, y: number, scale: number, tint: number, alpha: number): void {
    let particle = pool[index];
    if (particle === undefined) {
      particle = new Particle({ texture: this.#textures[RING]!, anchorX: 0.5, anchorY: 0.5 });
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
