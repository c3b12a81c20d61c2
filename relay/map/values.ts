/** Reading a fetched record. */
import type { FetchedRecord } from '../model/salesforce.ts';

/** By path, whatever its case; undefined where it was not fetched. */
export function valueAt(record: FetchedRecord, path: string): unknown {
  if (Object.hasOwn(record, path)) return record[path];
  const wanted = path.toLowerCase();
  const key = Object.keys(record).find((each) => each.toLowerCase() === wanted);
  return key === undefined ? undefined : record[key];
}
