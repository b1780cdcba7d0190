/** An MQ that is not there: one error, and no lines of a client library before it. */
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { connectMq } from '../../core/mq/connect.ts';
import { EXTERNAL_ENGINES } from '../../core/mq/engines.ts';

async function portOfNobody(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

test.each(EXTERNAL_ENGINES)('%s that is not there is one error', async (engine) => {
  const lines: string[] = [];
  const address = `127.0.0.1:${await portOfNobody()}`;
  const connecting = connectMq({ engine, address }, { onLog: (line) => lines.push(line) });
  await expect(connecting).rejects.toMatchObject({ code: 'connect.failed', message: expect.stringContaining(address) });
  expect(lines).toEqual([]);
});
