/** What people would use instead: Node-RED, http-in → (fetch the record →) look-up → create, installed on demand into a directory of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { type StandIn, standIn } from './processes.ts';
import { CONNECTIONS, warmZenqms } from './zenqms.ts';

/** Kept between runs: it is large. */
const HOME = join(tmpdir(), 'relay-bench-node-red');
const START_MS = 30_000;

/**
 * @param fetches as the relay does, reads the record in Salesforce first, because a change event has no more than what changed
 * @returns Issues a second; @throws when it can't be installed or does not start
 */
export async function nodeRed(count: number, fetches: boolean): Promise<number> {
  const entry = join(HOME, 'node_modules/node-red/red.js');
  if (!existsSync(entry)) {
    console.log('Installing Node-RED …');
    await mkdir(HOME, { recursive: true });
    const install = ['install', '--no-audit', '--no-fund', '--prefix', HOME, 'node-red'];
    if (spawnSync('npm', install, { stdio: 'ignore', timeout: 300_000 }).status !== 0)
      throw new Error('npm could not install it');
  }
  const [zenqms, salesforce] = await Promise.all([warmZenqms(), fetches ? standIn('salesforce') : null]);
  const ids = salesforce ? await cases(salesforce, count + 1) : Array.from({ length: count + 1 }, (_, place) => idOf(place));
  const record = salesforce ? await recordOf(salesforce) : null;
  const userDir = await mkdtemp(join(tmpdir(), 'node-red-'));
  const port = await freePort();
  await writeFile(
    join(userDir, 'flows.json'),
    JSON.stringify(flow(zenqms.said['url'] ?? '', zenqms.said['token'] ?? '', record)),
  );
  await writeFile(
    join(userDir, 'settings.js'),
    `module.exports = { uiPort: ${port}, uiHost: '127.0.0.1', flowFile: 'flows.json' };`,
  );
  const child = spawn(process.execPath, [entry, '--userDir', userDir], { stdio: 'ignore' });
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS });
  const send = async (place: number): Promise<number> => {
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: '/change',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: ids[place], title: `Pump ${place} stops` }),
    });
    await body.text();
    return statusCode;
  };
  try {
    for (const deadline = performance.now() + START_MS; (await send(0).catch(() => 0)) !== 201;) {
      if (performance.now() > deadline) throw new Error('it did not answer within 30 seconds');
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    let next = 1;
    const began = performance.now();
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        while (next <= count) if ((await send(next++)) !== 201) throw new Error('it did not create an Issue');
      }),
    );
    return (count * 1000) / (performance.now() - began);
  } finally {
    await pool.destroy();
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    await Promise.all([zenqms.stop(), salesforce?.stop()]);
    await rm(userDir, { recursive: true, force: true });
  }
}

const idOf = (place: number): string => `500${String(place).padStart(12, '0')}AAA`;

async function cases(salesforce: StandIn, count: number): Promise<string[]> {
  const records = Array.from({ length: count }, (_, place) => ({ Subject: `Pump ${place} stops` }));
  return (await salesforce.control<{ ids: string[] }>('POST', 'insert-silently', { object: 'Case', records })).ids;
}

interface RecordAddress {
  /** Before the id. */
  readonly url: string;
  readonly token: string;
}

async function recordOf(salesforce: StandIn): Promise<RecordAddress> {
  const { accessToken } = await salesforce.control<{ accessToken: string }>('POST', 'tokens', { scope: 'api' });
  return { url: `${salesforce.said['url']}/services/data/v66.0/sobjects/Case/`, token: accessToken };
}

function flow(url: string, token: string, record: RecordAddress | null): object[] {
  const headers = `{ authorization: 'Bearer ${token}', 'content-type': 'application/json' }`;
  const toFetch = `
    msg.change = msg.payload; msg.headers = { authorization: 'Bearer ${record?.token}' };
    msg.url = '${record?.url}' + msg.payload.id + '?fields=Id,Subject'; msg.payload = '';
    return msg;`;
  const toSearch = `
    ${record ? 'msg.change.title = msg.payload.Subject; delete msg.url;' : 'msg.change = msg.payload;'} msg.headers = ${headers};
    msg.payload = { filters: { external_system: 'Salesforce', external_id: [msg.change.id] }, page: 1, page_size: 100 };
    return msg;`;
  const toCreate = `
    if (msg.statusCode !== 200) { msg.statusCode = 502; return [null, msg]; }
    if (msg.payload.data.length > 0) { msg.statusCode = 200; return [null, msg]; }
    msg.headers = ${headers};
    msg.payload = { category_id: 'cat_ncr', assignee_id: 'usr_0001', first_stage_assignee_id: 'usr_0001', title: msg.change.title,
      due_date: new Date(Date.now() + 30 * 86400000).toISOString().slice(0, 10),
      external_system: 'Salesforce', external_id: msg.change.id, custom_fields: [] };
    return [msg, null];`;
  const node = (id: string, type: string, wires: string[][], rest: object): object => ({
    id,
    type,
    z: 'flow',
    x: 0,
    y: 0,
    wires,
    ...rest,
  });
  const request = { method: 'POST', ret: 'obj', paytoqs: 'ignore', persist: true };
  const code = { initialize: '', finalize: '', libs: [] };
  return [
    { id: 'flow', type: 'tab', label: 'bench' },
    node('in', 'http in', [[record ? 'record' : 'prepare']], { url: '/change', method: 'post' }),
    ...(record
      ? [
          node('record', 'function', [['fetch']], { ...code, func: toFetch, outputs: 1 }),
          node('fetch', 'http request', [['prepare']], { ...request, method: 'GET', url: '' }),
        ]
      : []),
    node('prepare', 'function', [['search']], { ...code, func: toSearch, outputs: 1 }),
    node('search', 'http request', [['choose']], { ...request, url: `${url}/v2/issues/search` }),
    node('choose', 'function', [['create'], ['out']], { ...code, func: toCreate, outputs: 2 }),
    node('create', 'http request', [['out']], { ...request, url: `${url}/v2/issues` }),
    node('out', 'http response', [], { statusCode: '' }),
  ];
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
