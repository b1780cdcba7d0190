import { SegmentedControl, Switch } from '@mantine/core';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { LabInfo, Settings, WindowInput } from '../../../core/protocol/window.ts';
import { usePreferences } from '../../app/preferences.tsx';
import { useLab } from '../../client/context.tsx';
import { useCall } from '../../client/useCall.ts';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { ScreenTitle } from '../../shared/ScreenTitle.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { useText } from '../../text/useText.tsx';
import { ConnectionForm } from './ConnectionForm.tsx';
import { EnginesPanel } from './EnginesPanel.tsx';
import './SettingsScreen.css';

const DEFAULT_BROKER = 'mqtt://127.0.0.1:1883';

export function SettingsScreen(_: { readonly argument: string | undefined }): ReactNode {
  const lab = useLab();
  const texts = useText();
  const text = texts.settings;
  const info = useCall('lab.info', {});
  const asked = useCall('settings.get', {});
  const [settings, setSettings] = useState<Settings>();
  const [error, setError] = useState<Error>();
  useEffect(() => setSettings(asked.data), [asked.data]);
  const set = useCallback(
    async (patch: WindowInput<'settings.set'>): Promise<void> => {
      setSettings(await lab.call('settings.set', patch));
    },
    [lab],
  );
  const setSimply = (patch: WindowInput<'settings.set'>): void =>
    void set(patch).then(
      () => setError(undefined),
      (thrown: Error) => setError(thrown),
    );
  const failed = error ?? asked.error ?? info.error;

  return (
    <div className="cw-settings">
      <ScreenTitle title={texts.shell.screens.settings} />
      {failed !== undefined && (
        <ErrorNotice
          error={failed}
          retry={() => {
            setError(undefined);
            asked.reload();
            info.reload();
          }}
        />
      )}
      {settings !== undefined && info.data !== undefined && (
        <div className="cw-settings-grid">
          <div>
            <EnginesPanel engines={info.data.engines} settings={settings} onSet={set} />
            <Panel title={text.broker} hint={text.brokerHint}>
              <ConnectionForm
                what="broker"
                saved={settings.broker}
                defaultAddress={DEFAULT_BROKER}
                keepsPasswords={settings.keepsPasswords}
                onSave={(broker) => set({ broker })}
              />
              <Switch
                mt="md"
                label={text.useBroker}
                description={text.useBrokerText}
                checked={settings.useBroker}
                disabled={settings.broker === null}
                onChange={({ currentTarget: { checked } }) => setSimply({ useBroker: checked })}
              />
            </Panel>
          </div>
          <div>
            <LookPanel />
            <Facts
              title={text.folders}
              rows={[
                [text.scenariosFolder, info.data.scenariosFolder],
                [text.runsFolder, info.data.runsFolder],
              ]}
            />
            <Facts title={text.about} rows={aboutRows(info.data, text)} />
          </div>
        </div>
      )}
    </div>
  );
}

function aboutRows(info: LabInfo, text: ReturnType<typeof useText>['settings']): readonly (readonly [string, string])[] {
  return [
    [text.version, info.version],
    [text.node, info.node],
    ...(info.electron === null ? [] : [[text.electron, info.electron] as const]),
    [text.platform, info.platform],
    [text.cores, String(info.cores)],
  ];
}

function LookPanel(): ReactNode {
  const { shell, settings: text } = useText();
  const { language, theme, setLanguage, setTheme } = usePreferences();
  return (
    <Panel title={text.look}>
      <div className="cw-look">
        <span id="look-language">{text.language}</span>
        <SegmentedControl
          aria-labelledby="look-language"
          size="xs"
          value={language}
          onChange={(value) => setLanguage(value as Settings['language'])}
          data={(['system', 'en', 'zh'] as const).map((value) => ({ value, label: shell.languages[value] }))}
        />
        <span id="look-theme">{text.theme}</span>
        <SegmentedControl
          aria-labelledby="look-theme"
          size="xs"
          value={theme}
          onChange={(value) => setTheme(value as Settings['theme'])}
          data={(['system', 'light', 'dark'] as const).map((value) => ({ value, label: shell.themes[value] }))}
        />
      </div>
    </Panel>
  );
}

function Facts({ title, rows }: { readonly title: string; readonly rows: readonly (readonly [string, string])[] }): ReactNode {
  return (
    <Panel title={title}>
      <dl className="cw-facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt className="cw-dim">{name}</dt>
            <dd className="cw-mono">
              <WireText text={value} limit={300} />
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
