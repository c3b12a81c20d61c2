/** Stored ZenQMS connections; the token goes in and comes out only through `zenqmsCredentials`. */
import type { Selectable, Updateable } from 'kysely';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import { type Page, type PageRequest, toPage } from '../db/page.ts';
import type { ZenqmsConnectionTable } from '../db/schema.ts';
import type { Problem, ZenqmsConnection, ZenqmsCredentials, ZenqmsSettings } from '../model/connection.ts';
import { identifyAccount } from './account-identity.ts';
import type { Keyring } from './secrets.ts';

type Row = Selectable<ZenqmsConnectionTable>;

export const ZENQMS_DEFAULTS: ZenqmsSettings = {
  authHeader: 'Authorization',
  authScheme: 'Bearer',
  pathPrefix: '/v2',
  blackouts: [],
};

export const zenqmsPlace = (id: string): string => `zenqms_connection/${id}/api_token`;

interface Tried {
  /** First page of the account's users, as the trial found them. */
  readonly users: readonly { readonly id: string; readonly email: string }[];
}

/** Must run inside a transaction. */
export async function createZenqmsConnection(
  trx: Db,
  keys: Keyring,
  wanted: Tried & {
    readonly name: string;
    readonly baseUrl: string;
    readonly apiToken: string;
    readonly settings?: Partial<ZenqmsSettings> | undefined;
  },
): Promise<ZenqmsConnection> {
  const id = newId();
  const account = await identifyAccount(trx, keys, wanted);
  const row = await trx
    .insertInto('zenqms_connection')
    .values({
      id,
      account_id: account.accountId,
      account_sample: JSON.stringify(account.sample),
      name: wanted.name,
      base_url: wanted.baseUrl,
      api_token: keys.seal(wanted.apiToken, zenqmsPlace(id)),
      settings: JSON.stringify({ ...ZENQMS_DEFAULTS, ...wanted.settings }),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toConnection(row);
}

export async function zenqmsConnection(db: Db, id: string): Promise<ZenqmsConnection | null> {
  const row = await db.selectFrom('zenqms_connection').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toConnection(row) : null;
}

/** Oldest first. */
export async function zenqmsConnections(db: Db, page: PageRequest): Promise<Page<ZenqmsConnection>> {
  let query = db
    .selectFrom('zenqms_connection')
    .selectAll()
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== null) query = query.where('id', '>', page.after);
  return toPage(await query.execute(), page.limit, (row) => row.id, toConnection);
}

/**
 * Saves what an admin changed; must run inside a transaction. What decides whether ZenQMS answers was tried first (`tried`), so that
 * the connection is well again.
 * @returns null where there is no such connection
 */
export async function updateZenqmsConnection(
  trx: Db,
  keys: Keyring,
  id: string,
  changes: {
    readonly name?: string | undefined;
    readonly baseUrl?: string | undefined;
    readonly apiToken?: string | undefined;
    readonly settings?: Partial<ZenqmsSettings> | undefined;
    readonly tried: Tried | null;
  },
): Promise<ZenqmsConnection | null> {
  const old = await trx.selectFrom('zenqms_connection').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!old) return null;
  const values: Updateable<ZenqmsConnectionTable> = { updated_at: new Date() };
  if (changes.name !== undefined) values.name = changes.name;
  if (changes.baseUrl !== undefined) values.base_url = changes.baseUrl;
  if (changes.apiToken !== undefined) values.api_token = keys.seal(changes.apiToken, zenqmsPlace(id));
  if (changes.settings) values.settings = JSON.stringify({ ...settingsOf(old), ...changes.settings });
  if (changes.tried) {
    const account = await identifyAccount(trx, keys, {
      baseUrl: changes.baseUrl ?? old.base_url,
      users: changes.tried.users,
      exceptId: id,
    });
    Object.assign(values, {
      account_id: account.accountId,
      account_sample: JSON.stringify(account.sample),
      status: 'connected',
      problem: null,
      hold_until: null,
      hold_attempts: 0,
    });
  }
  const row = await trx
    .updateTable('zenqms_connection')
    .set(values)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toConnection(row);
}

export async function deleteZenqmsConnection(trx: Db, id: string): Promise<'deleted' | 'in_use' | 'not_found'> {
  const row = await trx.selectFrom('zenqms_connection').select('id').where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) return 'not_found';
  const used = await trx
    .selectFrom('integration')
    .select('id')
    .where('zenqms_connection_id', '=', id)
    .limit(1)
    .executeTakeFirst();
  if (used) return 'in_use';
  await trx.deleteFrom('zenqms_connection').where('id', '=', id).execute();
  return 'deleted';
}

/** @returns null when it is gone @throws SecretUnreadable */
export async function zenqmsCredentials(db: Db, keys: Keyring, id: string): Promise<ZenqmsCredentials | null> {
  const row = await db.selectFrom('zenqms_connection').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return null;
  return {
    connectionId: id,
    baseUrl: row.base_url,
    apiToken: keys.open(row.api_token, zenqmsPlace(id)),
    settings: settingsOf(row),
  };
}

/** status null: as it is. */
export async function noteZenqmsStatus(
  db: Db,
  id: string,
  status: ZenqmsConnection['status'] | null,
  problem: Problem | null,
): Promise<void> {
  await db
    .updateTable('zenqms_connection')
    .set({ ...(status === null ? {} : { status }), problem: problem === null ? null : JSON.stringify(problem) })
    .where('id', '=', id)
    .execute();
}

const settingsOf = (row: Row): ZenqmsSettings => ({ ...ZENQMS_DEFAULTS, ...(row.settings as Partial<ZenqmsSettings>) });

function toConnection(row: Row): ZenqmsConnection {
  return {
    id: row.id,
    name: row.name,
    baseUrl: row.base_url,
    accountId: row.account_id,
    status: row.status as ZenqmsConnection['status'],
    problem: row.problem as Problem | null,
    settings: settingsOf(row),
    createdAt: row.created_at.toISOString(),
  };
}
