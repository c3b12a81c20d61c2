import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { ACCOUNT_WIDE, type ClaimRequest, acquire, claimId, markPosting } from '../../relay/deliver/claims.ts';
import { type ClaimChange, settle } from '../../relay/inbox/settle.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { recordId } from '../support/rows.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(() => emptyTables(database));
afterAll(() => database.close());

const request = (n: number, changes: Partial<ClaimRequest> = {}): ClaimRequest => ({
  accountId: 'acc',
  recordId: recordId(n),
  scope: 'cat-1',
  categoryId: 'cat-1',
  deliveryId: '1',
  ...changes,
});

const take = async (wanted: ClaimRequest, fence: string, leaseMs = 60_000) =>
  (await acquire(database.db, [wanted], { fence, leaseMs })).get(claimId(wanted));

const mark = async (wanted: ClaimRequest, fence: string, options: { accountWide?: boolean; leaseMs?: number } = {}) =>
  (
    await markPosting(database.db, [{ ...wanted, idempotencyKey: `key-${fence}`, fence }], {
      leaseMs: options.leaseMs ?? 60_000,
      accountWide: options.accountWide ?? false,
    })
  ).get(claimId(wanted));

const end = (wanted: ClaimRequest, fence: string, state: ClaimChange['state'], issue: string | null = null) =>
  settle(database.db, [
    {
      kind: 'returned',
      delivery: { id: '999999', lease: 'none' } as never,
      dueAt: new Date(),
      claim: { ...wanted, fence, state, issueId: issue, issueNumber: issue },
    },
  ]);

describe('one record in one category', () => {
  test('is claimed by one, and by nobody else meanwhile', async () => {
    expect(await take(request(1), 'a')).toEqual({ kind: 'new', knownIssueId: null });
    expect(await take(request(1), 'b')).toEqual({ kind: 'busy' });
    expect(await take(request(1, { scope: 'cat-2', categoryId: 'cat-2' }), 'b')).toMatchObject({ kind: 'new' });
    expect(await take(request(2), 'b')).toMatchObject({ kind: 'new' });
  });

  test('whose claim was taken over cannot post', async () => {
    await take(request(1), 'frozen', -1);
    expect(await take(request(1), 'heir')).toMatchObject({ kind: 'new' });
    expect(await mark(request(1), 'frozen')).toEqual({ kind: 'lost' });
    expect(await mark(request(1), 'heir')).toEqual({ kind: 'go' });
  });

  test('whose lease is over cannot post, although nobody took it', async () => {
    await take(request(1), 'late', -1);
    expect(await mark(request(1), 'late')).toEqual({ kind: 'lost' });
  });

  test('left in posting it is in doubt, with the key of the POST that may have happened', async () => {
    await take(request(1), 'dead');
    await mark(request(1), 'dead', { leaseMs: -1 });
    const answer = await take(request(1), 'heir');
    expect(answer).toMatchObject({ kind: 'in_doubt', idempotencyKey: 'key-dead' });
    // Given back in doubt it stays in doubt.
    await end(request(1), 'heir', 'posting');
    expect(await take(request(1), 'third')).toMatchObject({ kind: 'in_doubt', idempotencyKey: 'key-dead' });
  });

  test('given back after a refusal it is free again', async () => {
    await take(request(1), 'a');
    await mark(request(1), 'a');
    await end(request(1), 'a', 'free');
    expect(await take(request(1), 'b')).toMatchObject({ kind: 'new' });
  });

  test('with an Issue it is settled for ever, and a stranger’s fence changes nothing', async () => {
    await take(request(1), 'a');
    await mark(request(1), 'a');
    await end(request(1), 'someone', 'free');
    await end(request(1), 'a', 'created', 'iss-1');
    expect(await take(request(1), 'b')).toMatchObject({ kind: 'settled', state: 'created', issueId: 'iss-1' });
  });

  test('a hundred takers at once: one gets it', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => take(request(1), `f${i}`)));
    expect(answers.filter((answer) => answer?.kind === 'new')).toHaveLength(1);
  });
});

describe('a claim on the whole account', () => {
  const wide = request(1, { scope: ACCOUNT_WIDE, categoryId: 'cat-9', deliveryId: '2' });

  test('waits while a category’s own claim is open, and skips when it has an Issue', async () => {
    await take(request(1), 'a');
    await take(wide, 'w');
    expect(await mark(wide, 'w', { accountWide: true })).toEqual({ kind: 'blocked', issueId: null, issueNumber: null });
    expect(await mark(request(1), 'a', { accountWide: true })).toEqual({ kind: 'go' });
    await end(request(1), 'a', 'created', 'iss-1');
    expect(await mark(wide, 'w', { accountWide: true })).toMatchObject({ kind: 'blocked', issueId: 'iss-1' });
  });

  test('lets other categories go on, but not its own', async () => {
    await take(wide, 'w');
    expect(await mark(wide, 'w', { accountWide: true })).toEqual({ kind: 'go' });
    await end(wide, 'w', 'created', 'iss-9');
    const other = request(1);
    await take(other, 'a');
    expect(await mark(other, 'a', { accountWide: true })).toEqual({ kind: 'go' });
    const same = request(1, { scope: 'cat-9', categoryId: 'cat-9' });
    await take(same, 'b');
    expect(await mark(same, 'b', { accountWide: true })).toMatchObject({ kind: 'blocked', issueId: 'iss-9' });
  });

  test('two at once: never both post', async () => {
    for (let n = 10; n < 30; n++) {
      const own = request(n, { scope: 'cat-9', categoryId: 'cat-9' });
      const whole = request(n, { scope: ACCOUNT_WIDE, categoryId: 'cat-9', deliveryId: '2' });
      const answers = await Promise.all([
        take(own, `o${n}`).then(() => mark(own, `o${n}`, { accountWide: true })),
        take(whole, `w${n}`).then(() => mark(whole, `w${n}`, { accountWide: true })),
      ]);
      expect(answers.filter((answer) => answer?.kind === 'go')).toHaveLength(1);
    }
  });
});
