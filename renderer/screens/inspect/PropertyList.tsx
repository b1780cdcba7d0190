import { ActionIcon, Button, Menu, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useText } from '../../text/useText.tsx';
import { FIRST_VALUES, isMappedKey, MAPPED_KEYS, type PropertyLine } from './form.ts';

/** The properties of an MQ message: the five mapped keys are offered with what they mean, others can be added. */
export function PropertyList({
  properties,
  onChange,
}: {
  readonly properties: readonly PropertyLine[];
  readonly onChange: (properties: readonly PropertyLine[]) => void;
}): ReactNode {
  const text = useText().inspect;
  const change = (index: number, line: Partial<PropertyLine>) =>
    onChange(properties.map((old, at) => (at === index ? { ...old, ...line } : old)));
  const used = new Set(properties.map(({ key }) => key));
  return (
    <fieldset className="cw-inspect-group">
      <legend>{text.properties}</legend>
      {properties.length === 0 && <div className="cw-dim cw-inspect-small">{text.noProperties}</div>}
      {properties.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line has no other name; its key is being edited
        <div key={index} className="cw-inspect-property">
          <TextInput
            size="xs"
            aria-label={text.propertyKey}
            classNames={{ input: 'cw-mono' }}
            value={line.key}
            spellCheck={false}
            onChange={(event) => change(index, { key: event.currentTarget.value })}
          />
          <TextInput
            size="xs"
            aria-label={`${text.propertyValue} ${line.key}`}
            classNames={{ input: 'cw-mono' }}
            value={line.value}
            spellCheck={false}
            onChange={(event) => change(index, { value: event.currentTarget.value })}
          />
          <ActionIcon
            aria-label={text.removeProperty(line.key)}
            onClick={() => onChange(properties.filter((_, at) => at !== index))}
          >
            <IconX size={15} aria-hidden="true" />
          </ActionIcon>
          {isMappedKey(line.key) && <div className="cw-dim cw-inspect-small">{text.mapped[line.key]}</div>}
        </div>
      ))}
      <Menu position="bottom-start" width={340} shadow="md">
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden="true" />}>
            {text.addProperty}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {MAPPED_KEYS.filter((key) => !used.has(key)).map((key) => (
            <Menu.Item key={key} onClick={() => onChange([...properties, { key, value: FIRST_VALUES[key] }])}>
              <span className="cw-mono">{key}</span>
              <Text size="xs" c="dimmed">
                {text.mapped[key]}
              </Text>
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => onChange([...properties, { key: used.has('note') ? '' : 'note', value: 'x' }])}>
            {text.ownProperty}
            <Text size="xs" c="dimmed">
              {text.ownPropertyHint}
            </Text>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </fieldset>
  );
}
