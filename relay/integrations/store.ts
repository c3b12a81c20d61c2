/** Stored integrations and their revisions. A save names the revision it read; whoever comes second is told so. */
import type { Selectable } from 'kysely';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import { type Page, type PageRequest, toPage } from '../db/page.ts';
import type { IntegrationTable } from '../db/schema.ts';
import type { Integration, IntegrationDefinition, IntegrationStatus } from '../model/integration.ts';
import type { Drift } from './status.ts';

type Row = Selectable<IntegrationTable>;

export interface StoredIntegration extends Integration {
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface Saver {
  readonly actor: string;
  readonly actingUser: string | null;
}

/** Must run inside a transaction. One that begins paused begins a pause, so that a resume can go back to here. */
export async function createIntegration(
  trx: Db,
  definition: IntegrationDefinition,
  options: { status: 'starting' | 'paused'; problems: readonly Drift[]; by: Saver; now: Date },
): Promise<StoredIntegration> {
  const { status, by, now } = options;
  const id = newId(now);
  const row = await trx
    .insertInto('integration')
    .values({
      id,
      ...columnsOf(definition),
      status,
      problems: JSON.stringify(options.problems),
      activated_at: now,
      paused_at: status === 'paused' ? now : null,
      created_at: now,
      updated_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  if (status === 'paused') await trx.insertInto('integration_pause').values({ integration_id: id, paused_at: now }).execute();
  await addRevision(trx, row, 'created', by, now);
  return toIntegration(row);
}

export async function findIntegration(db: Db, id: string): Promise<StoredIntegration | null> {
  const row = await db.selectFrom('integration').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toIntegration(row) : null;
}

/** Oldest first. */
export async function listIntegrations(db: Db, page: PageRequest): Promise<Page<StoredIntegration>> {
  let query = db
    .selectFrom('integration')
    .selectAll()
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== null) query = query.where('id', '>', page.after);
  return toPage(await query.execute(), page.limit, (row) => row.id, toIntegration);
}

/** What a connection's stream must bring: every integration of it that is not paused. */
export async function activeFor(db: Db, salesforceConnectionId: string): Promise<StoredIntegration[]> {
  const rows = await db
    .selectFrom('integration')
    .selectAll()
    .where('salesforce_connection_id', '=', salesforceConnectionId)
    .where('status', 'in', ['active', 'starting'])
    .orderBy('id')
    .execute();
  return rows.map(toIntegration);
}

/** Every integration, for checks that run by themselves. */
export async function allIntegrations(db: Db): Promise<StoredIntegration[]> {
  return (await db.selectFrom('integration').selectAll().orderBy('id').execute()).map(toIntegration);
}

export type Saved =
  | { readonly kind: 'saved'; readonly before: StoredIntegration; readonly after: StoredIntegration }
  | { readonly kind: 'not_found' }
  /** Somebody saved first. */
  | { readonly kind: 'changed'; readonly revision: number };

/**
 * Must run inside a transaction. Another object or org starts afresh: only what happens there from now on counts, and its stream has
 * to be found first. What checks found wrong with the old definition is forgotten for `problems`, what this one is saved with.
 */
export async function updateIntegration(
  trx: Db,
  id: string,
  definition: IntegrationDefinition,
  options: { revision: number; problems: readonly Drift[]; by: Saver; now: Date },
): Promise<Saved> {
  const old = await trx.selectFrom('integration').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!old) return { kind: 'not_found' };
  if (old.revision !== options.revision) return { kind: 'changed', revision: old.revision };
  const elsewhere =
    old.object.toLowerCase() !== definition.object.toLowerCase() ||
    old.salesforce_connection_id !== definition.salesforceConnectionId;
  const row = await trx
    .updateTable('integration')
    .set({
      ...columnsOf(definition),
      revision: old.revision + 1,
      updated_at: options.now,
      problems: JSON.stringify(options.problems),
      problems_checked_at: null,
      ...(elsewhere ? { activated_at: options.now } : {}),
      ...(elsewhere && old.status === 'active' ? { status: 'starting' } : {}),
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await addRevision(trx, row, 'updated', options.by, options.now);
  return { kind: 'saved', before: toIntegration(old), after: toIntegration(row) };
}

/** @returns what was deleted, or null. Its rows of the execution log and its claims stay. */
export async function deleteIntegration(trx: Db, id: string): Promise<StoredIntegration | null> {
  const row = await trx.deleteFrom('integration').where('id', '=', id).returningAll().executeTakeFirst();
  return row ? toIntegration(row) : null;
}

/** The stream was found to bring its object. */
export async function markActive(db: Db, id: string): Promise<void> {
  await db.updateTable('integration').set({ status: 'active' }).where('id', '=', id).where('status', '=', 'starting').execute();
}

export interface Revision {
  readonly revision: number;
  readonly action: string;
  readonly actor: string;
  readonly actingUser: string | null;
  readonly at: string;
  readonly definition: IntegrationDefinition;
}

/** Newest first. */
export async function revisions(db: Db, id: string, page: PageRequest): Promise<Page<Revision>> {
  let query = db
    .selectFrom('integration_revision')
    .selectAll()
    .where('integration_id', '=', id)
    .orderBy('revision', 'desc')
    .limit(page.limit + 1);
  if (page.after !== null) query = query.where('revision', '<', Number(page.after));
  return toPage(
    await query.execute(),
    page.limit,
    (row) => String(row.revision),
    (row): Revision => ({
      revision: row.revision,
      action: row.action,
      actor: row.actor,
      actingUser: row.acting_user,
      at: row.at.toISOString(),
      definition: row.definition as IntegrationDefinition,
    }),
  );
}

async function addRevision(trx: Db, row: Row, action: string, by: Saver, at: Date): Promise<void> {
  await trx
    .insertInto('integration_revision')
    .values({
      integration_id: row.id,
      revision: row.revision,
      definition: JSON.stringify(row.definition),
      action,
      actor: by.actor,
      acting_user: by.actingUser,
      at,
    })
    .execute();
}

const columnsOf = (definition: IntegrationDefinition) => ({
  name: definition.name,
  salesforce_connection_id: definition.salesforceConnectionId,
  zenqms_connection_id: definition.zenqmsConnectionId,
  object: definition.object,
  definition: JSON.stringify(definition),
});

export const toIntegration = (row: Row): StoredIntegration => ({
  ...(row.definition as IntegrationDefinition),
  id: row.id,
  revision: row.revision,
  status: row.status as IntegrationStatus,
  activatedAt: row.activated_at.toISOString(),
  pausedAt: row.paused_at?.toISOString() ?? null,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});
