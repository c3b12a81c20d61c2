/** A relay between both stand-ins, connected as an admin would. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { type Salesforce, type SalesforceOptions, startSalesforce } from '../standins/salesforce/server.ts';
import { TOKENS } from '../standins/zenqms/seed.ts';
import { type Zenqms, startZenqms } from '../standins/zenqms/server.ts';
import { type RelayOptions, type RelayProcess, removeDirectory, startRelayProcess, until } from './relay-process.ts';

export interface Journey {
  salesforce: Salesforce;
  zenqms: Zenqms;
  relay: RelayProcess;
  salesforceId: string;
  zenqmsId: string;
  /** Starts the relay again on the same database. */
  restart(options?: RelayOptions): Promise<void>;
  /** Creates one; what is not given is a complaint of every created or updated Case. */
  integration(changes?: Record<string, unknown>): Promise<{ id: string; status: string; revision: number }>;
  executions(filters?: Record<string, string>): Promise<Execution[]>;
  /** Waits until the log has so many rows of the integration that are not waiting for another try. */
  settled(integrationId: string, count: number, withinMs?: number): Promise<Execution[]>;
  close(): Promise<void>;
}

export interface Execution {
  id: string;
  integrationId: string;
  recordId: string;
  outcome: string;
  reason: string;
  message: string;
  issueId: string | null;
  issueNumber: string | null;
  attempts: number;
  finishedAt: string | null;
}

export interface JourneyOptions {
  readonly salesforce?: SalesforceOptions;
  readonly relay?: RelayOptions;
}

/** Deviations have no required field but the summary, NCRs none at all: the category that tests use unless they say otherwise. */
export const NCR = 'cat_ncr';

export async function startJourney(options: JourneyOptions = {}): Promise<Journey> {
  const salesforce = await startSalesforce({ connectTimeoutMs: 2_000, ...options.salesforce });
  const zenqms = await startZenqms();
  const relay = await startRelayProcess({ dataDir: await migratedDirectory(), ...options.relay });
  const salesforceId = await connectSalesforce(relay, salesforce);
  const { id: zenqmsId } = await relay.ok<{ id: string }>('POST', '/api/v1/zenqms/connections', {
    name: 'Account',
    baseUrl: zenqms.url,
    apiToken: TOKENS.full,
  });
  const journey: Journey = {
    salesforce,
    zenqms,
    relay,
    salesforceId,
    zenqmsId,
    restart: async (again = {}) => {
      blameless(journey.relay);
      journey.relay = await startRelayProcess({ ...options.relay, dataDir: relay.dataDir, ...again });
    },
    integration: (changes = {}) =>
      journey.relay.ok('POST', '/api/v1/integrations', {
        name: 'Complaints from Cases',
        salesforceConnectionId: salesforceId,
        zenqmsConnectionId: zenqmsId,
        object: 'Case',
        categoryId: NCR,
        assigneeId: 'usr_0001',
        dueDate: { from: 'today', daysToAdd: 30 },
        fieldMappings: [],
        ...changes,
      }),
    executions: async (filters = {}) => {
      const rows: Execution[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const query: string = new URLSearchParams({ limit: '500', ...filters, ...(cursor ? { cursor } : {}) }).toString();
        const page: { data: Execution[]; next: string | null } = await journey.relay.ok('GET', `/api/v1/executions?${query}`);
        rows.push(...page.data);
        cursor = page.next;
      }
      return rows;
    },
    settled: (integrationId, count, withinMs) =>
      until(
        `${count} rows of ${integrationId}`,
        async () => {
          const rows = (await journey.executions({ integrationId })).filter((row) => row.finishedAt !== null);
          return rows.length >= count && rows;
        },
        withinMs,
      ),
    close: async () => {
      await journey.relay.kill('SIGKILL');
      blameless(journey.relay);
      await Promise.all([salesforce.close(), journey.zenqms.close()]);
      await removeDirectory(relay.dataDir);
    },
  };
  return journey;
}

/** Whatever a test puts a relay through, these are never in order. */
function blameless(relay: RelayProcess): void {
  const faults = [/an error that nobody caught/, /unhandled/i, /MaxListenersExceeded/, /TypeError/];
  const line = relay
    .output()
    .split('\n')
    .find((each) => faults.some((fault) => fault.test(each)));
  if (line) throw new Error(`The relay says: ${line.slice(0, 2_000)}`);
}

/** A data directory with the database that the tests' image holds: a relay starts on it in half the time that it needs to make one. */
async function migratedDirectory(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'relay-'));
  const image = inject('databaseImage');
  if (!existsSync(image)) return dataDir;
  await mkdir(join(dataDir, 'db'), { mode: 0o700 });
  await promisify(execFile)('tar', ['-xf', image, '-C', join(dataDir, 'db')]);
  return dataDir;
}

/** Creates the connection and authorises it in a browser's stead. @returns its id */
export async function connectSalesforce(relay: RelayProcess, salesforce: Salesforce): Promise<string> {
  const created = await relay.ok<{ id: string; authorizeUrl: string }>('POST', '/api/v1/salesforce/connections', {
    name: 'Org',
    loginUrl: salesforce.url,
    clientId: salesforce.app.clientId,
    clientSecret: salesforce.app.clientSecret,
  });
  const { location } = await salesforce.authorizeInBrowser(created.authorizeUrl);
  const page = await fetch(location ?? '');
  const text = await page.text();
  if (page.status !== 200) throw new Error(`The callback answered ${page.status}: ${text}`);
  return created.id;
}
