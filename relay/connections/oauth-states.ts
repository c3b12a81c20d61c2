/** The `state` of an authorisation under way: works once, for ten minutes; only its hash is stored. */
import { createHash, randomBytes } from 'node:crypto';
import type { Db } from '../db/connect.ts';
import type { Keyring } from './secrets.ts';

export const STATE_MINUTES = 10;

export interface StartedAuthorization {
  readonly state: string;
  /** S256 of the verifier, which stays here, sealed. */
  readonly challenge: string;
}

export async function startAuthorization(db: Db, keys: Keyring, connectionId: string, now: Date): Promise<StartedAuthorization> {
  const state = randomBytes(32).toString('base64url');
  // 43 characters of RFC 7636's alphabet, the least that it allows.
  const verifier = randomBytes(32).toString('base64url');
  const hash = hashOf(state);
  await db
    .deleteFrom('oauth_state')
    .where('expires_at', '<', new Date(now.getTime() - 3_600_000))
    .execute();
  await db
    .insertInto('oauth_state')
    .values({
      state_hash: hash,
      connection_id: connectionId,
      verifier: keys.seal(verifier, placeOf(hash)),
      expires_at: new Date(now.getTime() + STATE_MINUTES * 60_000),
    })
    .execute();
  return { state, challenge: createHash('sha256').update(verifier, 'ascii').digest('base64url') };
}

export type TakenState =
  | { readonly kind: 'taken'; readonly connectionId: string; readonly verifier: string }
  | { readonly kind: 'expired'; readonly connectionId: string }
  /** Never given out, or used already. */
  | { readonly kind: 'unknown' };

/** Takes the state away, whatever comes of it: a second call finds nothing. @throws SecretUnreadable */
export async function takeState(db: Db, keys: Keyring, state: string, now: Date): Promise<TakenState> {
  const hash = hashOf(state);
  const row = await db.deleteFrom('oauth_state').where('state_hash', '=', hash).returningAll().executeTakeFirst();
  if (!row) return { kind: 'unknown' };
  if (row.expires_at <= now) return { kind: 'expired', connectionId: row.connection_id };
  return { kind: 'taken', connectionId: row.connection_id, verifier: keys.open(row.verifier, placeOf(hash)) };
}

const hashOf = (state: string): string => createHash('sha256').update(state, 'utf8').digest('hex');
export const placeOf = (hash: string): string => `oauth_state/${hash}/verifier`;
