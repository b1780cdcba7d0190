import { useElementSize } from '@mantine/hooks';
import { type ReactNode, type RefObject, useEffect, useRef } from 'react';
import type { Direction } from '../../../core/protocol/result.ts';
import type { RunSnapshot } from '../../live/runSnapshot.ts';
import { DASH, type Format, useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { wirePlain } from '../../shared/wire.ts';
import type { Texts } from '../../text/en.ts';
import { useText } from '../../text/useText.tsx';
import { directionLook } from '../../theme/directions.ts';
import './Topology.css';
import { type Box, boxesOf, type Hop, hopsOf, lanesOf, type NodeKey, type Wait, waitsOf } from './topology.ts';

/** Height of a lane: a figure above its line, another one below. */
const LANE = 54;
const TOP = 30;
/** Populations and services that are named; the rest are counted. */
const MOST_NAMED = 3;

interface Line {
  readonly text: string;
  readonly dim?: boolean;
  /** The whole text, where it had to be cut. */
  readonly full?: string;
}

interface NodeText {
  readonly title: string;
  /** Beside the title: this is not part of the lab. */
  readonly tag?: string;
  readonly lines: readonly Line[];
}

const cut = (text: string, characters: number): Line => ({ text: wirePlain(text, characters), full: wirePlain(text, 400) });

function nodeTexts(run: RunSnapshot, all: Texts, format: Format): Readonly<Record<NodeKey, NodeText>> {
  const { status, frames, result } = run;
  const words = all.run.topology;
  const connected = result?.clients.connected ?? frames.at(-1)?.connected ?? 0;
  const outsideEngine = status.engine !== 'embedded';
  const outsideBroker = status.broker !== 'gateway';
  const waits = waitsOf(run);
  const waited = (at: Wait['at']): Line[] =>
    waits
      .filter((wait) => wait.at === at)
      .flatMap(({ mean, p99 }) => [
        { text: words.waits, dim: true, full: words.waitsHint },
        { text: words.took(format.latency(mean), format.latency(p99)), dim: true, full: words.waitsHint },
      ]);
  const rest = (count: number): Line[] => (count > 0 ? [{ text: words.more(format.count(count)), dim: true }] : []);
  return {
    devices: {
      title: words.devices,
      lines: [
        { text: words.connected(format.count(connected), format.count(status.plannedClients)), dim: true },
        ...status.populations
          .slice(0, MOST_NAMED)
          .map(({ name, actor, count }) => cut(words.population(name, format.count(count), actor), 25)),
        ...rest(status.populations.length - MOST_NAMED),
        ...waited('devices'),
      ],
    },
    gateway: outsideBroker
      ? { title: words.broker, tag: words.outside, lines: [{ ...cut(status.broker, 17), dim: true }] }
      : { title: words.gateway, lines: [{ text: 'MQTT', dim: true }] },
    bridge: { title: words.bridge, lines: [] },
    mq: {
      title: all.shared.engines[status.engine],
      ...(outsideEngine ? { tag: words.outside } : {}),
      lines: [
        outsideEngine
          ? { ...cut(result?.engine.address ?? '', 17), dim: true }
          : { text: result === null ? 'MQ' : words.storage(wirePlain(result.engine.storage, 20)), dim: true },
      ].filter(({ text }) => text !== ''),
    },
    services: {
      title: words.services,
      lines: [
        ...status.services
          .slice(0, MOST_NAMED)
          .flatMap(({ name, consumes, commands }) => [
            cut(name, 24),
            ...(consumes.length > 0 ? [{ ...cut(`← ${consumes.join(', ')}`, 25), dim: true }] : []),
            ...(commands.length > 0 ? [{ text: `→ ${words.commands(format.count(commands.length))}`, dim: true }] : []),
          ]),
        ...rest(status.services.length - MOST_NAMED),
        ...waited('services'),
      ],
    },
  };
}

/** The way of a message, drawn: who talks to whom, how much flows on every hop now, and how long each hop took. */
export function Topology({ run }: { readonly run: RunSnapshot }): ReactNode {
  const texts = useText();
  const words = texts.run.topology;
  const format = useFormat();
  const { ref, width: measured } = useElementSize();
  const hops = hopsOf(run);
  const drawing = useFlow(hops.some(({ flows }) => flows));
  const width = measured > 0 ? measured : 1100;
  const lanes = lanesOf(run);
  const boxes = boxesOf(width);
  const nodes = nodeTexts(run, texts, format);
  const lines = Math.max(...Object.values(nodes).map((node) => node.lines.length));
  const height = Math.max(TOP + Math.max(1, lanes.length) * LANE + 4, 44 + lines * 17);
  const whole = Math.max(width, (boxes.at(-1)?.x ?? 0) + (boxes.at(-1)?.width ?? 0));
  const top = (height - lanes.length * LANE) / 2 + 8;
  const laneY = (direction: Direction): number => top + lanes.indexOf(direction) * LANE + LANE / 2 - 4;
  return (
    <Panel className="cw-topology" id="run-topology">
      <div ref={ref} className="cw-topology-room">
        <svg
          ref={drawing}
          width={width}
          height={(height * width) / whole}
          viewBox={`0 0 ${whole} ${height}`}
          role="img"
          aria-label={words.label(summary(hops, words, texts, format))}
        >
          {hops.map((hop) => (
            <HopArrow
              key={`${hop.direction} ${hop.from}`}
              hop={hop}
              boxes={boxes}
              y={laneY(hop.direction)}
              over={run.result !== null}
              words={words}
              format={format}
            />
          ))}
          {boxes.map((box) => (
            <NodeBox key={box.key} box={box} height={height} node={nodes[box.key]} />
          ))}
        </svg>
      </div>
      <ul className="cw-topology-key" aria-hidden="true">
        {lanes.map((direction) => (
          <li key={direction} style={{ color: directionLook[direction].color }}>
            {directionLook[direction].arrow} {texts.shared.directions[direction]}{' '}
            <span className="cw-dim">{texts.shared.directionsLong[direction]}</span>
          </li>
        ))}
        <li className="cw-dim">{run.result === null ? words.liveKey : words.overKey}</li>
      </ul>
    </Panel>
  );
}

const FLOW_MS = 160;

/**
 * Moves the marks on the lines, six steps a second. An animation in CSS would have the page styled and painted sixty times a
 * second, in steps or not: half as much work again as all redraws, on the machine that is being measured.
 */
function useFlow(flows: boolean): RefObject<SVGSVGElement | null> {
  const drawing = useRef<SVGSVGElement>(null);
  useEffect(() => {
    if (!flows || window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    let step = 0;
    const timer = setInterval(() => {
      step = (step + 1) % 6;
      drawing.current?.style.setProperty('--cw-flow', String(-4 * step));
    }, FLOW_MS);
    return () => clearInterval(timer);
  }, [flows]);
  return drawing;
}

function summary(hops: readonly Hop[], words: Texts['run']['topology'], texts: Texts, format: Format): string {
  return hops
    .filter(({ rate }) => rate !== null)
    .map(
      (hop) =>
        `${texts.shared.directions[hop.direction]}, ${words.nodes[hop.from]} → ${words.nodes[hop.to]}: ${format.rate(hop.rate)}`,
    )
    .join('; ');
}

function HopArrow({
  hop,
  boxes,
  y,
  over,
  words,
  format,
}: {
  readonly hop: Hop;
  readonly boxes: readonly Box[];
  readonly y: number;
  readonly over: boolean;
  readonly words: Texts['run']['topology'];
  readonly format: Format;
}): ReactNode {
  const from = boxes.find(({ key }) => key === hop.from) as Box;
  const to = boxes.find(({ key }) => key === hop.to) as Box;
  const right = from.x < to.x;
  const left = right ? from : to;
  const start = left.x + left.width + 4;
  const end = (right ? to : from).x - 4;
  const look = directionLook[hop.direction];
  // The two ways of messages between devices share one gap, one above the other.
  const at = hop.direction === 'device' ? y + (right ? -7 : 9) : y;
  const [a, b] = right ? [start, end - 6] : [end, start + 6];
  const middle = (start + end) / 2;
  const tip = right
    ? `${end - 7},${at - 4} ${end},${at} ${end - 7},${at + 4}`
    : `${start + 7},${at - 4} ${start},${at} ${start + 7},${at + 4}`;
  const below = hop.atOnce
    ? DASH
    : over && hop.mean !== null
      ? words.took(format.latency(hop.mean), format.latency(hop.p99))
      : undefined;
  const hasRate = hop.rate !== null && !(hop.direction === 'device' && right);
  return (
    <g className="cw-hop" data-direction={hop.direction} data-hop={`${hop.from}-${hop.to}`}>
      {hop.name !== null && <title>{`${words.hops[hop.name] ?? hop.name}${hop.atOnce ? `. ${words.atOnce}` : ''}`}</title>}
      <line
        x1={a}
        x2={b}
        y1={at}
        y2={at}
        stroke={look.color}
        strokeWidth="2"
        strokeDasharray={look.dash}
        opacity={hop.flows || over ? 1 : 0.45}
      />
      <polygon points={tip} fill={look.color} opacity={hop.flows || over ? 1 : 0.45} />
      {hop.flows && <line className="cw-flow" x1={a} x2={b} y1={at} y2={at} stroke={look.color} strokeWidth="5" />}
      {hasRate && (
        <text className="cw-hop-rate cw-number" x={middle} y={hop.direction === 'device' ? at + 17 : at - 7} textAnchor="middle">
          {format.rate(hop.rate)}
        </text>
      )}
      {below !== undefined && hop.direction !== 'device' && (
        <text className="cw-hop-time cw-number" x={middle} y={at + 16} textAnchor="middle">
          {below}
        </text>
      )}
    </g>
  );
}

function NodeBox({ box, height, node }: { readonly box: Box; readonly height: number; readonly node: NodeText }): ReactNode {
  const list = box.key === 'devices' || box.key === 'services';
  const middle = box.x + box.width / 2;
  const lines = node.lines.length;
  const x = list ? box.x + 12 : middle;
  const first = list ? 22 : height / 2 - (lines * 16) / 2 + (node.tag === undefined ? 4 : -2);
  const anchor = list ? 'start' : 'middle';
  return (
    <g className="cw-node" data-node={box.key} data-outside={node.tag === undefined ? undefined : true}>
      <rect x={box.x + 0.5} y={0.5} width={box.width - 1} height={height - 1} rx={8} />
      <text className="cw-node-title" x={x} y={first} textAnchor={anchor}>
        {wirePlain(node.title, 16)}
      </text>
      {node.lines.map((line, index) => (
        <text
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name
          key={index}
          className={line.dim ? 'cw-node-dim' : 'cw-node-line'}
          x={x}
          y={first + 17 * (index + 1)}
          textAnchor={anchor}
        >
          {line.full !== undefined && line.full !== line.text && <title>{line.full}</title>}
          {line.text}
        </text>
      ))}
      {node.tag !== undefined && (
        <text className="cw-node-tag" x={middle} y={first + 17 * (lines + 1) + 2} textAnchor="middle">
          {node.tag}
        </text>
      )}
    </g>
  );
}
