import { SegmentedControl, Select, Switch, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '../../text/useText.tsx';
import type { InspectForm, MqForm, MqttForm, QoS } from './form.ts';
import { PayloadField } from './PayloadField.tsx';
import { PropertyList } from './PropertyList.tsx';

/** The form of one message, on either side. Any value can be written: to see what the lab says to it is the point. */
export function Compose({
  form,
  onChange,
}: {
  readonly form: InspectForm;
  readonly onChange: (form: InspectForm) => void;
}): ReactNode {
  const text = useText().inspect;
  return (
    <>
      {form.side === 'mqtt' ? <ComposeMqtt form={form} onChange={onChange} /> : <ComposeMq form={form} onChange={onChange} />}
      <Select
        label={text.profile}
        description={text.profileHints[form.profile]}
        inputWrapperOrder={['label', 'input', 'description']}
        allowDeselect={false}
        value={form.profile}
        onChange={(profile) => profile !== null && onChange({ ...form, profile })}
        data={[
          { value: 'strict', label: text.profiles.strict },
          { value: 'lenient', label: text.profiles.lenient },
        ]}
      />
    </>
  );
}

function QosField({
  label,
  qos,
  onChange,
}: {
  readonly label: string;
  readonly qos: QoS;
  readonly onChange: (qos: QoS) => void;
}): ReactNode {
  return (
    <div className="cw-inspect-inline">
      <span aria-hidden="true">{label}</span>
      <SegmentedControl
        size="xs"
        aria-label={label}
        value={String(qos)}
        onChange={(value) => onChange(Number(value) as QoS)}
        data={['0', '1', '2']}
      />
    </div>
  );
}

function Line({
  label,
  hint,
  value,
  onChange,
}: {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  return (
    <TextInput
      label={label}
      description={hint}
      inputWrapperOrder={['label', 'input', 'description']}
      classNames={{ input: 'cw-mono' }}
      spellCheck={false}
      autoComplete="off"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function ComposeMqtt({ form, onChange }: { readonly form: MqttForm; readonly onChange: (form: MqttForm) => void }): ReactNode {
  const text = useText().inspect;
  const set = (changes: Partial<MqttForm>) => onChange({ ...form, ...changes });
  return (
    <>
      <Line label={text.topic} hint={text.topicHint} value={form.topic} onChange={(topic) => set({ topic })} />
      <Line label={text.clientId} value={form.clientId} onChange={(clientId) => set({ clientId })} />
      <div className="cw-inspect-row">
        <QosField label={text.qos} qos={form.qos} onChange={(qos) => set({ qos })} />
        <Switch label={text.retain} checked={form.retain} onChange={(event) => set({ retain: event.currentTarget.checked })} />
        <Switch
          label={text.cleanSession}
          checked={form.cleanSession}
          onChange={(event) => set({ cleanSession: event.currentTarget.checked })}
        />
      </div>
      <PayloadField payload={form.payload} onChange={(payload) => set({ payload })} />
    </>
  );
}

function ComposeMq({ form, onChange }: { readonly form: MqForm; readonly onChange: (form: MqForm) => void }): ReactNode {
  const text = useText().inspect;
  const set = (changes: Partial<MqForm>) => onChange({ ...form, ...changes });
  const device = (changes: Partial<MqForm['device']>) => set({ device: { ...form.device, ...changes } });
  return (
    <>
      <div className="cw-inspect-pair">
        <Line label={text.mqTopic} hint={text.mqTopicHint} value={form.topic} onChange={(topic) => set({ topic })} />
        <Line label={text.key} hint={text.keyHint} value={form.key} onChange={(key) => set({ key })} />
      </div>
      <PropertyList properties={form.properties} onChange={(properties) => set({ properties })} />
      <PayloadField payload={form.payload} onChange={(payload) => set({ payload })} />
      <fieldset className="cw-inspect-group">
        <legend>{text.device}</legend>
        <div className="cw-inspect-pair">
          <Line label={text.clientId} value={form.device.clientId} onChange={(clientId) => device({ clientId })} />
          <Line label={text.filter} value={form.device.filter} onChange={(filter) => device({ filter })} />
        </div>
        <div className="cw-inspect-row">
          <QosField label={text.deviceQos} qos={form.device.qos} onChange={(qos) => device({ qos })} />
          <Switch
            label={text.cleanSession}
            checked={form.device.cleanSession}
            onChange={(event) => device({ cleanSession: event.currentTarget.checked })}
          />
        </div>
        <Switch
          label={text.online}
          description={form.device.online ? undefined : text.offlineHint}
          checked={form.device.online}
          onChange={(event) => device({ online: event.currentTarget.checked })}
        />
      </fieldset>
    </>
  );
}
