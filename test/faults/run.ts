/**
 * Three relays on one Postgres between both stand-ins, and everything that can go wrong, for a while. At the end each matching record
 * has exactly one Issue and each event one outcome.
 *
 *   node test/faults/run.ts [--seed 1] [--seeds 10] [--records 3000] [--seconds 60] [--often 'events age out']
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { figure } from '../../scripts/figure.ts';
import { startSalesforce } from '../standins/salesforce/server.ts';
import { TOKENS } from '../standins/zenqms/seed.ts';
import { startZenqms } from '../standins/zenqms/server.ts';
import { type Proxy, startProxy } from './proxy.ts';
import { FAULT_NAMES, randomFrom, weather } from './weather.ts';
import { ADMIN_TOKEN } from '../support/relay-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const RELAYS = 3;
/** As relay/run/relay.ts has it. */
const STREAM_TTL_SECONDS = 12;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    records: { type: 'string', default: '3000' },
    seconds: { type: 'string', default: '60' },
    often: { type: 'string' },
  },
});
const firstSeed = figure('--seed', values.seed);
const seeds = figure('--seeds', values.seeds);
const records = figure('--records', values.records);
const seconds = figure('--seconds', values.seconds);
const often = values.often ?? null;
if (often !== null && !FAULT_NAMES.includes(often)) {
  console.error(`--often takes one of: ${FAULT_NAMES.join(', ')}`);
  process.exit(1);
}
const base = process.env['TEST_DATABASE_URL'];
if (!base) {
  console.error('The fault suite needs a Postgres: set TEST_DATABASE_URL, for example postgres://postgres@127.0.0.1:5432/test');
  process.exit(1);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

let failures = 0;
for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
  const verdict = await once(seed, records, seconds * 1_000);
  if (!verdict) failures += 1;
}
console.log(`${seeds - failures} passed, ${failures} failed`);
process.exit(failures === 0 ? 0 : 1);

async function once(seed: number, records: number, chaosMs: number): Promise<boolean> {
  const started = performance.now();
  const random = randomFrom(seed);
  const name = `faults_${seed}_${randomBytes(3).toString('hex')}`;
  const admin = new pg.Client({ connectionString: base });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const databaseUrl = new URL(base!);
  databaseUrl.pathname = `/${name}`;
  const database = new pg.Pool({ connectionString: databaseUrl.toString(), max: 2 });
  // The database is dropped at the end while the pool's connections may still be closing.
  database.on('connect', (client) => client.on('error', () => undefined));
  database.on('error', () => undefined);

  let salesforceUrl = '';
  const salesforce = await startSalesforce({ connectTimeoutMs: 3_000, overflowAt: 1_000, publicUrl: () => salesforceUrl });
  const zenqms = await startZenqms({ seed, settings: { searchLagMs: 2_000, latencyMs: 5 } });
  const target = (url: string) => ({ host: '127.0.0.1', port: Number(new URL(url).port) });
  const toSalesforce = await startProxy(target(salesforce.url));
  salesforceUrl = `http://127.0.0.1:${toSalesforce.port}`;
  const toZenqms = await startProxy(target(zenqms.url));
  const toDatabase: Proxy[] = [];
  for (let i = 0; i < RELAYS; i++)
    toDatabase.push(await startProxy({ host: databaseUrl.hostname, port: Number(databaseUrl.port || 5432) }));

  const key = randomBytes(32).toString('base64');
  const children: (ChildProcess | null)[] = Array.from({ length: RELAYS }, () => null);
  // A suite that ends early leaves no relay behind; one that is frozen hears nothing but this.
  const endAll = (): void => children.forEach((child) => void child?.kill('SIGKILL'));
  process.once('exit', endAll);
  const urls: string[] = [];
  let unexpectedExits = 0;
  const launch = (index: number): Promise<void> =>
    new Promise((listening, failed) => {
      const own = new URL(databaseUrl);
      own.hostname = '127.0.0.1';
      own.port = String(toDatabase[index]!.port);
      const child = spawn(process.execPath, [join(ROOT, 'relay/main.ts')], {
        cwd: ROOT,
        env: {
          PATH: process.env['PATH'] ?? '',
          NODE_OPTIONS: process.env['NODE_OPTIONS'] ?? '',
          PORT: '0',
          DATABASE_URL: own.toString(),
          ENCRYPTION_KEYS: `k1:${key}`,
          ADMIN_TOKEN,
          ALLOWED_HOSTS: '127.0.0.1',
          ZENQMS_TIMEOUT_MS: '1500',
          SALESFORCE_TIMEOUT_MS: '4000',
          LOG_LEVEL: 'info',
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children[index] = child;
      const tail: string[] = [];
      child.stdout.on('data', (chunk: Buffer) => {
        const text = chunk.toString();
        tail.push(text.slice(-600));
        if (tail.length > 3) tail.shift();
        if (process.env['FAULTS_LOG']) process.stderr.write(`${index} ${text}`);
        const url = /"url":"([^"]+)"/.exec(text)?.[1];
        if (url) urls[index] = url;
      });
      const poll = setInterval(() => {
        if (!urls[index]) return;
        clearInterval(poll);
        listening();
      }, 50);
      child.once('exit', (code, signal) => {
        clearInterval(poll);
        if (children[index] !== child) return;
        children[index] = null;
        if (signal !== 'SIGKILL') {
          unexpectedExits += 1;
          if (urls[index]) console.log(`  relay ${index} ended by itself with ${code ?? signal}: ${tail.join(' ').slice(-600)}`);
        }
        // Also where it was killed before it stood: nobody else would start it again.
        failed(new Error(`relay ${index} ended with ${code ?? signal}`));
      });
    });
  // A relay that cannot reach its database at its start ends, as it should; whoever runs it starts it again.
  const starting = new Set<number>();
  const launchAgain = async (index: number): Promise<void> => {
    starting.add(index);
    await launchUntilItStands(index);
    starting.delete(index);
  };
  const launchUntilItStands = async (index: number): Promise<void> => {
    for (let attempt = 0; attempt < 20; attempt++) {
      urls[index] = '';
      const before = unexpectedExits;
      try {
        return await launch(index);
      } catch {
        unexpectedExits = before;
        await new Promise((wait) => setTimeout(wait, 500));
      }
    }
  };
  await Promise.all(Array.from({ length: RELAYS }, (_, index) => launchAgain(index)));

  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${urls[0]}${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} → ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const connection = await call<{ id: string; authorizeUrl: string }>('POST', '/api/v1/salesforce/connections', {
    name: 'Org',
    loginUrl: salesforceUrl,
    clientId: salesforce.app.clientId,
    clientSecret: salesforce.app.clientSecret,
  });
  const { location } = await salesforce.authorizeInBrowser(connection.authorizeUrl);
  await fetch(location!);
  const account = await call<{ id: string }>('POST', '/api/v1/zenqms/connections', {
    name: 'Account',
    baseUrl: `http://127.0.0.1:${toZenqms.port}`,
    apiToken: TOKENS.full,
  });
  const integration = await call<{ id: string; status: string }>('POST', '/api/v1/integrations', {
    name: 'Complaints',
    salesforceConnectionId: connection.id,
    zenqmsConnectionId: account.id,
    object: 'Case',
    filterFormula: "ISPICKVAL(Priority, 'High')",
    categoryId: 'cat_ncr',
    assigneeId: 'usr_0001',
    dueDate: { from: 'today', daysToAdd: 30 },
    fieldMappings: [{ salesforceField: 'CaseNumber', zenqmsFieldId: 'fld_ncr_summary' }],
  });
  if (integration.status !== 'active') throw new Error(`the integration is ${integration.status}`);

  // --- the storm
  const matching = new Set<string>();
  const made: string[] = [];
  const publish = salesforce.org.bus.publish;
  const createOne = (): string => {
    const priority = random() < 0.6 ? 'High' : 'Low';
    const id = salesforce.db.insert('Case', { Subject: `Case ${made.length}`, Priority: priority });
    made.push(id);
    if (priority === 'High') matching.add(id);
    return id;
  };
  const silently = (count: number): string[] => {
    salesforce.org.bus.publish = () => undefined;
    try {
      return Array.from({ length: count }, createOne);
    } finally {
      salesforce.org.bus.publish = publish;
    }
  };
  let gaps = 0;
  const gap = (kind: 'GAP_CREATE' | 'GAP_OVERFLOW'): void => {
    const ids = silently(kind === 'GAP_CREATE' ? 3 : 20);
    gaps += 1;
    salesforce.publish('CaseChangeEvent', {
      ChangeEventHeader: {
        entityName: 'Case',
        recordIds: kind === 'GAP_CREATE' ? ids : ['000000000000000AAA'],
        changeType: kind,
        changeOrigin: '',
        transactionKey: `gap-${seed}-${gaps}`,
        sequenceNumber: 1,
        commitTimestamp: Date.now(),
        commitUser: salesforce.org.user.id,
        commitNumber: 1,
      },
    });
  };
  let stopped = false;
  let failover = 0;
  let silence = 0;
  const watching = watchOwner();
  async function watchOwner(): Promise<void> {
    let token = '';
    let renewedAt = 0;
    while (!stopped) {
      const { rows } = await database
        .query<{ lease_token: string; renewed: number; now: number }>(
          `select lease_token, extract(epoch from lease_until)::float8 - ${STREAM_TTL_SECONDS} as renewed, extract(epoch from clock_timestamp())::float8 as now from stream where lease_until > '-infinity'`,
        )
        .catch(() => ({ rows: [] as { lease_token: string; renewed: number; now: number }[] }));
      const row = rows[0];
      if (row && row.lease_token !== token) {
        // From the last sign of life of the owner before to the first of the new one.
        if (token !== '') failover = Math.max(failover, (row.now - renewedAt) * 1_000);
        token = row.lease_token;
      }
      if (row) renewedAt = row.renewed;
      await new Promise((wait) => setTimeout(wait, 100));
    }
  }
  const watchingIssues = (async () => {
    let last = performance.now();
    let count = 0;
    while (!stopped) {
      const now = zenqms.store.count();
      if (now !== count) last = performance.now();
      count = now;
      silence = Math.max(silence, performance.now() - last);
      await new Promise((wait) => setTimeout(wait, 100));
    }
  })();
  const fleet = {
    size: RELAYS,
    kill: (index: number, backAfterMs: number) => {
      children[index]?.kill('SIGKILL');
      setTimeout(() => {
        if (children[index] === null && !stopped && !starting.has(index)) void launchAgain(index);
      }, backAfterMs);
    },
    freeze: (index: number, ms: number) => {
      const child = children[index];
      child?.kill('SIGSTOP');
      setTimeout(() => child?.kill('SIGCONT'), ms);
    },
  };
  const storm = weather({ fleet, salesforce, zenqms, toSalesforce, toZenqms, toDatabase, gap }, random, () => stopped, often);
  const waves = 60;
  for (let wave = 0; wave < waves; wave++) {
    for (let n = 0; n < records / waves; n++) createOne();
    for (let n = 0; n < records / waves / 4; n++) {
      const id = made[Math.floor(random() * made.length)]!;
      const high = random() < 0.2;
      salesforce.db.update('Case', id, high ? { Priority: 'High', Status: 'Escalated' } : { Status: 'Working' });
      if (high) matching.add(id);
    }
    await new Promise((wait) => setTimeout(wait, chaosMs / waves));
  }
  stopped = true;
  const struck = await storm;
  await Promise.all([watching, watchingIssues]);
  zenqms.faults.clear();
  for (const proxy of [toZenqms, toSalesforce]) proxy.delay(0);
  for (const [index, child] of children.entries()) {
    if (child === null && !starting.has(index)) await launchAgain(index);
    else child?.kill('SIGCONT');
  }

  const retryAll = async (): Promise<void> => {
    const asked = urls.map((url) =>
      fetch(`${url}/api/v1/executions/retry`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ integrationId: integration.id, outcome: 'error' }),
        signal: AbortSignal.timeout(5_000),
      }),
    );
    const answers = await Promise.allSettled(asked);
    if (!answers.some((answer) => answer.status === 'fulfilled' && answer.value.ok))
      console.log('  no relay could be asked to retry');
  };

  // --- calm: everything must come to its end by itself
  const deadline = performance.now() + 200_000;
  let authorized = 0;
  // A refresh token is good for once: where the answer that brought the next one never arrived, only a person can let the relay in again.
  const authorizeAnew = async (): Promise<void> => {
    const status = `select 1 from salesforce_connection where status = 'reauthorization_required'`;
    if ((await database.query(status)).rowCount === 0) return;
    authorized += 1;
    const asked = await call<{ authorizeUrl: string }>('POST', `/api/v1/salesforce/connections/${connection.id}/authorize`);
    const granted = await salesforce.authorizeInBrowser(asked.authorizeUrl);
    await fetch(granted.location!);
  };
  const withIssue = (): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const issue of zenqms.issues()) counts.set(issue.external_id, (counts.get(issue.external_id) ?? 0) + 1);
    return counts;
  };
  for (;;) {
    const { rows } = await database.query<{ n: number }>(
      `select (select count(*) from delivery) + (select count(*) from catch_up where state in ('waiting', 'running')) as n`,
    );
    const counts = withIssue();
    if (Number(rows[0]?.n) === 0 && [...matching].every((id) => counts.has(id))) break;
    if (performance.now() > deadline) break;
    await authorizeAnew().catch((error: unknown) => console.log(`  could not be authorised anew: ${String(error)}`));
    // What waits for its next try after several in vain is tried now, as an operator would have it once the weather is calm.
    await retryAll();
    await new Promise((wait) => setTimeout(wait, 2_000));
  }
  const counts = withIssue();
  const lost = [...matching].filter((id) => !counts.has(id));
  const doubled = [...counts].filter(([, count]) => count > 1);
  const unwanted = [...counts.keys()].filter((id) => !matching.has(id));
  const number = async (sql: string): Promise<number> => Number((await database.query<{ n: string }>(sql)).rows[0]?.n);
  const waiting = await number(`select count(*) as n from delivery`);
  const events = await number(`select count(*) as n from event`);
  const outcomes = await number(`select count(distinct event_id) as n from execution`);
  const rows = await number(`select count(*) as n from execution`);
  const errors = (
    await database.query<{ reason: string; n: string; example: string }>(
      `select reason, count(*) as n, min(message) as example from execution where outcome = 'error' group by 1`,
    )
  ).rows;
  // A change found by query may lack what the formula needs to know; nothing else may stay an error.
  const unexplained = errors.filter((error) => error.reason !== 'gap_change_unknown');
  const problems = [
    lost.length > 0 ? `${lost.length} lost: ${lost.slice(0, 5).join(' ')}` : '',
    doubled.length > 0 ? `${doubled.length} doubled: ${doubled.slice(0, 5).map(String).join(' ')}` : '',
    unwanted.length > 0 ? `${unwanted.length} Issues that nothing asked for` : '',
    waiting > 0 ? `${waiting} still waiting` : '',
    events !== outcomes || rows !== events ? `${events} events, ${outcomes} with an outcome, ${rows} rows` : '',
    unexplained.length > 0 ? `errors: ${JSON.stringify(unexplained)}` : '',
    unexpectedExits > 0 ? `${unexpectedExits} relays ended by themselves` : '',
    zenqms.counters().contractProblems.length > 0 ? zenqms.counters().contractProblems.join('; ') : '',
  ].filter((problem) => problem !== '');

  console.log(
    `seed ${seed}: ${made.length} records, ${matching.size} matching, ${zenqms.issues().length} Issues; ${events} events, ${rows} outcomes; ` +
      `lost ${lost.length}, doubled ${doubled.length}; longest failover ${(failover / 1000).toFixed(1)} s, longest silence ${(silence / 1000).toFixed(1)} s; ` +
      (authorized > 0 ? `authorised anew ${authorized}; ` : '') +
      `${[...struck].map(([fault, times]) => `${fault} ${times}`).join(', ')}; took ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  for (const problem of problems) console.log(`  FAILED: ${problem}`);
  for (const id of [...lost, ...doubled.map(([id]) => id), ...unwanted].slice(0, 5)) await tell(id);
  if (lost.length > 0)
    await print(
      `select s.*, c.status, c.problem, c.hold_until from stream s join salesforce_connection c on c.id = s.connection_id`,
    );
  if (lost.length > 0)
    await print(
      `select cause, since, until, cursor_at, state, found, added, message, created_at, finished_at from catch_up order by created_at`,
    );
  async function tell(id: string): Promise<void> {
    console.log(`  ${id}: ${JSON.stringify(salesforce.db.get('Case', id)?.values)}`);
    await print(
      `select change_type, source, event_at, received_at, payload, event_key from event where record_id = '${id}' order by id`,
    );
    await print(`select * from claim where record_id = '${id}'`);
    await print(
      `select outcome, reason, message, attempts, finished_at, next_try_at from execution where record_id = '${id}' order by id`,
    );
  }
  async function print(sql: string): Promise<void> {
    for (const row of (await database.query(sql)).rows) console.log(`    ${JSON.stringify(row)}`);
  }

  endAll();
  process.off('exit', endAll);
  await Promise.all([toSalesforce, toZenqms, ...toDatabase].map((proxy) => proxy.close()));
  await Promise.all([salesforce.close(), zenqms.close()]);
  await database.end();
  if (process.env['FAULTS_KEEP']) console.log(`kept the database ${name}`);
  else await admin.query(`drop database ${name} with (force)`);
  await admin.end();
  return problems.length === 0;
}
