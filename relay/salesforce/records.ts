/** Records by id: only the fields that are asked for, as many to a call as Salesforce takes, two calls in flight. */
import { z } from 'zod';
import { type ObjectDescribe, type RecordResult, SalesforceError } from '../model/salesforce.ts';
import { read } from './answer.ts';
import { isRecordId, toId18 } from './ids.ts';
import { NOT_READABLE, whyMissing } from './missing.ts';
import { MAX_URI, type Row, query, queryPath } from './query.ts';
import { type PathPlan, type RelatedDescribe, planPaths } from './record-paths.ts';
import type { Session } from './session.ts';
import { idList, identifier } from './soql.ts';

/** What one collection retrieve may ask for (REST API guide, "Get Records With a Request Body Using sObject Collections"). */
const IDS_A_RETRIEVE = 2_000;
const IDS_A_QUERY = 200;
const CALLS_IN_FLIGHT = 2;

/**
 * @param related the describes that relationship paths lead through
 * @returns one result for each id, keyed by the id as asked
 * @throws SalesforceError; `refused` INVALID_FIELD names a field that is gone or no longer readable
 */
export async function fetchRecords(
  session: Session,
  describe: ObjectDescribe,
  ids: readonly string[],
  paths: readonly string[],
  related: RelatedDescribe,
): Promise<Map<string, RecordResult>> {
  const results = new Map<string, RecordResult>();
  const plan = await planPaths(describe, paths, related);
  const asked = [...new Set(ids)].filter(isRecordId);
  for (const id of ids) if (!isRecordId(id)) results.set(id, notAnId(id));
  const perCall = plan.relations.length === 0 ? IDS_A_RETRIEVE : idsPerQuery(describe, plan);
  const rows = new Map<string, Row>();
  await inParallel(chunks(asked, perCall), CALLS_IN_FLIGHT, async (some) => {
    const found =
      plan.relations.length === 0 ? await retrieve(session, describe, some, plan) : await select(session, describe, some, plan);
    for (const row of found) if (typeof row['Id'] === 'string') rows.set(toId18(row['Id']), row);
  });
  const missing = asked.filter((id) => !rows.has(toId18(id)));
  const reasons = missing.length === 0 ? null : await whyMissing(session, describe, missing);
  for (const id of asked) {
    const row = rows.get(toId18(id));
    results.set(id, row ? { kind: 'found', record: plan.pick(row) } : (reasons?.get(id) ?? NOT_READABLE));
  }
  return results;
}

const notAnId = (id: string): RecordResult => ({
  kind: 'not_readable',
  message: `${JSON.stringify(String(id).slice(0, 30))} is no record id.`,
});

/** null for each record that is deleted or not visible. */
const Retrieved = z.array(z.record(z.string(), z.unknown()).nullable());

async function retrieve(session: Session, describe: ObjectDescribe, ids: readonly string[], plan: PathPlan): Promise<Row[]> {
  const path = `/composite/sobjects/${identifier(describe.name)}`;
  const answer = await named(describe, session.request({ method: 'POST', path, body: { ids, fields: plan.fields } }));
  return read(Retrieved, answer).flatMap((row, place) => (row === null ? [] : [{ Id: ids[place], ...row }]));
}

/** The collection retrieve takes no relationship paths. */
async function select(session: Session, describe: ObjectDescribe, ids: readonly string[], plan: PathPlan): Promise<Row[]> {
  return named(describe, query(session, soql(describe, ids, plan)));
}

function soql(describe: ObjectDescribe, ids: readonly string[], plan: PathPlan): string {
  return `SELECT ${[...plan.fields, ...plan.relations].join(', ')} FROM ${identifier(describe.name)} WHERE Id IN ${idList(ids)}`;
}

/** Fewer where the selected paths take up much of the URI. */
function idsPerQuery(describe: ObjectDescribe, plan: PathPlan): number {
  const one = queryPath(soql(describe, ['000000000000000AAA'], plan), false).length;
  const each = encodeURIComponent(",'000000000000000AAA'").length;
  const room = Math.floor((MAX_URI - one) / each) + 1;
  if (room < 1) throw new SalesforceError('refused', 'TOO_MANY_FIELDS', `The fields of ${describe.name} do not fit one query.`);
  return Math.min(IDS_A_QUERY, room);
}

/** `No such column 'Foo__c' on sobject of type Case`: one field that is not readable fails the whole call. */
async function named<T>(describe: ObjectDescribe, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof SalesforceError) || error.code !== 'INVALID_FIELD') throw error;
    const field = /column '([^']+)'/i.exec(error.message)?.[1] ?? /'([\w.]+)'/.exec(error.message)?.[1];
    const which = field === undefined ? `A field of ${describe.name}` : `The field ${field} of ${describe.name}`;
    throw new SalesforceError('refused', 'INVALID_FIELD', `${which} is gone, or the connected user can't read it any more.`, {
      cause: error,
    });
  }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}

async function inParallel<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
