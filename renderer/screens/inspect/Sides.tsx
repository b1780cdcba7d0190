import type { ReactNode } from 'react';
import type { InspectResult, MqMessageView, MqttPacketView, PayloadView } from '../../../core/protocol/window.ts';
import { useFormat } from '../../shared/format.ts';
import { WireText } from '../../shared/WireText.tsx';
import { useText } from '../../text/useText.tsx';

function Card({
  title,
  fields,
  payload,
}: {
  readonly title: string;
  readonly fields: readonly (readonly [string, ReactNode])[];
  readonly payload: PayloadView;
}): ReactNode {
  return (
    <article className="cw-side">
      <h3>{title}</h3>
      <dl>
        {fields.map(([name, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: names of properties may be anything
          <div key={index}>
            <dt>
              <WireText text={name} limit={40} />
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Payload payload={payload} />
    </article>
  );
}

/** Groups of two digits, sixteen bytes a line. */
const hexLines = (hex: string): string =>
  (hex.match(/.{1,32}/g) ?? []).map((line) => line.replace(/../g, '$& ').trim()).join('\n');

function Payload({ payload }: { readonly payload: PayloadView }): ReactNode {
  const text = useText().inspect;
  const format = useFormat();
  const shown = payload.hex.length / 2;
  return (
    <div className="cw-side-payload">
      <div className="cw-dim">
        {text.payload}
        {' · '}
        {shown < payload.bytes
          ? text.firstBytes(format.count(shown), format.count(payload.bytes))
          : text.bytes(format.count(payload.bytes))}
      </div>
      {payload.text === null ? (
        <WireText text={hexLines(payload.hex)} limit={400} mono lines />
      ) : (
        <WireText text={payload.text} limit={300} mono lines />
      )}
    </div>
  );
}

function PacketCard({ title, packet }: { readonly title: string; readonly packet: MqttPacketView }): ReactNode {
  const text = useText().inspect;
  const yesNo = (value: boolean | null): string => (value === null ? text.unknown : value ? text.yes : text.no);
  return (
    <Card
      title={title}
      fields={[
        [text.topic, <WireText key="topic" text={packet.topic} mono />],
        [text.qos, packet.qos],
        [text.retain, yesNo(packet.retain)],
        [text.dup, yesNo(packet.dup)],
        [text.clientId, <WireText key="client" text={packet.clientId} mono />],
        [text.cleanSession, yesNo(packet.cleanSession)],
        ...(packet.subscription === undefined
          ? []
          : [
              [
                text.subscription,
                <WireText key="filter" text={text.atQos(packet.subscription.filter, packet.subscription.qos)} mono />,
              ] as const,
            ]),
      ]}
      payload={packet.payload}
    />
  );
}

function MessageCard({ message }: { readonly message: MqMessageView }): ReactNode {
  const text = useText().inspect;
  return (
    <Card
      title={text.inMq}
      fields={[
        [text.mqTopic, <WireText key="topic" text={message.topic} mono />],
        [text.key, message.key === null ? text.notSet : <WireText key="key" text={message.key} mono />],
        ...(message.tag === null ? [] : [[text.tag, <WireText key="tag" text={message.tag} mono />] as const]),
        [text.partition, `${message.partition}, ${message.offset}`],
        ...Object.entries(message.properties).map(
          ([name, value]) => [name, <WireText key={name} text={value} limit={80} mono />] as const,
        ),
      ]}
      payload={message.payload}
    />
  );
}

/** Everything as it was seen: the packet sent, the message in MQ, and what each device received. */
export function Sides({ result }: { readonly result: InspectResult }): ReactNode {
  const text = useText().inspect;
  const { mqttSent, mq, mqttReceived } = result;
  return (
    <div className="cw-sides">
      {mqttSent !== null && <PacketCard title={text.sent} packet={mqttSent} />}
      {mq === null ? <p className="cw-dim">{text.nothingInMq}</p> : <MessageCard message={mq} />}
      {mqttReceived.map((packet, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: packets came in this order
        <PacketCard key={index} title={text.received(index + 1, mqttReceived.length)} packet={packet} />
      ))}
      {result.direction === 'down' && mqttReceived.length === 0 && <p className="cw-dim">{text.nothingReceived}</p>}
    </div>
  );
}
