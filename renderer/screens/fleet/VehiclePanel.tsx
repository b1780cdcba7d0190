import { ActionIcon, CloseButton, Tooltip } from '@mantine/core';
import { IconZoomIn } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import { useCall } from '../../client/useCall.ts';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { useText } from '../../text/useText.tsx';

const ASK_EVERY = 1_000;

/** What the lab knows of one vehicle, asked once a second. Its texts come from the wire. */
export function VehiclePanel({
  runId,
  vehicle,
  isOver,
  onShow,
  onClose,
}: {
  readonly runId: string;
  readonly vehicle: number;
  readonly isOver: boolean;
  readonly onShow: () => void;
  readonly onClose: () => void;
}): ReactNode {
  const text = useText().fleet.vehicle;
  const format = useFormat();
  const { data, error, reload } = useCall('fleet.vehicle', isOver ? null : { id: runId, index: vehicle });
  useEffect(() => {
    if (isOver) return;
    const timer = setInterval(reload, ASK_EVERY);
    return () => clearInterval(timer);
  }, [reload, isOver]);
  if (data === undefined || data.index !== vehicle)
    return error === undefined ? null : (
      <Panel title={text.title}>
        <ErrorNotice error={error} retry={reload} />
      </Panel>
    );
  const { session } = data;
  const paths = (['up', 'down'] as const)
    .map((direction) => ({ direction, hops: data.path.filter((hop) => hop.direction === direction) }))
    .filter(({ hops }) => hops.length > 0);
  return (
    <Panel
      title={<WireText text={data.clientId} limit={40} mono />}
      actions={
        <>
          <Tooltip label={text.close}>
            <ActionIcon aria-label={text.close} onClick={onShow}>
              <IconZoomIn size={18} />
            </ActionIcon>
          </Tooltip>
          <CloseButton aria-label={text.shut} onClick={onClose} />
        </>
      }
    >
      <dl className="cw-vehicle-facts">
        {data.district !== null && (
          <div>
            <dt>{text.district}</dt>
            <dd>
              <WireText text={data.district} limit={40} />
            </dd>
          </div>
        )}
        <div>
          <dt>{text.session}</dt>
          <dd>
            {session === null
              ? text.noSession
              : `${session.connected ? text.connected : text.away}, ${session.cleanSession ? text.clean : text.kept}`}
            {session !== null && session.queued > 0 && `, ${text.queued(format.count(session.queued))}`}
          </dd>
        </div>
        <div>
          <dt>{text.topic}</dt>
          <dd>
            <WireText text={data.p2pTopic} limit={70} mono />
          </dd>
        </div>
        {session !== null && session.subscriptions.length > 0 && (
          <div>
            <dt>{text.subscriptions}</dt>
            <dd>
              {session.subscriptions.map(({ filter, qos }) => (
                <div key={filter}>
                  <WireText text={filter} limit={50} mono /> <span className="cw-dim">QoS {qos}</span>
                </div>
              ))}
            </dd>
          </div>
        )}
      </dl>
      {paths.map(({ direction, hops }) => (
        <figure key={direction} className="cw-vehicle-path" data-direction={direction}>
          <figcaption>{direction === 'up' ? text.up : text.down}</figcaption>
          <ol aria-label={text.path}>
            {hops.map(({ hop, ms }) => (
              <li key={hop}>
                {text.hops[direction][hop as keyof (typeof text.hops)[typeof direction]] ?? <WireText text={hop} limit={30} />}
                <span className="cw-number">{ms === 0 ? '0' : `+${format.latency(ms * 1_000)}`}</span>
              </li>
            ))}
          </ol>
        </figure>
      ))}
      <h3 className="cw-fleet-h3">{text.messages}</h3>
      {data.messages.length === 0 && <p className="cw-dim cw-fleet-note">{text.noMessages}</p>}
      <ul className="cw-vehicle-messages">
        {data.messages.slice(0, 20).map((message) => (
          <li key={`${message.atMs}${message.direction}${message.topic}${message.text}`} data-direction={message.direction}>
            <span className="cw-vehicle-message-head">
              <b role="img" aria-label={message.direction === 'up' ? text.up1 : text.down1}>
                {message.direction === 'up' ? '↑' : '↓'}
              </b>
              <WireText text={message.topic} limit={44} mono />
              <span className="cw-dim cw-number">
                {message.tookMs === null ? format.clock(message.atMs) : format.latency(message.tookMs * 1_000)}
              </span>
            </span>
            <WireText text={message.text} limit={160} mono />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
