/** After a new key was put first in the ring: seals everything anew, so that the old key may be taken out. */
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { ACCOUNT_KEY_PLACE } from './account-identity.ts';
import { placeOf } from './oauth-states.ts';
import { salesforcePlace } from './salesforce-connections.ts';
import type { Keyring } from './secrets.ts';
import { zenqmsPlace } from './zenqms-connections.ts';

interface Sealed {
  readonly table: string;
  readonly key: string;
  readonly column: string;
  readonly place: (id: string) => string;
}

/** Every sealed column there is. */
const SEALED: readonly Sealed[] = [
  ...(['client_secret', 'refresh_token', 'access_token'] as const).map((column) => ({
    table: 'salesforce_connection',
    key: 'id',
    column,
    place: (id: string) => salesforcePlace(id, column),
  })),
  { table: 'zenqms_connection', key: 'id', column: 'api_token', place: zenqmsPlace },
  { table: 'oauth_state', key: 'state_hash', column: 'verifier', place: placeOf },
  { table: 'relay_secret', key: 'name', column: 'sealed', place: () => ACCOUNT_KEY_PLACE },
];

/**
 * All or nothing; relays may go on meanwhile.
 * @returns how many were sealed anew, and how many already were under the first key
 * @throws SecretUnreadable when a value's key is not in the ring any more
 */
export async function rotateKeys(db: Db, keys: Keyring): Promise<{ resealed: number; current: number }> {
  return db.transaction().execute(async (trx) => {
    let resealed = 0;
    let current = 0;
    for (const { table, key, column, place } of SEALED) {
      const { rows } = await sql<{ id: string; sealed: Buffer }>`
        select ${sql.ref(key)} as id, ${sql.ref(column)} as sealed from ${sql.table(table)}
         where ${sql.ref(column)} is not null order by 1 for update`.execute(trx);
      for (const row of rows) {
        if (keys.isCurrent(row.sealed)) {
          current += 1;
          continue;
        }
        const fresh = keys.seal(keys.open(row.sealed, place(row.id)), place(row.id));
        await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${fresh} where ${sql.ref(key)} = ${row.id}`.execute(trx);
        resealed += 1;
      }
    }
    return { resealed, current };
  });
}
