import { Button, CloseButton, NumberInput, SegmentedControl, Select, Switch, Tooltip } from '@mantine/core';
import { IconBellRinging, IconHandStop, IconLock, IconMessage2, IconRoute, IconSend } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { COMMAND_KINDS, type CommandKind, type FleetPlan } from '../../../core/protocol/fleet.ts';
import { ConfirmButton } from '../../shared/ConfirmButton.tsx';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { useFormat } from '../../shared/format.ts';
import { Panel } from '../../shared/Panel.tsx';
import { wirePlain } from '../../shared/wire.ts';
import { useText } from '../../text/useText.tsx';
import type { FleetOrder } from './fleetFeed.ts';
import { canTarget, type Target } from './selection.ts';
import { useTargetName } from './targetName.ts';

const ICONS = { lock: IconLock, find: IconBellRinging, route: IconRoute, stop: IconHandStop, notice: IconMessage2 } as const;

/** Who is meant, what is sent, how, and the button. */
export function CommandPanel({
  plan,
  target,
  isOver,
  onTarget,
  onSend,
}: {
  readonly plan: FleetPlan;
  readonly target: Target | undefined;
  readonly isOver: boolean;
  readonly onTarget: (target: Target | undefined) => void;
  readonly onSend: (order: FleetOrder) => Promise<unknown>;
}): ReactNode {
  const text = useText().fleet;
  const format = useFormat();
  const nameOf = useTargetName(plan);
  const [kind, setKind] = useState<CommandKind>(plan.kinds[0] ?? 'find');
  const [qos, setQos] = useState<0 | 1 | 2>(1);
  const [store, setStore] = useState(true);
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<Error>();

  const single = target !== undefined && 'members' in target && target.members.length === 1 ? target.members[0] : undefined;
  const isAll = target !== undefined && 'all' in target;
  const takes = plan.kinds.length > 0;
  const fits = target !== undefined && canTarget(target, plan);
  const ready = takes && fits && plan.kinds.includes(kind) && !isOver && !sending;
  const who = target === undefined ? text.select.none : nameOf(target);
  const send = async (): Promise<void> => {
    if (target === undefined) return;
    setSending(true);
    setError(undefined);
    try {
      await onSend({ kind, target, qos, store });
    } catch (thrown) {
      setError(thrown as Error);
    } finally {
      setSending(false);
    }
  };

  return (
    <Panel title={text.command.title}>
      <div className="cw-fleet-who" data-chosen={target !== undefined || undefined}>
        <span aria-live="polite">{who}</span>
        {target !== undefined && <CloseButton size="sm" aria-label={text.select.clear} onClick={() => onTarget(undefined)} />}
      </div>
      <div className="cw-fleet-choose">
        <Button
          size="xs"
          variant={isAll ? 'filled' : 'default'}
          aria-pressed={isAll}
          onClick={() => onTarget(isAll ? undefined : { all: true })}
        >
          {text.select.all}
        </Button>
        {plan.districts.length > 0 && (
          <Select
            size="xs"
            aria-label={text.select.districts}
            placeholder={text.select.district}
            data={plan.districts.map((name, index) => ({
              value: String(index),
              label: text.select.named(wirePlain(name, 40)),
            }))}
            value={target !== undefined && 'district' in target ? String(target.district) : null}
            onChange={(value) => onTarget(value === null ? undefined : { district: Number(value) })}
            allowDeselect
          />
        )}
        <NumberInput
          size="xs"
          aria-label={text.select.number(format.count(plan.vehicles - 1))}
          placeholder={text.select.vehicle}
          value={single ?? ''}
          onChange={(value) => {
            if (typeof value === 'number' && value < plan.vehicles) onTarget({ members: [value] });
            else if (single !== undefined) onTarget(undefined);
          }}
          min={0}
          max={plan.vehicles - 1}
          allowDecimal={false}
          hideControls
        />
      </div>
      <fieldset className="cw-fleet-kinds" aria-label={text.command.kind}>
        {COMMAND_KINDS.map((one) => {
          const Icon = ICONS[one];
          return (
            <Tooltip key={one} label={text.kinds[one]}>
              <button
                type="button"
                aria-pressed={kind === one}
                aria-label={text.kinds[one]}
                data-kind={one}
                disabled={!plan.kinds.includes(one)}
                onClick={() => setKind(one)}
              >
                <Icon size={22} stroke={1.6} aria-hidden="true" />
                <span>{text.kindsShort[one]}</span>
              </button>
            </Tooltip>
          );
        })}
      </fieldset>
      <div className="cw-fleet-how">
        <SegmentedControl
          size="xs"
          aria-label={text.command.qos}
          data={['0', '1', '2'].map((value) => ({ value, label: `QoS ${value}` }))}
          value={String(qos)}
          onChange={(value) => setQos(Number(value) as 0 | 1 | 2)}
        />
      </div>
      {target !== undefined && !('members' in target) ? (
        <p className="cw-dim cw-fleet-note">{text.command.storeSessions}</p>
      ) : (
        <Switch
          size="xs"
          label={text.command.store}
          description={text.command.storeHint}
          checked={store}
          onChange={(event) => setStore(event.currentTarget.checked)}
        />
      )}
      <div className="cw-fleet-send">
        {isAll && kind === 'stop' ? (
          <ConfirmButton
            label={text.command.send}
            size="sm"
            variant="filled"
            icon={<IconSend size={16} />}
            disabled={!ready}
            question={text.command.stopAll}
            confirm={text.command.confirm}
            onConfirm={() => void send()}
          />
        ) : (
          <Button fullWidth leftSection={<IconSend size={16} />} disabled={!ready} loading={sending} onClick={() => void send()}>
            {text.command.send}
          </Button>
        )}
      </div>
      {(!takes || (target !== undefined && !fits)) && (
        <p className="cw-dim cw-fleet-note">{takes ? text.command.noTarget : text.command.noHand}</p>
      )}
      {error !== undefined && <ErrorNotice error={error} />}
    </Panel>
  );
}
