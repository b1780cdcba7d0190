import { SegmentedControl, Textarea } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { useFormat } from '../../shared/format.ts';
import { useText } from '../../text/useText.tsx';
import { isHex, type PayloadForm } from './form.ts';

const encoder = new TextEncoder();

/** The payload as text or in hexadecimal digits; switching converts what can be converted. */
export function PayloadField({
  payload,
  onChange,
}: {
  readonly payload: PayloadForm;
  readonly onChange: (payload: PayloadForm) => void;
}): ReactNode {
  const text = useText().inspect;
  const format = useFormat();
  const label = useId();
  const valid = payload.encoding === 'text' || isHex(payload.value);
  const bytes = payload.encoding === 'text' ? encoder.encode(payload.value).length : payload.value.replace(/\s+/g, '').length / 2;
  return (
    <div>
      <div className="cw-inspect-payload-head">
        <span id={label}>{text.payload}</span>
        <span className="cw-dim">{valid ? text.bytes(format.count(bytes)) : ''}</span>
        <SegmentedControl
          size="xs"
          aria-label={text.encoding}
          value={payload.encoding}
          onChange={(encoding) => onChange(converted(payload, encoding as PayloadForm['encoding']))}
          data={[
            { value: 'text', label: text.encodings.text },
            { value: 'hex', label: text.encodings.hex },
          ]}
        />
      </div>
      <Textarea
        aria-labelledby={label}
        autosize
        minRows={2}
        maxRows={6}
        spellCheck={false}
        classNames={{ input: 'cw-mono' }}
        value={payload.value}
        error={valid ? undefined : text.problems.hex}
        onChange={(event) => onChange({ ...payload, value: event.currentTarget.value })}
      />
    </div>
  );
}

/** Text that is not UTF-8 stays in hexadecimal digits: nothing is guessed. */
export function converted(payload: PayloadForm, encoding: PayloadForm['encoding']): PayloadForm {
  if (payload.encoding === encoding) return payload;
  if (encoding === 'hex') {
    const digits = Array.from(encoder.encode(payload.value), (byte) => byte.toString(16).padStart(2, '0'));
    return { encoding, value: digits.join('') };
  }
  const digits = payload.value.replace(/\s+/g, '');
  if (!isHex(payload.value)) return { encoding, value: payload.value };
  try {
    const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    return { encoding, value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return payload;
  }
}
