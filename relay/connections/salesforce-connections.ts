/** Stored Salesforce connections. Secrets go in and come out only through `salesforceCredentials`; no other answer holds one. */
import { type Selectable, type Updateable, sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import { type Page, type PageRequest, toPage } from '../db/page.ts';
import type { SalesforceConnectionTable } from '../db/schema.ts';
import type {
  Problem,
  SalesforceConnection,
  SalesforceConnectionStatus,
  SalesforceCredentials,
  SalesforceSettings,
} from '../model/connection.ts';
import type { OrgInfo } from '../model/salesforce.ts';
import type { Keyring } from './secrets.ts';

type Row = Selectable<SalesforceConnectionTable>;
type SecretColumn = 'client_secret' | 'refresh_token' | 'access_token';

export const SALESFORCE_DEFAULTS: SalesforceSettings = { apiShare: 0.5, eventShare: 0.9, blackouts: [] };

export const salesforcePlace = (id: string, column: SecretColumn): string => `salesforce_connection/${id}/${column}`;

export interface NewSalesforceConnection {
  readonly name: string;
  readonly loginUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly settings?: Partial<SalesforceSettings> | undefined;
}

export async function createSalesforceConnection(
  db: Db,
  keys: Keyring,
  wanted: NewSalesforceConnection,
): Promise<SalesforceConnection> {
  const id = newId();
  const row = await db
    .insertInto('salesforce_connection')
    .values({
      id,
      name: wanted.name,
      login_url: wanted.loginUrl,
      client_id: wanted.clientId,
      client_secret: keys.seal(wanted.clientSecret, salesforcePlace(id, 'client_secret')),
      settings: JSON.stringify({ ...SALESFORCE_DEFAULTS, ...wanted.settings }),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toConnection(row);
}

export async function salesforceConnection(db: Db, id: string): Promise<SalesforceConnection | null> {
  const row = await db.selectFrom('salesforce_connection').selectAll().where('id', '=', id).executeTakeFirst();
  return row ? toConnection(row) : null;
}

/** Oldest first. */
export async function salesforceConnections(db: Db, page: PageRequest): Promise<Page<SalesforceConnection>> {
  let query = db
    .selectFrom('salesforce_connection')
    .selectAll()
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== null) query = query.where('id', '>', page.after);
  return toPage(await query.execute(), page.limit, (row) => row.id, toConnection);
}

/**
 * Saves what an admin changed. Another login URL, key or secret ends the authorisation: the tokens belong to what was there before.
 * @returns null where there is no such connection
 */
export async function updateSalesforceConnection(
  db: Db,
  keys: Keyring,
  id: string,
  changes: {
    readonly name?: string | undefined;
    readonly loginUrl?: string | undefined;
    readonly clientId?: string | undefined;
    readonly clientSecret?: string | undefined;
    readonly settings?: Partial<SalesforceSettings> | undefined;
  },
): Promise<SalesforceConnection | null> {
  const old = await db.selectFrom('salesforce_connection').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!old) return null;
  const otherApp =
    (changes.loginUrl !== undefined && changes.loginUrl !== old.login_url) ||
    (changes.clientId !== undefined && changes.clientId !== old.client_id);
  const values: Updateable<SalesforceConnectionTable> = { updated_at: new Date() };
  if (changes.name !== undefined) values.name = changes.name;
  if (changes.loginUrl !== undefined) values.login_url = changes.loginUrl;
  if (changes.clientId !== undefined) values.client_id = changes.clientId;
  if (changes.clientSecret !== undefined) {
    values.client_secret = keys.seal(changes.clientSecret, salesforcePlace(id, 'client_secret'));
  }
  if (changes.settings) values.settings = JSON.stringify({ ...settingsOf(old), ...changes.settings });
  if (otherApp) {
    Object.assign(values, {
      refresh_token: null,
      access_token: null,
      instance_url: null,
      hold_until: null,
      problem: null,
      status: 'awaiting_authorization' satisfies SalesforceConnectionStatus,
    });
  }
  const row = await db
    .updateTable('salesforce_connection')
    .set(values)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return toConnection(row);
}

export async function deleteSalesforceConnection(db: Db, id: string): Promise<'deleted' | 'in_use' | 'not_found'> {
  const row = await db.selectFrom('salesforce_connection').select('id').where('id', '=', id).forUpdate().executeTakeFirst();
  if (!row) return 'not_found';
  const used = await db
    .selectFrom('integration')
    .select('id')
    .where('salesforce_connection_id', '=', id)
    .limit(1)
    .executeTakeFirst();
  if (used) return 'in_use';
  await db.deleteFrom('salesforce_connection').where('id', '=', id).execute();
  return 'deleted';
}

/** @returns null before it was authorised, or when it is gone @throws SecretUnreadable */
export async function salesforceCredentials(db: Db, keys: Keyring, id: string): Promise<SalesforceCredentials | null> {
  const row = await db.selectFrom('salesforce_connection').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row?.refresh_token || !row.instance_url) return null;
  return {
    connectionId: id,
    loginUrl: row.login_url,
    clientId: row.client_id,
    clientSecret: keys.open(row.client_secret, salesforcePlace(id, 'client_secret')),
    refreshToken: keys.open(row.refresh_token, salesforcePlace(id, 'refresh_token')),
    accessToken: row.access_token ? keys.open(row.access_token, salesforcePlace(id, 'access_token')) : null,
    instanceUrl: row.instance_url,
  };
}

/** What an authorisation needs of a connection that may have no tokens yet. @returns null when it is gone @throws SecretUnreadable */
export async function salesforceApp(
  db: Db,
  keys: Keyring,
  id: string,
): Promise<{ loginUrl: string; clientId: string; clientSecret: string; refreshToken: string | null } | null> {
  const row = await db.selectFrom('salesforce_connection').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return null;
  return {
    loginUrl: row.login_url,
    clientId: row.client_id,
    clientSecret: keys.open(row.client_secret, salesforcePlace(id, 'client_secret')),
    refreshToken: row.refresh_token ? keys.open(row.refresh_token, salesforcePlace(id, 'refresh_token')) : null,
  };
}

/**
 * Whoever sends a connection's refresh token has its turn first: one that rotates is good for one use. A turn ends when tokens are
 * saved, when it is given up, or `forMs` later, when its holder is taken for dead.
 * @returns false while it is somebody else's
 */
export async function beginRefresh(db: Db, id: string, turn: { by: string; forMs: number }): Promise<boolean> {
  const { rows } = await sql`
    update salesforce_connection
       set refreshing_by = ${turn.by}, refreshing_until = clock_timestamp() + ${turn.forMs} * interval '1 millisecond'
     where id = ${id} and (refreshing_by is null or refreshing_by = ${turn.by} or refreshing_until < clock_timestamp())
    returning id`.execute(db);
  return rows.length > 0;
}

export async function giveUpRefresh(db: Db, id: string, by: string): Promise<void> {
  await sql`
    update salesforce_connection set refreshing_by = null, refreshing_until = null
     where id = ${id} and refreshing_by = ${by}`.execute(db);
}

/**
 * After a refresh. A rotated refresh token must be stored before its access token is used: the old one is dead already. Fresh tokens
 * prove that nobody need authorise anew, whatever another relay concluded from the ones before.
 */
export async function saveTokens(
  db: Db,
  keys: Keyring,
  id: string,
  tokens: { readonly accessToken: string; readonly refreshToken?: string | undefined; readonly instanceUrl?: string | undefined },
): Promise<void> {
  await db
    .updateTable('salesforce_connection')
    .set({
      access_token: keys.seal(tokens.accessToken, salesforcePlace(id, 'access_token')),
      ...(tokens.refreshToken === undefined
        ? {}
        : { refresh_token: keys.seal(tokens.refreshToken, salesforcePlace(id, 'refresh_token')) }),
      ...(tokens.instanceUrl === undefined ? {} : { instance_url: tokens.instanceUrl }),
      refreshing_by: null,
      refreshing_until: null,
      status: sql`case when status = 'reauthorization_required' then 'connected' else status end`,
      problem: sql`case when status = 'reauthorization_required' then null else problem end`,
      hold_until: sql`case when status = 'reauthorization_required' then null else hold_until end`,
    })
    .where('id', '=', id)
    .execute();
}

/** An admin has authorised: connected, whatever was wrong before; the stream goes on where it stopped. */
export async function saveAuthorization(
  db: Db,
  keys: Keyring,
  id: string,
  granted: {
    readonly tokens: { readonly accessToken: string; readonly refreshToken: string; readonly instanceUrl: string };
    readonly org: OrgInfo;
    readonly user: { readonly id: string; readonly username: string };
  },
): Promise<SalesforceConnection | null> {
  const { tokens, org, user } = granted;
  const row = await db
    .updateTable('salesforce_connection')
    .set({
      access_token: keys.seal(tokens.accessToken, salesforcePlace(id, 'access_token')),
      refresh_token: keys.seal(tokens.refreshToken, salesforcePlace(id, 'refresh_token')),
      instance_url: tokens.instanceUrl,
      org: JSON.stringify(org),
      sf_user: JSON.stringify({ id: user.id, username: user.username }),
      status: 'connected' satisfies SalesforceConnectionStatus,
      problem: null,
      hold_until: null,
      refreshing_by: null,
      refreshing_until: null,
      updated_at: new Date(),
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row ? toConnection(row) : null;
}

/** status null: as it is. */
export async function noteSalesforceStatus(
  db: Db,
  id: string,
  status: SalesforceConnectionStatus | null,
  problem: Problem | null,
): Promise<void> {
  await db
    .updateTable('salesforce_connection')
    .set({ ...(status === null ? {} : { status }), problem: problem === null ? null : JSON.stringify(problem) })
    .where('id', '=', id)
    .execute();
}

const settingsOf = (row: Row): SalesforceSettings => ({
  ...SALESFORCE_DEFAULTS,
  ...(row.settings as Partial<SalesforceSettings>),
});

function toConnection(row: Row): SalesforceConnection {
  return {
    id: row.id,
    name: row.name,
    loginUrl: row.login_url,
    clientId: row.client_id,
    status: row.status as SalesforceConnectionStatus,
    problem: row.problem as Problem | null,
    org: row.org as SalesforceConnection['org'],
    user: row.sf_user as SalesforceConnection['user'],
    settings: settingsOf(row),
    createdAt: row.created_at.toISOString(),
  };
}
