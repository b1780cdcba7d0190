import { Button, Menu, SegmentedControl } from '@mantine/core';
import { IconDownload, IconScale } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { ChooseTable } from '../../../core/protocol/choose.ts';
import type { EngineName } from '../../../core/protocol/window.ts';
import { go } from '../../app/route.ts';
import { useCall } from '../../client/useCall.ts';
import { EmptyState } from '../../shared/EmptyState.tsx';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { useEngineName } from '../../shared/engineName.ts';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { ScreenTitle } from '../../shared/ScreenTitle.tsx';
import { useLanguage, useText } from '../../text/useText.tsx';
import { saveText } from '../run/saveText.ts';
import { Advisor } from './Advisor.tsx';
import { PRESETS } from './answers.ts';
import { ComparisonTable } from './ComparisonTable.tsx';
import './choose.css';
import { tableHtml, tableJson } from './exportTable.ts';
import { Progress } from './Progress.tsx';
import { useChoose } from './useChoose.ts';

const VIEWS = ['table', 'advisor'] as const;

/** "MQTT or MQ?": what is claimed and what was measured, and the advisor. The address may name a row, or `advisor`. */
export function ChooseScreen({ argument }: { readonly argument: string | undefined }): ReactNode {
  const texts = useText();
  const words = texts.choose;
  const engineName = useEngineName();
  const info = useCall('lab.info', {});
  const settings = useCall('settings.get', {});
  const [chosen, setEngine] = useState<EngineName>();
  const [answers, setAnswers] = useState(PRESETS.sensors);
  const engine = chosen ?? settings.data?.defaultEngine;
  const choose = useChoose(engine);
  const { table } = choose;
  const view = argument === 'advisor' ? 'advisor' : 'table';
  const isThere = table !== undefined;

  useEffect(() => {
    if (!isThere || argument === undefined || view === 'advisor') return;
    const row = document.getElementById(`choose-${argument}`);
    row?.scrollIntoView({ block: 'center' });
    row?.focus({ preventScroll: true });
  }, [argument, view, isThere]);

  const toSettings = (
    <Button size="xs" variant="default" onClick={() => go('settings')}>
      {words.toSettings}
    </Button>
  );
  return (
    <div className="cw-choose">
      <ScreenTitle
        title={texts.shell.screens.choose}
        subtitle={words.subtitle}
        actions={
          <>
            <SegmentedControl
              size="xs"
              aria-label={words.engine}
              value={engine ?? 'embedded'}
              onChange={(value) => setEngine(value as EngineName)}
              data={(info.data?.engines ?? []).map(({ name }) => ({ value: name, label: engineName(name) }))}
            />
            <ExportTable table={table} />
          </>
        }
      />
      <div className="cw-choose-bar">
        <SegmentedControl
          aria-label={texts.shell.screens.choose}
          value={view}
          onChange={(value) => go('choose', value === 'advisor' ? 'advisor' : undefined)}
          data={VIEWS.map((value) => ({ value, label: words.views[value] }))}
        />
        {table?.embedded === true && <span className="cw-choose-embedded">{words.embedded}</span>}
        <span className="cw-choose-space" />
        <Progress choose={choose} />
      </div>
      {settings.error !== undefined && engine === undefined && <ErrorNotice error={settings.error} retry={settings.reload} />}
      {choose.error !== undefined && (
        <ErrorNotice
          error={choose.error}
          title={words.failed}
          {...(table === undefined ? { retry: choose.reload } : {})}
          {...(table?.embedded === false ? { actions: toSettings } : {})}
        />
      )}
      {table !== undefined && table.problem !== null && (
        <ErrorNotice error={{ message: table.problem, hint: words.problemHint }} title={words.problem} />
      )}
      {view === 'advisor' && engine !== undefined ? (
        <Advisor engine={engine} answers={answers} onAnswers={setAnswers} rows={table?.rows ?? []} />
      ) : table === undefined ? (
        choose.error === undefined && <p className="cw-dim">{texts.shared.loading}</p>
      ) : (
        <Tables table={table} choose={choose} />
      )}
    </div>
  );
}

function Tables({ table, choose }: { readonly table: ChooseTable; readonly choose: ReturnType<typeof useChoose> }): ReactNode {
  const words = useText().choose;
  const format = useFormat();
  const nothing = table.rows.every(({ measured }) => measured === null) && choose.measuring === null && !choose.starting;
  const seconds = table.rows.reduce((sum, row) => sum + row.seconds, 0);
  return (
    <>
      {nothing && (
        <Panel>
          <EmptyState
            icon={<IconScale size={22} />}
            title={words.empty}
            text={words.emptyText}
            action={{ label: words.everything(format.count(Math.max(1, Math.ceil(seconds / 60)))), onClick: () => choose.run() }}
          />
        </Panel>
      )}
      <ComparisonTable kind="feature" rows={table.rows} choose={choose} />
      <ComparisonTable kind="scenario" rows={table.rows} choose={choose} />
    </>
  );
}

function ExportTable({ table }: { readonly table: ChooseTable | undefined }): ReactNode {
  const words = useText().choose;
  const language = useLanguage();
  const format = useFormat();
  const save = (kind: 'html' | 'json'): void => {
    if (table === undefined) return;
    const name = `mqtt-or-mq-${table.engine.replace(/[^\w-]/g, '')}`;
    if (kind === 'json') saveText({ fileName: `${name}.json`, mediaType: 'application/json', text: tableJson(table) });
    else saveText({ fileName: `${name}.html`, mediaType: 'text/html', text: tableHtml(table, words, format, language) });
  };
  return (
    <Menu position="bottom-end" shadow="md" width={240}>
      <Menu.Target>
        <Button size="xs" variant="default" disabled={table === undefined} leftSection={<IconDownload size={15} />}>
          {words.export}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['html', 'json'] as const).map((kind) => (
          <Menu.Item key={kind} onClick={() => save(kind)}>
            {words.exports[kind]}
            <div className="cw-menu-hint cw-dim">{words.exportHints[kind]}</div>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
