/**
 * The ledger's state machine under every kind of misfortune: workers that claim, commit `posting`, post, record, freeze, die and come
 * back in any order, against a ZenQMS that answers or doesn't. The ledger is the real one; ZenQMS and the clock are a model.
 * What must hold in every state that can be reached: no record has two Issues, and no POST is repeated without a look-up in between.
 */
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../relay/db/connect.ts';
import { acquire, claimId, markPosting } from '../../relay/deliver/claims.ts';
import { type ClaimChange, settle } from '../../relay/inbox/settle.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { recordId } from '../support/rows.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const WORKERS = 3;
const KEY = { accountId: 'acc', recordId: recordId(1), scope: 'cat', categoryId: 'cat' };

interface Worker {
  fence: string;
  /** What it believes: nothing, a claim of its own, or that it may post. */
  holds: 'nothing' | 'new' | 'in_doubt' | 'looked_up' | 'may_post';
  /** A POST that left and whose answer is not in yet. */
  posted: 'no' | 'done' | 'lost';
}

interface World {
  issues: number;
  /** POSTs that left since somebody last looked the record up after all earlier ones had ended. */
  unchecked: number;
  workers: Worker[];
  serial: number;
}

type Step = { readonly worker: number; readonly act: (typeof ACTS)[number] };
const ACTS = [
  'claim',
  'look up',
  'mark',
  'post and be answered',
  'post and hear nothing',
  'post into the void',
  'record',
  'give back',
  'die',
  'lease ends',
] as const;

const end = (fence: string, state: ClaimChange['state'], issueId: string | null): Promise<void> =>
  settle(database.db, [
    {
      kind: 'returned',
      delivery: { id: '0', lease: 'none' } as never,
      dueAt: new Date(),
      claim: { ...KEY, fence, state, issueId, issueNumber: issueId },
    },
  ]);

async function take(step: Step, world: World): Promise<void> {
  const worker = world.workers[step.worker]!;
  switch (step.act) {
    case 'claim': {
      if (worker.posted !== 'no') return;
      const fence = `f${(world.serial += 1)}`;
      const answer = (await acquire(database.db, [{ ...KEY, deliveryId: '1' }], { fence, leaseMs: 60_000 })).get(claimId(KEY));
      if (answer?.kind === 'new' || answer?.kind === 'in_doubt') Object.assign(worker, { fence, holds: answer.kind });
      if (answer?.kind === 'settled') expect(world.issues).toBe(1);
      return;
    }
    case 'look up':
      // As deliver does: whatever is found is recorded, and only what was not found goes on.
      if (worker.holds !== 'new' && worker.holds !== 'in_doubt') return;
      if (world.issues > 0) {
        await end(worker.fence, 'created', 'iss-1');
        worker.holds = 'nothing';
        return;
      }
      worker.holds = 'looked_up';
      world.unchecked = 0;
      return;
    case 'mark': {
      if (worker.holds !== 'looked_up') return;
      const answer = (
        await markPosting(database.db, [{ ...KEY, fence: worker.fence, idempotencyKey: 'k' }], {
          leaseMs: 60_000,
          accountWide: false,
        })
      ).get(claimId(KEY));
      worker.holds = answer?.kind === 'go' ? 'may_post' : 'nothing';
      return;
    }
    case 'post and be answered':
    case 'post and hear nothing':
    case 'post into the void':
      if (worker.holds !== 'may_post' || worker.posted !== 'no') return;
      world.unchecked += 1;
      expect(world.unchecked, 'a POST left although an earlier one had not been looked up').toBe(1);
      if (step.act !== 'post into the void') world.issues += 1;
      expect(world.issues, 'the record has two Issues').toBeLessThanOrEqual(1);
      worker.posted = step.act === 'post and be answered' ? 'done' : 'lost';
      return;
    case 'record':
      if (worker.posted === 'no') return;
      await end(worker.fence, worker.posted === 'done' ? 'created' : 'posting', worker.posted === 'done' ? 'iss-1' : null);
      Object.assign(worker, { holds: 'nothing', posted: 'no' });
      return;
    case 'give back':
      if (worker.holds === 'nothing' || worker.posted !== 'no') return;
      await end(worker.fence, worker.holds === 'new' ? 'free' : 'posting', null);
      worker.holds = 'nothing';
      return;
    case 'die':
      Object.assign(worker, { holds: 'nothing', posted: 'no' });
      return;
    case 'lease ends':
      // Time passes for everybody. A POST has a time limit below its lease's, and whoever may post looks at the clock before it does:
      // by now nobody's POST is under way and nobody's permission is good any more.
      await sql`update claim set lease_until = '-infinity'`.execute(database.db);
      for (const each of world.workers) if (each.holds === 'may_post' && each.posted === 'no') each.holds = 'nothing';
      return;
    default:
      step.act satisfies never;
  }
}

test('no order of misfortunes makes two Issues, or a POST without a look-up', async () => {
  const steps = fc.array(fc.record({ worker: fc.nat(WORKERS - 1), act: fc.constantFrom(...ACTS) }), {
    minLength: 5,
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      await emptyTables(database);
      const world: World = {
        issues: 0,
        unchecked: 0,
        serial: 0,
        workers: Array.from({ length: WORKERS }, () => ({ fence: '', holds: 'nothing', posted: 'no' })),
      };
      for (const step of list) await take(step, world);
    }),
    { numRuns: 300 },
  );
}, 240_000);

test('the model sees a ledger that takes over what is in doubt as if it were new', async () => {
  // The same world with the look-up left out must be caught: else the test above proves nothing.
  await emptyTables(database);
  const worker = (): Worker => ({ fence: '', holds: 'nothing', posted: 'no' });
  const world: World = { issues: 0, unchecked: 0, serial: 0, workers: [worker(), worker(), worker()] };
  const go = async (who: number, ...acts: Step['act'][]): Promise<void> => {
    for (const act of acts) await take({ worker: who, act }, world);
  };
  await go(0, 'claim', 'look up', 'mark', 'post and hear nothing', 'die', 'lease ends');
  await go(1, 'claim');
  expect(world.workers[1]!.holds).toBe('in_doubt');
  world.workers[1]!.holds = 'looked_up';
  await go(1, 'mark');
  await expect(go(1, 'post and be answered')).rejects.toThrow();
});
