import { Button, NumberInput, SegmentedControl } from '@mantine/core';
import { IconCarGarage, IconPlayerPlayFilled } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useLab } from '../../client/context.tsx';
import { useCall } from '../../client/useCall.ts';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { useText } from '../../text/useText.tsx';
import { demoOf } from './demo.ts';

/** From nothing to a full map: how many vehicles, which city, go. */
export function StartPanel({ compact = false }: { readonly compact?: boolean }): ReactNode {
  const lab = useLab();
  const text = useText().fleet;
  const { data: scenarios } = useCall('scenarios.list', {});
  const [vehicles, setVehicles] = useState('1000');
  const [seed, setSeed] = useState<number | string>(7);
  const [starting, setStarting] = useState(false);
  const [error, setError] = useState<Error>();
  const demo = demoOf(scenarios ?? []);
  const start = async (): Promise<void> => {
    if (demo === undefined) return;
    setStarting(true);
    setError(undefined);
    try {
      const scale = Number(vehicles) / (demo.clients ?? 1_000);
      await lab.call('runs.start', {
        scenario: { path: demo.path },
        overrides: { scale, ...(typeof seed === 'number' && Number.isInteger(seed) ? { seed } : {}) },
      });
    } catch (thrown) {
      setError(thrown as Error);
    } finally {
      setStarting(false);
    }
  };
  const controls = (
    <>
      <div className="cw-fleet-start">
        <SegmentedControl
          aria-label={text.start.scale}
          data={[
            { value: '1000', label: '1,000' },
            { value: '5000', label: '5,000' },
          ]}
          value={vehicles}
          onChange={setVehicles}
        />
        <NumberInput
          aria-label={text.start.seed}
          title={text.start.seedHint}
          leftSection={<span className="cw-dim cw-fleet-seed">{text.start.seed}</span>}
          leftSectionWidth={78}
          w={160}
          value={seed}
          onChange={setSeed}
          allowDecimal={false}
        />
        <Button
          size={compact ? 'sm' : 'md'}
          leftSection={<IconPlayerPlayFilled size={16} />}
          loading={starting}
          disabled={demo === undefined}
          onClick={() => void start()}
        >
          {compact ? text.ended.again : text.start.button}
        </Button>
      </div>
      {scenarios !== undefined && demo === undefined && <p className="cw-dim">{text.start.missing}</p>}
      {error !== undefined && <ErrorNotice error={error} />}
    </>
  );
  if (compact) return controls;
  return (
    <Panel>
      <div className="cw-fleet-empty">
        <div className="cw-empty-icon" aria-hidden="true">
          <IconCarGarage size={26} />
        </div>
        <h2>{text.start.title}</h2>
        <p className="cw-dim">{text.start.text}</p>
        {controls}
      </div>
    </Panel>
  );
}
