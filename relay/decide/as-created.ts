/** Whether a record still reads as its creation reported it, as far as a formula reads the record itself. */
import type { ChangeEvent } from '../model/event.ts';
import type { FetchedRecord, FieldDescribe, ObjectDescribe } from '../model/salesforce.ts';
import { absentMeansEmpty } from './overlay.ts';
import { fieldsByName, relationship } from './schema.ts';
import { componentsOf, eventValue, restValue } from './wire.ts';

/** The record's own fields behind a formula's paths, by REST's names: references for relationships, parts for compounds. */
export function ownFields(paths: readonly string[], describe: ObjectDescribe): string[] {
  const names = paths.flatMap((path) => {
    const dot = path.indexOf('.');
    const field = dot > 0 ? relationship(describe, path.slice(0, dot)) : fieldsByName(describe).get(path.toLowerCase());
    if (!field) return [];
    const parts = [...componentsOf(describe, field.name).values()].map((part) => part.name);
    return parts.length > 0 ? parts : [field.name];
  });
  return [...new Set(names)];
}

/**
 * @param names of ownFields, with which the record was fetched
 * @returns false also where it can't be told: of a computed field, or from an event that does not carry the whole record
 */
export function isAsCreated(
  event: Pick<ChangeEvent, 'changeType' | 'values'>,
  describe: ObjectDescribe,
  record: FetchedRecord,
  names: readonly string[],
): boolean {
  if (event.changeType !== 'CREATE' || event.values['CreatedDate'] === undefined) return false;
  const same = (field: FieldDescribe): boolean => {
    const then = eventValue(event, field);
    if (then === undefined && !absentMeansEmpty(field)) return false;
    return text(then) === text(restValue(record[field.name], field.type));
  };
  return names.every((name) => {
    const field = fieldsByName(describe).get(name.toLowerCase());
    return field !== undefined && same(field);
  });
}

const text = (value: unknown): string => JSON.stringify(value ?? null);
