import { Button, UnstyledButton } from '@mantine/core';
import { IconFile, IconFileText, IconFolderOpen, IconSparkles } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ScenarioEntry } from '../../../core/protocol/window.ts';
import { useCall } from '../../client/useCall.ts';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { wirePlain } from '../../shared/wire.ts';
import { useLabText, useText } from '../../text/useText.tsx';
import { recentFiles } from './recentFiles.ts';
import { BLANK, MINIMAL } from './templates.ts';

/** Where a scenario begins: with a template, a shipped one, one of one's own, or a file. */
export function StartPage({
  onText,
  onPath,
  onFile,
  openLabel,
}: {
  readonly onText: (text: string) => void;
  readonly onPath: (path: string) => void;
  readonly onFile: () => void;
  readonly openLabel: string;
}): ReactNode {
  const { editor: text, shared } = useText();
  const labText = useLabText();
  const scenarios = useCall('scenarios.list', {});
  const all = scenarios.data ?? [];
  const recent = recentFiles();
  const card = (icon: ReactNode, title: ReactNode, words: ReactNode, onClick: () => void, key: string): ReactNode => (
    <UnstyledButton key={key} className="cw-start-card" onClick={onClick}>
      <span className="cw-start-icon" aria-hidden="true">
        {icon}
      </span>
      <strong>{title}</strong>
      <span className="cw-dim">{words}</span>
    </UnstyledButton>
  );
  const entryCard = (entry: ScenarioEntry): ReactNode =>
    card(
      <IconFileText size={18} />,
      <bdi>{wirePlain(entry.name, 80)}</bdi>,
      <bdi>
        {entry.problem === null
          ? wirePlain(entry.description, 160)
          : `${text.start.problem}: ${wirePlain(labText(entry.problem), 120)}`}
      </bdi>,
      () => onPath(entry.path),
      entry.path,
    );
  return (
    <div className="cw-start">
      <Panel title={text.start.title} hint={text.start.text}>
        {scenarios.error !== undefined && <ErrorNotice error={scenarios.error} retry={scenarios.reload} />}
        <div className="cw-start-grid">
          {card(<IconSparkles size={18} />, text.start.minimal, text.start.minimalText, () => onText(MINIMAL), 'minimal')}
          {card(<IconFile size={18} />, text.start.blank, text.start.blankText, () => onText(BLANK), 'blank')}
          {all.filter(({ shipped }) => shipped).map(entryCard)}
          {scenarios.data === undefined && scenarios.error === undefined && <p className="cw-dim">{shared.loading}</p>}
        </div>
      </Panel>
      <Panel
        title={text.own}
        actions={
          <Button size="xs" variant="default" leftSection={<IconFolderOpen size={15} aria-hidden="true" />} onClick={onFile}>
            {openLabel}
          </Button>
        }
      >
        {scenarios.data?.every(({ shipped }) => shipped) && <p className="cw-dim cw-form-empty">{text.start.none}</p>}
        <div className="cw-start-grid">{all.filter(({ shipped }) => !shipped).map(entryCard)}</div>
        {recent.length > 0 && (
          <>
            <h3>{text.recent}</h3>
            <ul className="cw-start-recent">
              {recent.map((path) => (
                <li key={path}>
                  <UnstyledButton className="cw-form-link" onClick={() => onPath(path)}>
                    <WireText text={path.slice(-100)} limit={100} mono />
                  </UnstyledButton>
                </li>
              ))}
            </ul>
          </>
        )}
      </Panel>
    </div>
  );
}
