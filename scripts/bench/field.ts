/** One measurement's surroundings: both stand-ins, an empty database, a configured relay that is stopped until the backlog is there. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type LaunchedRelay, launchRelay } from '../start/relay.ts';
import { type StandIn, endWithBench, standIn } from './processes.ts';
import { CONNECTIONS, warmZenqms } from './zenqms.ts';

export interface Field {
  readonly salesforce: StandIn;
  readonly zenqms: StandIn;
  readonly integrationId: string;
  readonly dataDir: string;
  /** null: PGlite in dataDir */
  readonly databaseUrl: string | null;
  /** Starts so many relays; more than one need Postgres. */
  launch(count: number): Promise<LaunchedRelay[]>;
  close(): Promise<void>;
}

/** @param server a Postgres where databases may be made, null for PGlite */
export async function prepareField(server: string | null, changes: Record<string, unknown> = {}): Promise<Field> {
  const dataDir = await mkdtemp(join(tmpdir(), 'relay-bench-'));
  const [salesforce, zenqms] = await Promise.all([standIn('salesforce'), warmZenqms()]);
  const own = server === null ? null : await ownDatabase(server);
  const token = randomBytes(24).toString('base64url');
  const key = `k1:${randomBytes(32).toString('base64')}`;
  const running: LaunchedRelay[] = [];
  const launch = async (count: number): Promise<LaunchedRelay[]> => {
    const fresh = await Promise.all(
      Array.from({ length: count }, async (_, place) =>
        launchRelay({
          dataDir: place === 0 ? dataDir : await mkdtemp(join(dataDir, 'other-')),
          token,
          env: {
            DELIVERY_CONCURRENCY: String(CONNECTIONS),
            ENCRYPTION_KEYS: key,
            ...(own ? { DATABASE_URL: own.url } : {}),
            ...profiling(),
          },
        }),
      ),
    );
    for (const each of fresh) endWithBench(each.pid);
    running.push(...fresh);
    return fresh;
  };
  const [relay] = (await launch(1)) as [LaunchedRelay];
  const integrationId = await configure(relay, salesforce, zenqms, changes);
  await relay.stop();
  return {
    salesforce,
    zenqms,
    integrationId,
    dataDir,
    databaseUrl: own?.url ?? null,
    launch,
    close: async () => {
      await Promise.all(running.map((each) => each.stop()));
      await Promise.all([salesforce.stop(), zenqms.stop()]);
      await own?.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** `BENCH_PROFILE=<directory>`: each relay leaves a CPU profile there when it ends, to be opened in a browser's developer tools. */
function profiling(): Record<string, string> {
  const directory = process.env['BENCH_PROFILE'];
  return directory ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${directory}` } : {};
}

async function configure(
  relay: LaunchedRelay,
  salesforce: StandIn,
  zenqms: StandIn,
  changes: Record<string, unknown>,
): Promise<string> {
  const { said } = salesforce;
  const org = await relay.call<{ id: string; authorizeUrl: string }>('POST', '/api/v1/salesforce/connections', {
    name: 'Org',
    loginUrl: said['url'],
    clientId: said['clientId'],
    clientSecret: said['clientSecret'],
  });
  const { location } = await salesforce.control<{ location: string }>('POST', 'authorize', { authorizeUrl: org.authorizeUrl });
  const page = await fetch(location);
  if (!page.ok) throw new Error(`the authorisation ended with ${page.status}`);
  const account = await relay.call<{ id: string }>('POST', '/api/v1/zenqms/connections', {
    name: 'Account',
    baseUrl: zenqms.said['url'],
    apiToken: zenqms.said['token'],
  });
  const { id } = await relay.call<{ id: string }>('POST', '/api/v1/integrations', {
    name: 'Issues from Cases',
    salesforceConnectionId: org.id,
    zenqmsConnectionId: account.id,
    object: 'Case',
    categoryId: 'cat_ncr',
    assigneeId: 'usr_0001',
    dueDate: { from: 'today', daysToAdd: 30 },
    fieldMappings: [],
    bulkLimit: null,
    ...changes,
  });
  // The stream listens for the object only once its owner has subscribed; events before that would be found by query instead.
  for (let tries = 0; tries < 600; tries += 1) {
    const { subscriptions } = await salesforce.control<{ subscriptions: unknown[] }>('POST', 'counters');
    const { status } = await relay.call<{ status: string }>('GET', `/api/v1/integrations/${id}`);
    if (status === 'active' && Object.keys(subscriptions).length > 0) return id;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the relay did not begin to listen within 30 seconds');
}

async function ownDatabase(server: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `bench_${randomBytes(5).toString('hex')}`;
  const run = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await run(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`drop database if exists ${name} with (force)`) };
}
