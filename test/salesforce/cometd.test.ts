/** What goes over the wire, and odd answers that no stand-in should be asked to give: a server that answers line by line. */
import { type IncomingHttpHeaders, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CometdClient, cometdClient } from '../../relay/salesforce/cometd.ts';
import { StreamFault } from '../../relay/salesforce/faults.ts';
import { failure } from './support.ts';

interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

let server: Server;
let seen: Seen[];
let answers: { status?: number; headers?: Record<string, string | string[]>; body: string }[];
let client: CometdClient;
let aborter: AbortController;

beforeEach(async () => {
  seen = [];
  answers = [];
  server = createServer((message, response) => {
    let text = '';
    message.on('data', (chunk: Buffer) => (text += chunk.toString()));
    message.on('end', () => {
      seen.push({ path: message.url ?? '', headers: message.headers, text });
      const answer = answers.shift();
      if (!answer) return; // Never answered.
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
      response.end(answer.body);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  aborter = new AbortController();
  client = cometdClient({
    instanceUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    version: '66.0',
    accessToken: '00D!token',
    userAgent: 'zenqms',
    checkHost: () => undefined,
    signal: aborter.signal,
    now: Date.now,
  });
});
afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const HANDSHAKE = '[{"channel":"/meta/handshake","id":"1","successful":true,"clientId":"c1","version":"1.0"}]';
const CASES = '/data/CaseChangeEvent';
async function shaken(): Promise<void> {
  answers.push({ body: HANDSHAKE, headers: { 'set-cookie': ['BAYEUX_BROWSER=b1; Path=/cometd; HttpOnly', 'route=r1'] } });
  await client.handshake(1_000);
}

test('every request: one message, the token, the cookies, the client, an id of its own', async () => {
  await shaken();
  answers.push({ body: '[{"channel":"/meta/connect","id":"2","successful":true}]' });
  await client.connect(1_000);
  expect(seen[0]?.path).toBe('/cometd/66.0');
  expect(seen[0]?.headers.authorization).toBe('OAuth 00D!token');
  expect(JSON.parse(seen[0]?.text ?? '')).toMatchObject([
    { channel: '/meta/handshake', id: '1', version: '1.0', supportedConnectionTypes: ['long-polling'] },
  ]);
  expect(seen[1]?.headers.cookie).toBe('BAYEUX_BROWSER=b1; route=r1');
  expect(JSON.parse(seen[1]?.text ?? '')).toEqual([
    { channel: '/meta/connect', id: '2', clientId: 'c1', connectionType: 'long-polling' },
  ]);
});

test.each([
  ['-1', '-1'],
  ['-2', '-2'],
  ['8765432', '8765432'],
  ['12345678901234567890', '12345678901234567890'],
  ['AAAB-opaque', '"AAAB-opaque"'],
])('position %s goes out as %s', async (replayId, wire) => {
  await shaken();
  answers.push({ body: `[{"channel":"/meta/subscribe","id":"2","successful":true,"subscription":"${CASES}"}]` });
  await client.subscribe(CASES, replayId, 1_000);
  expect(seen[1]?.text).toContain(`"ext":{"replay":{"${CASES}":${wire}}}`);
});

test('a replay id beyond 2^53 keeps every digit', async () => {
  await shaken();
  const data = `{"channel":"${CASES}","data":{"payload":{"n":1},"event":{"replayId":12345678901234567890}}}`;
  answers.push({ body: `[${data},{"channel":"/meta/connect","id":"2","successful":true}]` });
  const { data: messages } = await client.connect(1_000);
  expect(messages[0]?.message).toMatchObject({ data: { payload: { n: 1 }, event: { replayId: '12345678901234567890' } } });
});

test('data beside an unsuccessful reply is not dropped, and neither is data without a reply', async () => {
  await shaken();
  const data = `{"channel":"${CASES}","data":{}}`;
  answers.push({ body: `[${data},{"channel":"/meta/connect","id":"2","successful":false,"error":"403::Unknown client"}]` });
  expect(await client.connect(1_000)).toMatchObject({ data: [{ channel: CASES }], fault: { kind: 'rehandshake' } });
  answers.push({ body: `[${data}]` });
  expect(await client.connect(1_000)).toMatchObject({ data: [{ channel: CASES }], fault: null });
});

test('what has no channel is left out, and spoils nothing', async () => {
  await shaken();
  answers.push({
    body: `[7,null,{"channel":8},{"advice":"x"},{"channel":"/meta/connect","id":"2","successful":true,"advice":"odd","ext":5}]`,
  });
  expect(await client.connect(1_000)).toMatchObject({ data: [], fault: null, advice: { reconnect: null, intervalMs: 0 } });
});

test('a lone /meta/disconnect is heard', async () => {
  await shaken();
  answers.push({ body: '[{"channel":"/meta/disconnect","clientId":"c1","successful":true}]' });
  expect(await client.connect(1_000)).toMatchObject({ disconnected: true });
});

test('an advice is passed on', async () => {
  await shaken();
  answers.push({
    body: '[{"channel":"/meta/connect","id":"2","successful":true,"advice":{"reconnect":"retry","interval":250,"timeout":110000}}]',
  });
  expect(await client.connect(1_000)).toMatchObject({ advice: { reconnect: 'retry', intervalMs: 250 } });
});

test('a handshake without a client id is none', async () => {
  answers.push({ body: '[{"channel":"/meta/handshake","id":"1","successful":true}]' });
  expect(await failure(client.handshake(1_000))).toBeInstanceOf(StreamFault);
});

test('an HTTP error with a Bayeux body is read as Bayeux', async () => {
  await shaken();
  answers.push({ status: 400, body: '[{"channel":"/meta/connect","id":"2","successful":false,"error":"402::Unknown client"}]' });
  expect(await client.connect(1_000)).toMatchObject({ fault: { kind: 'rehandshake' } });
});

test('Retry-After of a busy server is kept', async () => {
  answers.push({ status: 503, body: 'busy', headers: { 'retry-after': '90' } });
  const error = (await failure(client.handshake(1_000))) as StreamFault;
  expect(error.fault).toMatchObject({ kind: 'busy', retryAfterMs: 90_000 });
});

test('a poll ends at its time limit, or when its client is ended', async () => {
  await shaken();
  expect(await failure(client.connect(80))).toMatchObject({ code: 'TIMEOUT' });
  const polling = failure(client.connect(10_000));
  const reason = new Error('enough');
  setTimeout(() => aborter.abort(reason), 20);
  expect(await polling).toBe(reason);
});
