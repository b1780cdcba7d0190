import { ActionIcon, Badge, Button, Tooltip } from '@mantine/core';
import { IconPencil, IconPlayerPlayFilled, IconPlus } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ScenarioEntry } from '../../../core/protocol/window.ts';
import { go } from '../../app/route.ts';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { wirePlain } from '../../shared/wire.ts';
import { useText } from '../../text/useText.tsx';

/** The user's own scenarios, and those that are shipped without a card. */
export function MoreScenarios({
  scenarios,
  disabled,
  onRun,
}: {
  readonly scenarios: readonly ScenarioEntry[];
  readonly disabled: boolean;
  readonly onRun: (path: string) => void;
}): ReactNode {
  const text = useText().home;
  const format = useFormat();
  const own = scenarios.filter(({ shipped }) => !shipped);
  return (
    <Panel
      title={text.more.title}
      flush
      actions={
        <Button size="xs" variant="subtle" leftSection={<IconPlus size={15} />} onClick={() => go('editor')}>
          {text.more.create}
        </Button>
      }
    >
      <ul className="cw-more">
        {[...own, ...scenarios.filter(({ shipped }) => shipped)].map(
          ({ path, name, description, shipped, clients, durationMs, problem }) => (
            <li key={path}>
              <div className="cw-more-text">
                <div className="cw-more-name">
                  <bdi>{wirePlain(name, 60)}</bdi>
                  {shipped && (
                    <Badge size="xs" variant="default" tt="none">
                      {text.more.shipped}
                    </Badge>
                  )}
                </div>
                {problem === null ? (
                  <div className="cw-dim cw-more-description" title={wirePlain(description, 600)}>
                    {clients !== null && `${format.count(clients)} ${text.clients} · ${format.duration(durationMs)} · `}
                    <bdi>{wirePlain(description, 300)}</bdi>
                  </div>
                ) : (
                  <div className="cw-run-problem">
                    <WireText text={problem} limit={120} />
                  </div>
                )}
              </div>
              <Tooltip label={text.more.edit}>
                <ActionIcon aria-label={text.more.editNamed(wirePlain(name, 60))} onClick={() => go('editor', path)}>
                  <IconPencil size={16} />
                </ActionIcon>
              </Tooltip>
              <Tooltip label={text.run}>
                <ActionIcon
                  variant="light"
                  color="petrol"
                  aria-label={text.runNamed(wirePlain(name, 60))}
                  disabled={disabled || problem !== null}
                  onClick={() => onRun(path)}
                >
                  <IconPlayerPlayFilled size={14} />
                </ActionIcon>
              </Tooltip>
            </li>
          ),
        )}
      </ul>
      {own.length === 0 && <p className="cw-more-none cw-dim">{text.more.none}</p>}
    </Panel>
  );
}
