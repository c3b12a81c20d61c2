import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { expect, test } from 'vitest';
import { place, sender } from '../../relay/salesforce/http.ts';
import { failure, until } from './support.ts';

test('an answer without end is cut off, and its socket closed', async () => {
  let closed = false;
  const endless = createServer((request, response) => {
    request.socket.once('close', () => (closed = true));
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, ' ')));
      response.once('drain', more);
    };
    more();
  });
  await new Promise<void>((done) => endless.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(endless.address() as AddressInfo).port}/`;
  const dispatcher = new Agent();
  const send = sender({ dispatcher, checkHost: () => undefined });
  const error = await failure(send({ method: 'GET', url, timeoutMs: 20_000, maxBytes: 1024 * 1024 }));
  expect(error).toMatchObject({ kind: 'retry', code: 'RESPONSE_TOO_LARGE' });
  await until(() => closed, 'the socket was closed');
  await dispatcher.destroy();
  await new Promise((done) => endless.close(done));
});

test('what is logged of an address is its host and path, never what a query may carry', () => {
  expect(place('https://login.salesforce.com/services/oauth2/token?code=secret#x')).toBe(
    'login.salesforce.com/services/oauth2/token',
  );
});
