/**
 * Which ZenQMS account a token belongs to. ZenQMS tells no account id, so it is known by its users: two connections to one base URL
 * whose first pages of users have one (id and e-mail) in common are the same account, and share its claims. Only keyed fingerprints
 * of the users are kept.
 */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { newId } from '../db/id.ts';
import { type Keyring, fingerprint } from './secrets.ts';

const NAME = 'account_samples';
export const ACCOUNT_KEY_PLACE = `relay_secret/${NAME}/sealed`;
const LOCK = 7_301_001;

export interface AccountIdentity {
  readonly accountId: string;
  readonly sample: readonly string[];
}

/**
 * Must run inside a transaction: two connections to one account that are made at once wait for each other here.
 * @param users the first page @param exceptId the connection that is being changed
 */
export async function identifyAccount(
  trx: Db,
  keys: Keyring,
  wanted: { baseUrl: string; users: readonly { id: string; email: string }[]; exceptId?: string },
): Promise<AccountIdentity> {
  await sql`select pg_advisory_xact_lock(${LOCK})`.execute(trx);
  const key = await sampleKey(trx, keys);
  const sample = wanted.users.map((user) =>
    fingerprint(key, `${wanted.baseUrl}\n${user.id}\n${user.email.trim().toLowerCase()}`),
  );
  const known = await trx
    .selectFrom('zenqms_connection')
    .select(['id', 'account_id', 'account_sample'])
    .where('base_url', '=', wanted.baseUrl)
    .orderBy('id')
    .execute();
  const seen = new Set(sample);
  const same = known.filter((row) => (row.account_sample as string[]).some((each) => seen.has(each)));
  // A connection that is changed stays with its own account where it may: claims are kept under it.
  const best = same.find((row) => row.id === wanted.exceptId) ?? same[0];
  return { accountId: best?.account_id ?? newId(), sample };
}

async function sampleKey(trx: Db, keys: Keyring): Promise<string> {
  const row = await trx.selectFrom('relay_secret').select('sealed').where('name', '=', NAME).executeTakeFirst();
  if (row) return keys.open(row.sealed, ACCOUNT_KEY_PLACE);
  const key = randomBytes(32).toString('base64');
  await trx
    .insertInto('relay_secret')
    .values({ name: NAME, sealed: keys.seal(key, ACCOUNT_KEY_PLACE) })
    .execute();
  return key;
}
