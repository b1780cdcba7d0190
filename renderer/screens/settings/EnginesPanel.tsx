import { Badge, Button, Tabs } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { EngineInfo, Settings, WindowInput } from '../../../core/protocol/window.ts';
import { useShowError } from '../../client/useShowError.ts';
import { Panel } from '../../shared/Panel.tsx';
import { useText } from '../../text/useText.tsx';
import { ConnectionForm } from './ConnectionForm.tsx';

/** One tab an engine: where it is, what it can do, and which one runs use that name none. */
export function EnginesPanel({
  engines,
  settings,
  onSet,
}: {
  readonly engines: readonly EngineInfo[];
  readonly settings: Settings;
  readonly onSet: (patch: WindowInput<'settings.set'>) => Promise<void>;
}): ReactNode {
  const texts = useText();
  const text = texts.settings;
  const showError = useShowError();
  const makeDefault = (defaultEngine: EngineInfo['name']): void =>
    void onSet({ defaultEngine }).catch((error: unknown) => showError(error, text.notSaved));
  return (
    <Panel title={text.engines} hint={text.enginesHint}>
      <Tabs defaultValue={settings.defaultEngine} keepMounted={false}>
        <Tabs.List>
          {engines.map(({ name }) => (
            <Tabs.Tab
              key={name}
              value={name}
              rightSection={
                name === settings.defaultEngine ? (
                  <Badge size="xs" tt="none" variant="light">
                    {text.isDefault}
                  </Badge>
                ) : undefined
              }
            >
              {texts.shared.engines[name]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {engines.map((engine) => (
          <Tabs.Panel key={engine.name} value={engine.name} className="cw-engine">
            <div>
              {engine.name === 'embedded' ? (
                <p className="cw-engine-embedded">{text.embeddedText}</p>
              ) : (
                <ConnectionForm
                  what={engine.name}
                  saved={settings.engines[engine.name] ?? null}
                  defaultAddress={engine.defaultAddress ?? ''}
                  keepsPasswords={settings.keepsPasswords}
                  onSave={(values) => onSet({ engines: { [engine.name]: values } })}
                />
              )}
              {engine.name !== settings.defaultEngine && (
                <Button mt="md" variant="light" onClick={() => makeDefault(engine.name)}>
                  {text.makeDefault}
                </Button>
              )}
            </div>
            <Capabilities engine={engine} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Panel>
  );
}

function Capabilities({ engine }: { readonly engine: EngineInfo }): ReactNode {
  const text = useText().settings;
  return (
    <section className="cw-capabilities" aria-label={text.can}>
      <h3>{text.can}</h3>
      <ul>
        {Object.entries(engine.abilities).map(([name, ability]) => (
          <li key={name} data-can={ability !== 'no'}>
            {ability === 'no' ? <IconX size={16} aria-hidden="true" /> : <IconCheck size={16} aria-hidden="true" />}
            <span>{text.capabilities[name] ?? name}</span>
            <span className="cw-dim">{text.abilities[ability]}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
