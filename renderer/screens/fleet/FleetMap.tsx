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
import { wirePlain } from '../../shared/wire.ts';
import { useText } from '../../text/useText.tsx';
import type { FleetFeed } from './fleetFeed.ts';
import { lassoed, nearest, type Point } from './geometry.ts';
import { type Cover, REACH, Scene } from './scene.ts';
import { marks, membersTarget, type Target, toggled } from './selection.ts';
import { useStill } from './useStill.ts';

export interface MapHandle {
  fit(): void;
  zoom(factor: number): void;
  /** Comes close to a vehicle. */
  show(vehicle: number): void;
  /** Moves until nothing lies on a vehicle. */
  reveal(vehicle: number): void;
}

/** Pixels by which an arrow key moves, and by which a click may. */
const STEP = 80;
const CLICK = 4;

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
  useEffect(() => {
    scene.current?.mark(marks(target, plan));
    const names = plan.districts.map((name) => text.select.named(wirePlain(name, 24)));
    scene.current?.districts(names, target !== undefined && 'district' in target ? target.district : undefined);
  }, [target, plan, text]);
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
