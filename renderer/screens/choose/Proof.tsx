import { Button } from '@mantine/core';
import { IconFileCode, IconPlayerPlay } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import type { ChooseAdvice } from '../../../core/protocol/choose.ts';
import type { EngineName } from '../../../core/protocol/window.ts';
import { go } from '../../app/route.ts';
import { useLab } from '../../client/context.tsx';
import { isActive, useCurrentRun } from '../../client/currentRun.ts';
import { useCall } from '../../client/useCall.ts';
import { useStartRun } from '../../client/useStartRun.ts';
import { ErrorNotice } from '../../shared/ErrorNotice.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { WireText } from '../../shared/WireText.tsx';
import { useText } from '../../text/useText.tsx';

/** The scenario that puts the recommendation to the test: run it on the engine that was asked about, or open it in the editor. */
export function Proof({
  scenario,
  engine,
}: {
  readonly scenario: ChooseAdvice['scenario'];
  readonly engine: EngineName;
}): ReactNode {
  const { choose, shared } = useText();
  const words = choose.advisor;
  const lab = useLab();
  const active = isActive(useCurrentRun());
  const { start, starting, error } = useStartRun();
  const address = useCall('settings.get', engine === 'embedded' ? null : {}).data?.engines[engine]?.address;
  const [asking, setAsking] = useState(false);
  /** The editor comes when it is first needed: it is most of what the window has to load. */
  const edit = async (letGo: boolean): Promise<void> => {
    const [{ bufferOf }, { editText }] = await Promise.all([
      import('../editor/scenarioBuffer.ts'),
      import('../editor/yamlEdit.ts'),
    ]);
    const buffer = bufferOf(lab);
    if (!letGo && buffer.isOpen && buffer.view().dirty) {
      setAsking(true);
      return;
    }
    const mq = { engine, ...(address === undefined ? {} : { address }) };
    const text = engine === 'embedded' ? scenario.text : editText(scenario.text, [{ place: ['mq'], value: mq }]);
    buffer.open({ path: null, text: text ?? scenario.text, shipped: false, name: scenario.name });
    go('editor');
  };
  return (
    <Panel title={words.proof} hint={words.proofHint}>
      <div className="cw-proof">
        <span className="cw-proof-name">
          <WireText text={scenario.name} limit={100} />
        </span>
        <Button
          size="xs"
          loading={starting}
          disabled={active}
          leftSection={<IconPlayerPlay size={15} aria-hidden="true" />}
          onClick={() => void start({ scenario, overrides: { engine } })}
        >
          {words.runNow}
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconFileCode size={15} aria-hidden="true" />}
          onClick={() => void edit(false)}
        >
          {words.edit}
        </Button>
      </div>
      {asking && (
        <div className="cw-proof-ask" role="alert">
          {words.unsaved}
          <Button size="xs" color="red" onClick={() => void edit(true)}>
            {words.letGo}
          </Button>
          <Button size="xs" variant="default" onClick={() => setAsking(false)}>
            {shared.cancel}
          </Button>
        </div>
      )}
      {error !== undefined && <ErrorNotice error={error} />}
    </Panel>
  );
}
