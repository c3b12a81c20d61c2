/**
 * The ledger of who may create the Issue of a record: one row for each record and category of an account, for ever.
 *
 *   free ─▶ open ─▶ posting ─▶ created        (foreign: the Issue was there before)
 *            ▲         │
 *            └─────────┘ refused: nothing was made
 *
 * `posting` is committed before the POST leaves, and the POST's time limit ends before the lease does. So whoever finds a row in
 * `posting` whose lease is over knows only that a POST may have been carried out: it is in doubt, and ZenQMS is asked by external id
 * before any second POST. Each take-over writes a new fence; what a frozen relay does afterwards meets a fence that isn't its own.
 */
import { type Kysely, sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { type Columns, rowsOf } from '../db/rows-of.ts';
import { sameKey } from '../db/same-key.ts';
import type { Schema } from '../db/schema.ts';

/** The scope of a claim on the whole account, beside the categories' own ids. */
export const ACCOUNT_WIDE = '*';

export interface ClaimKey {
  readonly accountId: string;
  /** 18 characters. */
  readonly recordId: string;
  /** The category's id, or ACCOUNT_WIDE. */
  readonly scope: string;
}

export interface ClaimRequest extends ClaimKey {
  readonly categoryId: string;
  readonly deliveryId: string;
}

export type ClaimAnswer =
  /** Ours, nothing was ever sent, or what was sent was refused. */
  | { readonly kind: 'new'; readonly knownIssueId: string | null }
  /** Ours, and a POST may have been carried out `postedAt`. */
  | { readonly kind: 'in_doubt'; readonly postedAt: Date; readonly idempotencyKey: string; readonly knownIssueId: string | null }
  /** There is an Issue, as of `since`. */
  | {
      readonly kind: 'settled';
      readonly state: 'created' | 'foreign';
      readonly issueId: string | null;
      readonly issueNumber: string | null;
      readonly since: Date;
    }
  /** Another delivery is at it. */
  | { readonly kind: 'busy' };

export const claimId = (key: ClaimKey): string => `${key.accountId} ${key.recordId} ${key.scope}`;

const KEY: Columns<ClaimKey> = {
  account_id: ['text', (key) => key.accountId],
  record_id: ['text', (key) => key.recordId],
  scope: ['text', (key) => key.scope],
};

const REQUEST: Columns<ClaimRequest> = {
  ...KEY,
  category_id: ['text', (request) => request.categoryId],
  delivery_id: ['bigint', (request) => request.deliveryId],
};

/** A claim that is ours now, by the delivery that asked for it. */
interface Taken extends Pick<ClaimRow, 'state' | 'posting_at' | 'idempotency_key' | 'issue_id'> {
  delivery_id: string;
}

interface ClaimRow {
  account_id: string;
  record_id: string;
  scope: string;
  state: string;
  posting_at: Date | null;
  idempotency_key: string | null;
  issue_id: string | null;
  issue_number: string | null;
  updated_at: Date;
}

/**
 * Takes what can be taken of the keys, in one statement, and says how the rest stands.
 * @returns an answer for each request, by claimId
 */
export async function acquire(
  db: Db,
  requests: readonly ClaimRequest[],
  lease: { fence: string; leaseMs: number },
): Promise<Map<string, ClaimAnswer>> {
  const answers = new Map<string, ClaimAnswer>();
  if (requests.length === 0) return answers;
  // Ordered: two relays that take the same keys in different order would wait for each other.
  // Forced: the Issue that is known no longer counts. Once: the delivery leaves in the statement that records its Issue.
  const { rows: taken } = await sql<Taken>`/* prepared: claim */
    insert into claim as c (account_id, record_id, scope, category_id, state, delivery_id, fence, lease_until)
    select account_id, record_id, scope, category_id, 'open', delivery_id, ${lease.fence}, clock_timestamp() + ${lease.leaseMs} * interval '1 millisecond'
      from ${rowsOf('r', requests, REQUEST)}
     order by account_id, record_id, scope
    on conflict (account_id, record_id, scope) do update
       set state = case when c.state = 'posting' then 'posting' else 'open' end,
           posts = case when c.state in ('created', 'foreign') then 0 else c.posts end,
           idempotency_key = case when c.state = 'posting' then c.idempotency_key end,
           category_id = excluded.category_id, delivery_id = excluded.delivery_id, fence = excluded.fence,
           lease_until = excluded.lease_until, updated_at = clock_timestamp()
     where (c.state in ('open', 'posting', 'free') and c.lease_until < clock_timestamp())
        or (c.state in ('created', 'foreign') and excluded.delivery_id in (select d.id from delivery d where d.force and d.id = excluded.delivery_id))
    returning delivery_id, state, posting_at, idempotency_key, issue_id`.execute(db);
  const own = new Map(taken.map((row) => [row.delivery_id, row]));
  const missing = requests.filter((request) => {
    const row = own.get(request.deliveryId);
    if (row) answers.set(claimId(request), ours(row));
    return !row;
  });
  if (missing.length === 0) return answers;
  const { rows: others } = await sql<ClaimRow>`
    select c.account_id, c.record_id, c.scope, c.state, c.posting_at, c.idempotency_key, c.issue_id, c.issue_number, c.updated_at
      from claim c
      join ${rowsOf('r', missing, KEY)}
     using (account_id, record_id, scope)`.execute(db);
  for (const row of others) answers.set(idOf(row), theirs(row));
  return answers;
}

const idOf = (row: { account_id: string; record_id: string; scope: string }): string =>
  `${row.account_id} ${row.record_id} ${row.scope}`;

function ours(row: Taken): ClaimAnswer {
  if (row.state !== 'posting') return { kind: 'new', knownIssueId: row.issue_id };
  return {
    kind: 'in_doubt',
    postedAt: row.posting_at ?? new Date(0),
    idempotencyKey: row.idempotency_key ?? '',
    knownIssueId: row.issue_id,
  };
}

function theirs(row: ClaimRow): ClaimAnswer {
  if (row.state === 'created' || row.state === 'foreign') {
    return { kind: 'settled', state: row.state, issueId: row.issue_id, issueNumber: row.issue_number, since: row.updated_at };
  }
  return { kind: 'busy' };
}

export interface PostingRequest extends ClaimKey {
  readonly categoryId: string;
  readonly idempotencyKey: string;
  /** The fence under which the claim was acquired. */
  readonly fence: string;
}

const POSTING: Columns<PostingRequest> = {
  place: ['int', (_request, place) => place],
  ...KEY,
  fence: ['text', (request) => request.fence],
  idempotency_key: ['text', (request) => request.idempotencyKey],
};

export type PostingAnswer =
  | { readonly kind: 'go' }
  /** The lease was over or somebody else took it: nothing may be sent. */
  | { readonly kind: 'lost' }
  /** A claim of the other scope stands in the way: wait while it is open, skip when it has an Issue. */
  | { readonly kind: 'blocked'; readonly issueId: string | null; readonly issueNumber: string | null };

/**
 * The last step before POSTs: commits that they may happen. Whatever is not answered `go` must not be sent.
 * @param accountWide whether some integration of the account claims it as a whole: only then can scopes stand in each other's way
 */
export async function markPosting(
  db: Db,
  requests: readonly PostingRequest[],
  options: { leaseMs: number; accountWide: boolean },
): Promise<Map<string, PostingAnswer>> {
  const answers = new Map<string, PostingAnswer>(requests.map((request) => [claimId(request), { kind: 'lost' }]));
  if (requests.length === 0) return answers;
  if (!options.accountWide) {
    for (const id of await toPosting(db, requests, options.leaseMs)) answers.set(id, { kind: 'go' });
    return answers;
  }
  await db.transaction().execute(async (trx) => {
    const rows = await lockScopes(trx, requests);
    const free = requests.filter((request) => {
      const other = blocker(request, rows);
      if (other) answers.set(claimId(request), { kind: 'blocked', issueId: other.issue_id, issueNumber: other.issue_number });
      return !other;
    });
    for (const id of await toPosting(trx, free, options.leaseMs)) answers.set(id, { kind: 'go' });
  });
  return answers;
}

/** The primary key, and the fence behind it. */
const CLAIM: readonly [string, ...string[]] = ['c.account_id', 'c.record_id', 'c.scope', 'c.fence'];
const REQUESTED = ['r.account_id', 'r.record_id', 'r.scope', 'r.fence'];

/** @returns the claims that are `posting` now */
async function toPosting(db: Kysely<Schema>, requests: readonly PostingRequest[], leaseMs: number): Promise<string[]> {
  if (requests.length === 0) return [];
  const { rows } = await sql<{ place: number }>`/* prepared: posting */
    update claim c
       set state = 'posting', posting_at = clock_timestamp(), posts = c.posts + 1, idempotency_key = r.idempotency_key,
           lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond', updated_at = clock_timestamp()
      from ${rowsOf('r', requests, POSTING)}
     where ${sameKey(CLAIM, REQUESTED)} and c.state in ('open', 'posting') and c.lease_until > clock_timestamp()
    returning r.place`.execute(db);
  const places = new Set(rows.map((row) => row.place));
  return requests.filter((_, place) => places.has(place)).map(claimId);
}

interface ScopeRow extends ClaimRow {
  category_id: string;
  active: boolean;
}

async function lockScopes(trx: Kysely<Schema>, requests: readonly PostingRequest[]): Promise<ScopeRow[]> {
  const { rows } = await sql<ScopeRow>`
    select c.account_id, c.record_id, c.scope, c.category_id, c.state, c.posting_at, c.idempotency_key, c.issue_id, c.issue_number, c.updated_at,
           (c.state in ('created', 'foreign', 'posting') or (c.state = 'open' and c.lease_until > clock_timestamp())) as active
      from claim c
     where (c.account_id, c.record_id) in (
       select r.account_id, r.record_id from ${rowsOf('r', requests, KEY)})
     order by c.account_id, c.record_id, c.scope
       for update`.execute(trx);
  return rows;
}

/** An account-wide claim yields to every other; a category's own claim only to an account-wide one that went into the same category. */
function blocker(request: PostingRequest, rows: readonly ScopeRow[]): ScopeRow | undefined {
  return rows.find((row) => {
    if (row.account_id !== request.accountId || row.record_id !== request.recordId || row.scope === request.scope || !row.active)
      return false;
    if (request.scope === ACCOUNT_WIDE) return true;
    return row.scope === ACCOUNT_WIDE && row.category_id === request.categoryId && row.state !== 'open';
  });
}
