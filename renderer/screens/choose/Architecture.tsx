import { useElementSize } from '@mantine/hooks';
import type { ReactNode } from 'react';
import type { ChooseAdvice } from '../../../core/protocol/choose.ts';
import { type Format, useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import type { Texts } from '../../text/en.ts';
import { useText } from '../../text/useText.tsx';
import { directionLook } from '../../theme/directions.ts';
import type { Answers } from './answers.ts';
import { architectureOf, type Flow, PARTS, type Part } from './architecture.ts';

const WIDTHS: Readonly<Record<Part, number>> = { devices: 104, gateway: 118, bridge: 72, mq: 72, services: 92 };
const BOXES = PARTS.reduce((sum, part) => sum + WIDTHS[part], 0);
const LEAST_GAP = 98;
const HEIGHT = 118;

const rateOf = (flow: Flow, words: Texts['choose']['advisor'], format: Format): string =>
  flow.perSecond === null ? words.toEach : format.rate(flow.perSecond);

/** Clients, gateway, bridge, MQ, services: what is needed, and how much flows there. */
export function Architecture({ advice, answers }: { readonly advice: ChooseAdvice; readonly answers: Answers }): ReactNode {
  const words = useText().choose.advisor;
  const format = useFormat();
  const { ref, width: measured } = useElementSize();
  const room = measured > 0 ? measured : 900;
  const gap = Math.max(LEAST_GAP, (room - BOXES) / (PARTS.length - 1));
  const width = BOXES + gap * (PARTS.length - 1);
  const { order, needed, clientsAt, up, back } = architectureOf(advice, answers);
  const x = (part: Part): number => order.slice(0, order.indexOf(part)).reduce((sum, before) => sum + WIDTHS[before] + gap, 0);
  const middle = (part: Part): number => x(part) + WIDTHS[part] / 2;
  const clients = `${format.axis(answers.clients)} · ${words.wheres[answers.where]}`;
  const said = [
    ...PARTS.map((part) => `${words.nodes[part]} ${needed[part] ? words.needed : words.notNeeded}`),
    ...[...up, ...(back === null ? [] : [back])]
      .filter((flow) => flow.needed)
      .map((flow) => `${words.nodes[flow.from]} → ${words.nodes[flow.to]} ${rateOf(flow, words, format)}`),
  ].join(', ');
  return (
    <Panel title={words.drawing} hint={words.drawingHint}>
      {/* biome-ignore lint/a11y/useSemanticElements: not a group of fields */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrolls sideways in a narrow window, by keys, too */}
      <div ref={ref} className="cw-architecture" role="group" tabIndex={0} aria-label={words.drawing}>
        <svg
          width={room}
          height={(HEIGHT * room) / width}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          role="img"
          aria-label={words.label(said)}
        >
          {[...up, ...(back === null ? [] : [back])].map((flow) => (
            <FlowArrow
              key={`${flow.from} ${flow.to}`}
              flow={flow}
              start={x(flow === back ? flow.to : flow.from) + WIDTHS[flow === back ? flow.to : flow.from] + 5}
              end={x(flow === back ? flow.from : flow.to) - 5}
              isBack={flow === back}
              rate={rateOf(flow, words, format)}
              bytes={format.byteRate(flow.bytesPerSecond)}
            />
          ))}
          {PARTS.map((part) => (
            <g key={part} className="cw-part" data-part={part} data-needed={needed[part]}>
              <rect x={x(part) + 0.5} y={0.5} width={WIDTHS[part] - 1} height={HEIGHT - 1} rx={8} />
              <text x={middle(part)} y={HEIGHT / 2} textAnchor="middle" className="cw-part-name">
                {words.nodes[part]}
              </text>
              <text x={middle(part)} y={HEIGHT / 2 + 18} textAnchor="middle" className="cw-part-note">
                {part === clientsAt && needed[part] ? clients : needed[part] ? '' : words.notNeeded}
              </text>
            </g>
          ))}
        </svg>
      </div>
    </Panel>
  );
}

function FlowArrow({
  flow,
  start,
  end,
  isBack,
  rate,
  bytes,
}: {
  readonly flow: Flow;
  readonly start: number;
  readonly end: number;
  readonly isBack: boolean;
  readonly rate: string;
  readonly bytes: string;
}): ReactNode {
  const look = directionLook[isBack ? 'down' : 'up'];
  const y = isBack ? 88 : 40;
  const color = flow.needed ? look.color : 'var(--cw-border-strong)';
  const tip = isBack
    ? `${start + 7},${y - 4} ${start},${y} ${start + 7},${y + 4}`
    : `${end - 7},${y - 4} ${end},${y} ${end - 7},${y + 4}`;
  return (
    <g data-flow={`${flow.from}-${flow.to}`} data-needed={flow.needed}>
      <line
        x1={isBack ? start + 6 : start}
        x2={isBack ? end : end - 6}
        y1={y}
        y2={y}
        stroke={color}
        strokeWidth="2"
        strokeDasharray={flow.needed ? look.dash : '2 4'}
      />
      <polygon points={tip} fill={color} />
      {flow.needed && (
        <>
          <text className="cw-flow-rate cw-number" x={(start + end) / 2} y={y - 8} textAnchor="middle">
            {rate}
          </text>
          {flow.perSecond !== null && (
            <text className="cw-flow-bytes cw-number" x={(start + end) / 2} y={y + 15} textAnchor="middle">
              {bytes}
            </text>
          )}
        </>
      )}
    </g>
  );
}
