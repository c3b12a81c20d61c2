/** Why a record did not come: Salesforce gives the same null, or the same missing row, for deleted and for invisible ones. */
import { type ObjectDescribe, type RecordResult, SalesforceError } from '../model/salesforce.ts';
import { toId18 } from './ids.ts';
import { type Row, query, unlessRefused } from './query.ts';
import type { Session } from './session.ts';
import { idList, identifier } from './soql.ts';

export const NOT_READABLE: RecordResult = {
  kind: 'not_readable',
  message:
    "The connected user can't see the record (or it was deleted for good): sharing, or View All Records on the object, is missing.",
};

/** Records asked for one by one, because the recycle bin did not show them; each is one API call. */
const SINGLE_LOOKS = 10;

export async function whyMissing(
  session: Session,
  describe: ObjectDescribe,
  ids: readonly string[],
): Promise<Map<string, RecordResult>> {
  const reasons = new Map<string, RecordResult>();
  const bin = describe.fields.some((field) => field.name === 'IsDeleted')
    ? await recycleBin(session, describe, ids)
    : new Set<string>();
  const unknown = ids.filter((id) => !bin.has(toId18(id)));
  for (const id of ids) if (bin.has(toId18(id))) reasons.set(id, { kind: 'deleted' });
  for (const id of unknown.slice(0, SINGLE_LOOKS)) {
    reasons.set(id, (await isDeleted(session, describe, id)) ? { kind: 'deleted' } : NOT_READABLE);
  }
  return reasons;
}

async function recycleBin(session: Session, describe: ObjectDescribe, ids: readonly string[]): Promise<Set<string>> {
  const deleted = new Set<string>();
  // Without the bin each record is asked for by itself, which tells as much.
  const look = async (soql: string): Promise<Row[]> => (await unlessRefused(query(session, soql, { all: true }))) ?? [];
  for (let at = 0; at < ids.length; at += 200) {
    const soql = `SELECT Id, IsDeleted FROM ${identifier(describe.name)} WHERE Id IN ${idList(ids.slice(at, at + 200))} AND IsDeleted = true`;
    for (const row of await look(soql)) {
      if (row['IsDeleted'] === true && typeof row['Id'] === 'string') deleted.add(toId18(row['Id']));
    }
  }
  return deleted;
}

/** A single record that was deleted answers ENTITY_IS_DELETED, one that is invisible or never was NOT_FOUND. */
async function isDeleted(session: Session, describe: ObjectDescribe, id: string): Promise<boolean> {
  try {
    await session.request({ method: 'GET', path: `/sobjects/${identifier(describe.name)}/${id}?fields=Id` });
    return false;
  } catch (error) {
    if (error instanceof SalesforceError && error.kind === 'refused') return error.code === 'ENTITY_IS_DELETED';
    throw error;
  }
}
