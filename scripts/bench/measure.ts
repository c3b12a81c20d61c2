/** What is measured: each function fills a field, lets relays work, and returns figures. */
import { openPGlite, openPostgres } from '../../relay/db/connect.ts';
import { sql } from 'kysely';
import { progressBar } from '../start/progress.ts';
import type { LaunchedRelay } from '../start/relay.ts';
import { type Field, prepareField } from './field.ts';
import { type Used, used, usedByDatabase } from './processes.ts';

export interface Backlog {
  readonly events: number;
  readonly issues: number;
  /** From the first Issue seen to the last. */
  readonly perSecond: number;
  readonly salesforceCalls: number;
  readonly zenqmsCallsPerIssue: number;
  /** Summed over the relays; the peak is of the largest. */
  readonly used: Used;
  /** CPU milliseconds for each event between the first Issue and the last: of the relays, and of Postgres (0: it is the relay's own, or elsewhere). */
  readonly perEvent: { readonly relay: number; readonly postgres: number };
}

const PATIENCE_MS = 240_000;
const soon = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface ZenqmsCounters {
  readonly operations: Record<string, number>;
  readonly issuesMade: number;
}

const salesforceCalls = async (field: Field): Promise<number> =>
  (await field.salesforce.control<{ apiCalls: number }>('POST', 'counters')).apiCalls;
const zenqmsCounters = (field: Field): Promise<ZenqmsCounters> => field.zenqms.control('GET', 'counters');

async function insertCases(field: Field, count: number): Promise<string[]> {
  const all: string[] = [];
  for (let from = 0; from < count; from += 1_000) {
    const records = Array.from({ length: Math.min(1_000, count - from) }, (_, place) => ({
      Subject: `Pump ${from + place} stops`,
    }));
    all.push(...(await field.salesforce.control<{ ids: string[] }>('POST', 'insert-each', { object: 'Case', records })).ids);
  }
  return all;
}

/** Works off what happened while no relay ran. */
export async function drain(
  field: Field,
  options: { what: string; events: number; issues: number; latencyMs: number; relays: number },
): Promise<Backlog> {
  await field.zenqms.control('PATCH', 'settings', { latencyMs: options.latencyMs });
  const before = { calls: await salesforceCalls(field), zenqms: await zenqmsCounters(field) };
  const relays = await field.launch(options.relays);
  const bar = progressBar(options.what, options.events);
  const cpu = () => spentBy(field, relays);
  let first: { at: number; done: number; cpu: { relay: number; postgres: number } } | null = null;
  let last = { at: 0, done: 0 };
  for (const deadline = performance.now() + PATIENCE_MS; last.done < options.events; await soon(50)) {
    const done = await progress(field, relays[0] as LaunchedRelay, options, before.zenqms.issuesMade);
    if (done > last.done) last = { at: performance.now(), done };
    if (first === null && done > 0) first = { ...last, cpu: cpu() };
    bar.update(done);
    if (performance.now() > deadline) throw new Error(`${options.what}: only ${done} of ${options.events} after four minutes`);
  }
  bar.end();
  const after = { calls: await salesforceCalls(field), zenqms: await zenqmsCounters(field) };
  const usage = relays.map((relay) => used(relay.pid));
  const spent = cpu();
  await Promise.all(relays.map((relay) => relay.stop()));
  const issues = after.zenqms.issuesMade - before.zenqms.issuesMade;
  if (issues !== options.issues) throw new Error(`${options.what}: ${issues} Issues instead of ${options.issues}`);
  const began = first ?? { ...last, cpu: spent };
  const perEvent = (cpuSeconds: number): number => (cpuSeconds * 1000) / Math.max(1, last.done - began.done);
  return {
    events: options.events,
    issues,
    perSecond: ((last.done - began.done) * 1000) / Math.max(1, last.at - began.at),
    salesforceCalls: after.calls - before.calls,
    zenqmsCallsPerIssue: (total(after.zenqms) - total(before.zenqms)) / issues,
    used: {
      cpuSeconds: usage.reduce((sum, each) => sum + each.cpuSeconds, 0),
      peakMb: Math.max(...usage.map((each) => each.peakMb)),
    },
    perEvent: { relay: perEvent(spent.relay - began.cpu.relay), postgres: perEvent(spent.postgres - began.cpu.postgres) },
  };
}

const total = (counters: ZenqmsCounters): number => Object.values(counters.operations).reduce((sum, each) => sum + each, 0);

/** Issues where each event makes one (asking the relay would cost it time); else rows of the log. */
async function progress(
  field: Field,
  relay: LaunchedRelay,
  wanted: { events: number; issues: number },
  before: number,
): Promise<number> {
  if (wanted.events === wanted.issues) return (await zenqmsCounters(field)).issuesMade - before;
  const { counts } = await relay.call<{ counts: Record<'created' | 'skipped' | 'error', number> }>(
    'GET',
    `/api/v1/integrations/${field.integrationId}/status`,
  );
  return counts.created + counts.skipped + counts.error;
}

export async function backlog(
  server: string | null,
  options: { what: string; events: number; latencyMs: number; relays?: number; oldRows?: number },
): Promise<Backlog> {
  const field = await prepareField(server);
  try {
    if (options.oldRows) await age(field, options.oldRows);
    await insertCases(field, options.events);
    return await drain(field, { relays: 1, ...options, issues: options.events });
  } finally {
    await field.close();
  }
}

/** Many changes of few records, one in twenty of which lets the filter through: one Issue a record, whatever comes after. */
export async function updateStorm(server: string | null, events: number): Promise<Backlog> {
  const records = events / 40;
  const field = await prepareField(server, { triggerOn: 'update', filterFormula: "ISPICKVAL(Priority, 'High')" });
  try {
    const { ids } = await field.salesforce.control<{ ids: string[] }>('POST', 'insert-silently', {
      object: 'Case',
      records: Array.from({ length: records }, (_, place) => ({ Subject: `Pump ${place}`, Priority: 'Low' })),
    });
    for (let round = 0; round < 40; round += 1) {
      const values = { Subject: `Round ${round}`, Priority: round % 20 === 7 ? 'High' : round % 2 === 0 ? 'Low' : 'Medium' };
      await field.salesforce.control('POST', 'update-each', { object: 'Case', updates: ids.map((id) => ({ id, values })) });
    }
    return await drain(field, { what: `update storm, ${events}`, events, issues: records, latencyMs: 0, relays: 1 });
  } finally {
    await field.close();
  }
}

export interface Latency {
  readonly p50: number;
  readonly p99: number;
  /** As of a backlog, but of events that come one by one: each is a transaction of its own. */
  readonly perEvent: { readonly relay: number; readonly postgres: number };
}

/** CPU seconds until now. */
const spentBy = (field: Field, relays: readonly LaunchedRelay[]): { relay: number; postgres: number } => ({
  relay: relays.reduce((sum, relay) => sum + used(relay.pid).cpuSeconds, 0),
  postgres: field.databaseUrl ? usedByDatabase(new URL(field.databaseUrl).pathname.slice(1)) : 0,
});

/** From the change in Salesforce to the Issue in ZenQMS, on one machine's clock. */
export async function latency(
  server: string | null,
  options: { seconds: number; latencyMs: number; perSecond: number },
): Promise<Latency> {
  const field = await prepareField(server);
  try {
    await field.zenqms.control('PATCH', 'settings', { latencyMs: options.latencyMs });
    const relays = await field.launch(1);
    await insertCases(field, 20);
    for (let made = 0; made < 20; await soon(20)) made = (await zenqmsCounters(field)).issuesMade;
    const count = options.seconds * options.perSecond;
    const bar = progressBar(`latency at ${options.latencyMs} ms`, count);
    const changed = new Map<string, number>();
    const before = spentBy(field, relays);
    const from = performance.now();
    for (let place = 0; place < count; place += 1) {
      await soon(Math.max(0, from + (place * 1_000) / options.perSecond - performance.now()));
      const at = Date.now();
      const [id] = await insertCases(field, 1);
      changed.set(id ?? '', at);
      bar.update(place + 1);
    }
    bar.end();
    for (let made = 0; made < count + 20; await soon(20)) made = (await zenqmsCounters(field)).issuesMade;
    const spent = spentBy(field, relays);
    const { issues } = await field.zenqms.control<{ issues: { external_id: string; created_at: string }[] }>('GET', 'issues');
    await Promise.all(relays.map((relay) => relay.stop()));
    const took = issues
      .flatMap((issue) => {
        const at = changed.get(issue.external_id);
        return at === undefined ? [] : [Date.parse(issue.created_at) - at];
      })
      .sort((a, b) => a - b);
    if (took.length !== count) throw new Error(`${took.length} Issues could be timed instead of ${count}`);
    return {
      p50: took[Math.floor(count * 0.5)] ?? 0,
      p99: took[Math.min(count - 1, Math.floor(count * 0.99))] ?? 0,
      perEvent: {
        relay: ((spent.relay - before.relay) * 1_000) / count,
        postgres: ((spent.postgres - before.postgres) * 1_000) / count,
      },
    };
  } finally {
    await field.close();
  }
}

/** A log of former months, and a thousand integrations of which one is for what comes. */
async function age(field: Field, rows: number): Promise<void> {
  const database = field.databaseUrl ? openPostgres(field.databaseUrl, { max: 1 }) : await openPGlite(field.dataDir);
  try {
    await sql`
      insert into integration (id, name, salesforce_connection_id, zenqms_connection_id, object, definition, status)
      select 'old-' || n, 'Old ' || n, salesforce_connection_id, zenqms_connection_id, 'Account', jsonb_set(definition, '{object}', '"Account"'), 'active'
        from integration, generate_series(1, 999) n`.execute(database.db);
    await sql`
      insert into execution (id, received_at, integration_id, event_id, event_at, object, record_id, change_type, outcome, reason, message, attempts, finished_at)
      select nextval('execution_id'), at, 'old-' || (n % 999 + 1), n, at, 'Account', '001' || lpad(n::text, 12, '0') || 'AAA', 'UPDATE',
             'skipped', 'filter_false', 'The filter formula is false.', 1, at
        from (select n, now() - n * interval '2 seconds' as at from generate_series(1, ${rows}::int) n) as old`.execute(
      database.db,
    );
    // What is old has long since been looked after; it must not be in the middle of the measurement.
    await sql`vacuum (analyze) execution`.execute(database.db);
    // Only a superuser may; without it the figure is a little on the slow side.
    await sql`checkpoint`.execute(database.db).catch(() => undefined);
  } finally {
    await database.close();
  }
}
