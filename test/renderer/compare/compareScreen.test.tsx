// @vitest-environment happy-dom
import '../browser.ts';
import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { fakeStatus, fakeView } from '../../../renderer/client/fakeData.ts';
import { createFakeLab, type FakeLab } from '../../../renderer/client/fakeLab.ts';
import { fakeResult } from '../../../renderer/client/fakeResult.ts';
import { CompareScreen } from '../../../renderer/screens/compare/CompareScreen.tsx';
import { show } from '../show.tsx';

let lab: FakeLab;
beforeEach(() => {
  lab = createFakeLab();
  const base = fakeResult();
  const results = {
    a: base,
    b: fakeResult({
      engine: { name: 'kafka', title: 'Apache Kafka', storage: 'external', fsync: 'external' },
      rates: { ...base.rates, delivered: base.rates.delivered / 2 },
    }),
    c: fakeResult({ verdict: 'invalid', rates: { ...base.rates, delivered: 5 } }),
  };
  lab.answer('runs.view', (({ id }: { readonly id: keyof typeof results }) =>
    fakeView({ status: fakeStatus({ id, phase: 'done' }), result: { ...results[id], runId: id } })) as never);
});
const open = (ids?: string) => show(<CompareScreen argument={ids} />, { link: lab.link });
const rowOf = async (name: string) => (await screen.findByRole('rowheader', { name })).closest('tr')!;

describe('the Compare screen', () => {
  it('offers the last two runs where none is chosen, by the name that their engines have everywhere', async () => {
    open();
    expect((await screen.findAllByText('Embedded MQ')).length).toBeGreaterThan(0);
    fireEvent.click(screen.getByRole('button', { name: 'Compare the last two' }));
    expect(decodeURIComponent(window.location.hash)).toBe(
      '#/compare/2026-03-04T10-20-30-iov-fleet,2026-03-04T10-11-02-iov-fleet',
    );
  });

  it('says first what differs, then how each figure compares with the baseline, in words', async () => {
    open('a,b');
    await screen.findByText(/The same scenario/);
    expect(screen.getByText(/Not the same environment/).textContent).toContain('MQ engine');
    expect((await rowOf('Delivered')).textContent).toContain('50 % worse');
    fireEvent.click(screen.getAllByRole('radio', { name: 'Baseline' })[1]!);
    await waitFor(async () => expect((await rowOf('Delivered')).textContent).toContain('100 % better'));
  });

  it('compares no rates with an invalid run, but its counts', async () => {
    open('a,c');
    expect((await rowOf('Delivered')).textContent).toContain('not comparable');
    expect((await rowOf('Lost')).textContent).toContain('the same');
    expect(screen.getByText(/Invalid: B/)).toBeTruthy();
  });

  it('keeps the choice in the address, five at most', async () => {
    open('a');
    const table = await screen.findByRole('table', { name: 'Choose runs' });
    fireEvent.click((await within(table).findAllByRole('checkbox'))[0]!);
    await waitFor(() => expect(window.location.hash).toBe('#/compare/a%2C2026-03-04T10-20-30-iov-fleet'));
  });

  it('shows the other runs where one cannot be read', async () => {
    lab.answer('runs.view', (({ id }: { readonly id: string }) =>
      id === 'gone'
        ? { error: { code: 'run.unknown', message: 'there is no run "gone"', hint: '' } }
        : fakeView({ status: fakeStatus({ id, phase: 'done' }), result: fakeResult() })) as never);
    open('a,gone');
    expect((await screen.findByRole('alert')).textContent).toContain('there is no run "gone"');
    await rowOf('Delivered');
  });
});
