/** A run as a file to be passed on. */
import type { WindowAnswers } from '../protocol/window.ts';
import { formatSummary } from '../report/console.ts';
import { framesCsv } from '../report/csv.ts';
import { resultHtml } from '../report/html.ts';
import { resultJunit } from '../report/junit.ts';
import type { RunStore } from './runStore.ts';
import type { CallInput } from './types.ts';

type Exported = WindowAnswers['runs.export'];

/** @throws CausewayError run.unknown, input.unreadable (it has no result) */
export async function exportRun({ id, format }: CallInput<'runs.export'>, store: RunStore): Promise<Exported> {
  const file = (extension: string, mediaType: string, text: string): Exported => ({
    fileName: `${id}.${extension}`,
    mediaType,
    text,
  });
  // A run without a result has its frames all the same.
  if (format === 'csv') return file('csv', 'text/csv', framesCsv(await store.frames(id)));
  const result = await store.result(id);
  switch (format) {
    case 'json':
      return file('json', 'application/json', `${JSON.stringify(result, null, 2)}\n`);
    case 'html':
      return file('html', 'text/html', resultHtml(result, (await store.view(id)).frames));
    case 'junit':
      return file('xml', 'application/xml', resultJunit(result));
    case 'text':
      return file('txt', 'text/plain', formatSummary(result, { columns: 100 }));
  }
}
