/** Tokens of the admin API: shown once, stored as a hash. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import { type Page, type PageRequest, toPage } from '../db/page.ts';

/** Each may what the ones before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const mayActAs = (has: Role, needed: Role): boolean => ROLES.indexOf(has) >= ROLES.indexOf(needed);

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  /** To the minute. */
  readonly lastUsedAt: string | null;
}

interface Row {
  id: string;
  name: string;
  role: string;
  created_at: Date;
  last_used_at: Date | null;
}

const COLUMNS = ['id', 'name', 'role', 'created_at', 'last_used_at'] as const;

export async function createToken(db: Db, wanted: { name: string; role: Role }): Promise<ApiToken & { readonly token: string }> {
  const token = `zr_${randomBytes(32).toString('base64url')}`;
  const row = await db
    .insertInto('api_token')
    .values({ id: newId(), name: wanted.name, role: wanted.role, token_hash: hashToken(token).toString('hex') })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow();
  return { ...toToken(row), token };
}

/** Oldest first. */
export async function tokens(db: Db, page: PageRequest): Promise<Page<ApiToken>> {
  let query = db
    .selectFrom('api_token')
    .select(COLUMNS)
    .orderBy('id')
    .limit(page.limit + 1);
  if (page.after !== null) query = query.where('id', '>', page.after);
  return toPage(await query.execute(), page.limit, (row) => row.id, toToken);
}

/** @returns what was deleted, or null */
export async function deleteToken(db: Db, id: string): Promise<ApiToken | null> {
  const row = await db.deleteFrom('api_token').where('id', '=', id).returning(COLUMNS).executeTakeFirst();
  return row ? toToken(row) : null;
}

/** Whose token it is, or null. Notes its use, at most once a minute. */
export async function findToken(db: Db, token: string): Promise<ApiToken | null> {
  const hash = hashToken(token);
  // Found by its hash: how long the index takes tells of the hash at most, from which nobody gets a token.
  const row = await db
    .selectFrom('api_token')
    .select([...COLUMNS, 'token_hash'])
    .where('token_hash', '=', hash.toString('hex'))
    .executeTakeFirst();
  if (!row || !timingSafeEqual(Buffer.from(row.token_hash, 'hex'), hash)) return null;
  await sql`
    update api_token set last_used_at = clock_timestamp()
     where id = ${row.id} and (last_used_at is null or last_used_at < clock_timestamp() - interval '1 minute')`.execute(db);
  return toToken(row);
}

export const hashToken = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest();

const toToken = (row: Row): ApiToken => ({
  id: row.id,
  name: row.name,
  role: row.role as Role,
  createdAt: row.created_at.toISOString(),
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
});
