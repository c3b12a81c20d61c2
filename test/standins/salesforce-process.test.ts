/** The stand-in as a process of its own, and the controls that scripts use from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Json } from './salesforce-client.ts';

let child: ChildProcess;
let listening: { msg: string; url: string; orgId: string; clientId: string };
beforeAll(async () => {
  child = spawn(process.execPath, [new URL('./salesforce/main.ts', import.meta.url).pathname], {
    env: { ...process.env, PORT: '0', CONNECT_TIMEOUT_MS: '200', ORG_ID: '00D5x0000000042EAA', EVENT_BATCH: '2', API_MAX: '50' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout! })) {
    listening = JSON.parse(line) as typeof listening;
    break;
  }
});
afterAll(() => void child.kill('SIGKILL'));

async function control(path: string, body?: object): Promise<Json> {
  const response = await fetch(`${listening.url}/__control${path}`, {
    method: 'POST',
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

async function rest(token: string, path: string): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${listening.url}/services/data/v66.0${path}`, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: await response.json() };
}

test('says where it listens, in one line of JSON', () => {
  expect(listening).toMatchObject({ msg: 'listening', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string });
  expect(listening.orgId).toBe('00D5x0000000042EAA');
});

test('records, transactions, events, tokens and faults are made from outside', async () => {
  const { accessToken } = await control('/tokens', {});
  const { ids } = await control('/insert', { object: 'Case', records: [{ Subject: 'a' }, { Subject: 'b' }] });
  expect(ids).toHaveLength(2);
  const done = await control('/transaction', {
    operations: [
      { kind: 'update', object: 'Case', id: ids[0], values: { Status: 'Working' } },
      { kind: 'delete', object: 'Case', id: ids[1] },
    ],
  });
  expect(done.ids).toEqual(ids);
  expect((await control('/get', { object: 'Case', id: ids[0] })).record.values.Status).toBe('Working');
  expect((await control('/get', { object: 'Case', id: ids[1] })).record.deleted).toBe(true);
  await control('/fault', { path: '/limits', error: 'unavailable' });
  expect((await rest(accessToken, '/limits')).status).toBe(503);
  expect((await rest(accessToken, '/limits')).body.DailyApiRequests.Max).toBe(50);
  await control('/access', { hiddenFields: ['Case.Subject'] });
  const fields = (await rest(accessToken, '/sobjects/Case/describe')).body.fields.map((each: Json) => each.name);
  expect(fields).not.toContain('Subject');
  expect((await control('/counters')).apiCalls).toBe(2);
  await control('/publish', { event: 'CaseChangeEvent', payload: { ChangeEventHeader: { entityName: 'Case' } } });
  expect((await control('/counters')).retained).toBe(1);
  await control('/expire-tokens');
  expect((await rest(accessToken, '/limits')).status).toBe(401);
});

test('wrong controls are told', async () => {
  expect(await control('/nothing')).toMatchObject({ status: 404, known: expect.arrayContaining(['/insert']) as string[] });
  expect(await control('/insert', { object: 'Nothing', records: [{}] })).toMatchObject({
    status: 400,
    error: expect.stringContaining('NOT_FOUND') as string,
  });
});

test('ends when it is asked to', async () => {
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
