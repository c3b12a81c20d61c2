/** What the fields of a PRIORVALUE hold when an integration is activated, so that the first change of a record has a value before it. */
import { type CatchUp, endCatchUp, postponeCatchUp } from '../inbox/catch-ups.ts';
import { storeBaseline } from '../inbox/prior.ts';
import { SalesforceError } from '../model/salesforce.ts';
import { queryChanged } from '../salesforce/changes-query.ts';
import type { SweeperOptions, Target } from './sweep.ts';

/** Records that were changed longer ago than this are rarely changed again; their first change is then `gap_change_unknown`. */
const YEARS_MS = 2 * 365 * 86_400_000;
/** Two hundred to a call: a hundred calls at most. */
const MOST = 20_000;

/** Never overwrites what events have said meanwhile. */
export async function readBaseline(catchUp: CatchUp, target: Target, options: SweeperOptions): Promise<void> {
  const { db, salesforce } = options;
  const paths = options.priorPathsOf(target.id);
  try {
    const describe = await salesforce.describe(target.connectionId, target.definition.object);
    if (paths.length === 0 || !describe) return await endCatchUp(db, catchUp.id, { state: 'done', message: null });
    const session = await options.session(target.connectionId);
    let read = 0;
    await queryChanged(
      session,
      describe,
      { since: new Date(catchUp.until.getTime() - YEARS_MS), until: catchUp.until },
      async (rows) => {
        const wanted = rows.filter((row) => !row.deleted).slice(0, Math.max(0, MOST - read));
        read += wanted.length;
        const asOf = new Date();
        const records = await salesforce.records(
          target.connectionId,
          describe.name,
          wanted.map((row) => row.id),
          paths.map((path) => path.rest),
        );
        const known = [...records].flatMap(([recordId, result]) =>
          result.kind === 'found'
            ? [
                {
                  recordId,
                  asOf,
                  values: Object.fromEntries(paths.map((path) => [path.event, result.record[path.rest] ?? null])),
                },
              ]
            : [],
        );
        await storeBaseline(db, target.id, known);
      },
    );
    await endCatchUp(db, catchUp.id, { state: 'done', message: `${read} records were read.` });
  } catch (error) {
    await options.failed(target.connectionId, error);
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof SalesforceError && error.kind === 'refused')
      await endCatchUp(db, catchUp.id, { state: 'failed', message });
    else await postponeCatchUp(db, catchUp.id, 60_000, message).catch(() => undefined);
  }
}
