import { describe, expect, it } from 'vitest';
import { createFakeLab } from '../../../renderer/client/fakeLab.ts';
import { LabClient } from '../../../renderer/client/labClient.ts';

const SCENARIO = { scenario: { path: '/a.yaml' } };

describe('the connection to the lab', () => {
  it('never carries out later what it has told to have failed', async () => {
    const lab = createFakeLab({ connected: false });
    const client = new LabClient(lab.link);
    const started = client.call('runs.start', SCENARIO).catch((error: unknown) => error);
    lab.lose();
    expect(await started).toMatchObject({ code: 'window.lost' });
    lab.open();
    await client.call('lab.info', {});
    expect(lab.calls.map(({ call }) => call)).toEqual(['lab.info']);
  });

  it('sends what was asked before it was there', async () => {
    const lab = createFakeLab({ connected: false });
    const client = new LabClient(lab.link);
    const started = client.call('runs.start', SCENARIO);
    lab.open();
    await started;
    expect(lab.inputs('runs.start')).toEqual([SCENARIO]);
  });
});
