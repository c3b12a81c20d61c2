/**
 * What a field held before a change: change events don't say, so the last seen value is kept, of exactly the fields that some
 * active integration's PRIORVALUE names. What was never seen is unknown, not blank.
 */
import { type Kysely, type Transaction, sql } from 'kysely';
import { type Columns, rowsOf } from '../db/rows-of.ts';
import type { Schema } from '../db/schema.ts';
import { storableJson } from '../db/storable.ts';
import type { ChangeEvent, FieldValues } from '../model/event.ts';

/** The paths that an integration's PRIORVALUE names; empty for most. */
export type PriorPaths = (integrationId: string) => readonly string[];

export type PriorOf = (event: ChangeEvent, integrationId: string) => Record<string, unknown> | null;

type Pair = { readonly event: ChangeEvent; readonly integrationId: string };

/** Walks the events in order, answering each with what was known before it, and stores what is known after the last. */
export async function rememberPrior(
  trx: Transaction<Schema>,
  connectionId: string,
  pairs: readonly Pair[],
  pathsOf: PriorPaths,
): Promise<PriorOf> {
  const wanted = pairs.filter((pair) => pathsOf(pair.integrationId).length > 0);
  if (wanted.length === 0) return () => null;
  const replayed = await storedKeys(trx, connectionId, wanted);
  const memory = await read(trx, wanted);
  const touched = new Map<string, Date>();
  const answers = new Map<string, Record<string, unknown>>();
  for (const { event, integrationId } of wanted) {
    // A replay is ignored by the inbox; it must not set the memory back either.
    if (replayed.has(event.key)) continue;
    const key = keyOf(integrationId, event.recordId);
    const known = memory.get(key);
    answers.set(`${integrationId} ${event.key}`, { ...known });
    memory.set(key, after(event, known, pathsOf(integrationId)));
    touched.set(key, new Date(event.eventAt));
  }
  await write(
    trx,
    [...touched].map(([key, seenAt]) => ({ key, values: memory.get(key) ?? {}, seenAt })),
  );
  return (event, integrationId) => answers.get(`${integrationId} ${event.key}`) ?? null;
}

/** What is known once the event has happened. A gap tells that something changed, not what: all is forgotten. */
function after(
  event: ChangeEvent,
  known: Record<string, unknown> | undefined,
  paths: readonly string[],
): Record<string, unknown> {
  if (event.changeType === 'CREATE' || event.changeType === 'UNDELETE') {
    return Object.fromEntries(paths.map((path) => [path, valueAt(event.values, path) ?? null]));
  }
  if (event.changeType !== 'UPDATE' || event.changedFields === null) return {};
  const changed = paths.flatMap((path) => {
    const value = valueAt(event.values, path);
    return value === undefined ? (event.changedFields?.includes(path) ? [[path, null] as const] : []) : [[path, value] as const];
  });
  return { ...known, ...Object.fromEntries(changed) };
}

/** `Name.FirstName` inside `{Name: {FirstName}}`; undefined where the event does not carry it. */
function valueAt(values: FieldValues, path: string): unknown {
  let at: unknown = values;
  for (const part of path.split('.')) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
}

const keyOf = (integrationId: string, recordId: string): string => `${integrationId} ${recordId}`;

const EVENT: Columns<Pair> = {
  k: ['text', ({ event }) => event.key],
  at: ['timestamptz', ({ event }) => event.eventAt],
};

const RECORD: Columns<Pair> = {
  i: ['text', ({ integrationId }) => integrationId],
  r: ['text', ({ event }) => event.recordId],
};

async function storedKeys(trx: Transaction<Schema>, connectionId: string, pairs: readonly Pair[]): Promise<Set<string>> {
  const { rows } = await sql<{ event_key: string }>`
    select e.event_key from event e
      join ${rowsOf('r', pairs, EVENT)}
        on e.event_at = r.at and e.connection_id = ${connectionId} and e.event_key = r.k`.execute(trx);
  return new Set(rows.map((row) => row.event_key));
}

async function read(trx: Transaction<Schema>, pairs: readonly Pair[]): Promise<Map<string, Record<string, unknown>>> {
  const { rows } = await sql<{ integration_id: string; record_id: string; field_values: Record<string, unknown> }>`
    select p.integration_id, p.record_id, p.field_values from prior_value p
      join (select distinct i, r from ${rowsOf('x', pairs, RECORD)}) w on p.integration_id = w.i and p.record_id = w.r`.execute(
    trx,
  );
  return new Map(rows.map((row) => [keyOf(row.integration_id, row.record_id), row.field_values]));
}

interface Seen {
  /** As keyOf makes it. */
  readonly key: string;
  readonly values: Record<string, unknown>;
  readonly seenAt: Date;
}

const SEEN: Columns<Seen> = {
  i: ['text', ({ key }) => key.slice(0, key.indexOf(' '))],
  r: ['text', ({ key }) => key.slice(key.indexOf(' ') + 1)],
  v: ['json', ({ values }) => storableJson(values)],
  at: ['timestamptz', ({ seenAt }) => seenAt.toISOString()],
};

async function write(db: Kysely<Schema>, entries: readonly Seen[]): Promise<void> {
  if (entries.length === 0) return;
  const sorted = [...entries].sort((a, b) => (a.key < b.key ? -1 : 1));
  await sql`
    insert into prior_value (integration_id, record_id, field_values, seen_at)
    select i, r, v::jsonb, at from ${rowsOf('x', sorted, SEEN)}
    on conflict (integration_id, record_id) do update set field_values = excluded.field_values, seen_at = excluded.seen_at`.execute(
    db,
  );
}

interface Baseline {
  readonly recordId: string;
  readonly values: Record<string, unknown>;
  readonly asOf: Date;
}

const BASELINE: Columns<Baseline> = {
  r: ['text', ({ recordId }) => recordId],
  v: ['json', ({ values }) => storableJson(values)],
  at: ['timestamptz', ({ asOf }) => asOf.toISOString()],
};

/** The baseline, read when an integration is activated: never overwrites what events have said meanwhile. */
export async function storeBaseline(db: Kysely<Schema>, integrationId: string, records: readonly Baseline[]): Promise<void> {
  if (records.length === 0) return;
  const sorted = [...records].sort((a, b) => (a.recordId < b.recordId ? -1 : 1));
  await sql`
    insert into prior_value (integration_id, record_id, field_values, seen_at)
    select ${integrationId}, r, v::jsonb, at from ${rowsOf('x', sorted, BASELINE)}
    on conflict (integration_id, record_id) do nothing`.execute(db);
}
