/** The record as it was at the event: the event's own values over the record as fetched. Only decisions look at it. */
import type { ChangeEvent } from '../model/event.ts';
import type { FetchedRecord, FieldDescribe, ObjectDescribe } from '../model/salesforce.ts';
import { fieldsByName, relationship } from './schema.ts';
import { componentsOf, eventValue, isObject, restValue } from './wire.ts';

/**
 * Values by canonical path, in REST's form; undefined: not known.
 * @param record null: not fetched, so only what the event carries is known
 */
export function valuesAtEvent(
  event: ChangeEvent,
  describe: ObjectDescribe,
  record: FetchedRecord | null,
): (path: string) => unknown {
  const complete = record !== null && changedSinceCreation(event, record);
  return (path) => {
    const dot = path.indexOf('.');
    if (dot > 0) return related(event, describe, record, path, path.slice(0, dot));
    if (path === 'Id') return event.recordId;
    const fetched = record?.[path];
    const field = fieldsByName(describe).get(path.toLowerCase());
    if (!field) return fetched;
    const parts = componentsOf(describe, field.name);
    if (parts.size > 0) return compound(event, field, parts, record);
    const own = eventValue(event, field);
    if (own !== undefined) return own;
    return complete && absentMeansEmpty(field) ? null : fetched;
  };
}

/** An empty reference had no related record, whatever it points at by now. */
function related(
  event: ChangeEvent,
  describe: ObjectDescribe,
  record: FetchedRecord | null,
  path: string,
  name: string,
): unknown {
  const reference = relationship(describe, name);
  if (reference && eventValue(event, reference) === null) return null;
  return record?.[path];
}

function compound(
  event: ChangeEvent,
  field: FieldDescribe,
  parts: ReadonlyMap<string, FieldDescribe>,
  record: FetchedRecord | null,
): unknown {
  const fetched = record?.[field.name];
  const own = event.values[field.name];
  if (own === undefined) return fetched;
  if (!isObject(own)) return restValue(own, field.type);
  if (field.type === 'location' || field.type === 'address') {
    // What the event leaves out of a compound is as fetched; with no record the rest is not known.
    if (record === null) return undefined;
    return { ...(isObject(fetched) ? fetched : {}), ...(restValue(own, field.type) as object) };
  }
  // A person's name. Salesforce puts it together by the locale's rules: believed unless a part has changed since.
  const same = [...parts].every(([name, part]) => own[name] === undefined || (record && record[part.name] === own[name]));
  if (same) return fetched;
  const joined = NAME_PARTS.map((name) => own[name] ?? record?.[name]).filter((part) => typeof part === 'string' && part !== '');
  return record === null && joined.length < NAME_PARTS.length ? undefined : joined.join(' ') || null;
}
const NAME_PARTS = ['FirstName', 'MiddleName', 'LastName', 'Suffix'];

/**
 * A creation carries every field that has a value and the system fields with them (CDC guide, "Change event body"). If the record has
 * been changed since, a field that the event leaves out was empty then, however it stands now.
 */
function changedSinceCreation(event: ChangeEvent, record: FetchedRecord): boolean {
  if (event.changeType !== 'CREATE' || event.values['CreatedDate'] === undefined) return false;
  const then = restValue(event.values['LastModifiedDate'], 'datetime');
  const now = restValue(record['LastModifiedDate'], 'datetime');
  // REST cuts to the second.
  return typeof then === 'string' && typeof now === 'string' && now.slice(0, 19) > then.slice(0, 19);
}

/**
 * Of what the event of a creation leaves out. Not of fields that events never carry: computed ones, those that mirror another record, and
 * Booleans, which are never empty.
 */
export function absentMeansEmpty(field: FieldDescribe): boolean {
  return field.nillable && !field.calculated && field.type !== 'boolean' && !MIRRORED.has(field.name);
}
const MIRRORED: ReadonlySet<string> = new Set([
  'ContactEmail',
  'ContactPhone',
  'ContactMobile',
  'ContactFax',
  'LastActivityDate',
  'LastViewedDate',
  'LastReferencedDate',
  'PhotoUrl',
  'SystemModstamp',
]);
