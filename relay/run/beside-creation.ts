/**
 * After a gap, an update within a second of a record's creation may be nothing but the creation, which the stream has brought: Salesforce's
 * dates have whole seconds. It is one if the record reads otherwise than the creation's event had it, as far as the filter formula
 * reads it at all.
 */
import { isAsCreated, ownFields } from '../decide/index.ts';
import type { FoundChange } from '../inbox/catch-ups.ts';
import { creations } from '../inbox/creations.ts';
import type { Db } from '../db/connect.ts';
import type { Program } from '../formula/index.ts';
import type { SalesforceCatalog } from '../model/catalog.ts';
import { type ObjectDescribe, type RecordResult, SalesforceError } from '../model/salesforce.ts';

export interface ReadBy {
  readonly describe: ObjectDescribe;
  /** null: no formula, so that the creation has decided already. */
  readonly program: Program | null;
}

/** null: a field can't be read any more. The deliveries will say so; the search must not end with it. */
async function recordsOf(
  connectionId: string,
  object: string,
  ids: readonly string[],
  names: readonly string[],
  salesforce: SalesforceCatalog,
): Promise<ReadonlyMap<string, RecordResult> | null> {
  try {
    return await salesforce.records(connectionId, object, ids, names);
  } catch (error) {
    if (error instanceof SalesforceError && error.kind === 'refused') return null;
    throw error;
  }
}

/**
 * @param readBy asked only where something is in doubt; a string: the formula can't be used, and everything stays
 * @throws SalesforceError
 */
export async function withoutCreations<T extends FoundChange>(
  changes: readonly T[],
  connectionId: string,
  parts: { readonly db: Db; readonly salesforce: SalesforceCatalog; readonly readBy: () => Promise<ReadBy | string> },
): Promise<readonly T[]> {
  const doubtful = changes.filter((change) => change.besideCreation && change.strict);
  if (doubtful.length === 0) return changes;
  const known = await parts.readBy();
  if (typeof known === 'string') return changes;
  const { describe, program } = known;
  if (program === null) return changes.filter((change) => !doubtful.includes(change));
  const ids = doubtful.map((change) => change.recordId);
  const names = ownFields(program.fields, describe);
  const created = await creations(parts.db, connectionId, ids);
  const records = await recordsOf(connectionId, describe.name, ids, names, parts.salesforce);
  if (records === null) return changes;
  const nothingElse = new Set(
    ids.filter((id) => {
      const [event, record] = [created.get(id), records.get(id)];
      return event !== undefined && record?.kind === 'found' && isAsCreated(event, describe, record.record, names);
    }),
  );
  return changes.filter((change) => !doubtful.includes(change) || !nothingElse.has(change.recordId));
}
