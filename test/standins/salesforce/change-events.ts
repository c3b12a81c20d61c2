/** Record changes → change events, as Change Data Capture forms them. */
import { type Field, fieldNamed, partName, written } from './fields.ts';
import { type ObjectType, changeEventName } from './objects.ts';
import type { Change, Values } from './store.ts';

export interface ChangeEventPayload {
  ChangeEventHeader: {
    entityName: string;
    recordIds: string[];
    changeType: string;
    changeOrigin: string;
    transactionKey: string;
    sequenceNumber: number;
    commitTimestamp: number;
    commitUser: string;
    commitNumber: number;
    changedFields?: string[];
  };
  [field: string]: unknown;
}

export interface Emitted {
  /** CaseChangeEvent */
  event: string;
  entity: string;
  payload: ChangeEventPayload;
}

export interface EventOptions {
  now: number;
  userId: string;
  changeOrigin: string;
  transactionKey: string;
  commitNumber: number;
  /** false: changedFields is left out, as some captured payloads have it. */
  changedFields: boolean;
  /** Changes beyond this many in a transaction: one GAP_OVERFLOW for each entity among them. */
  overflowAt: number;
}

/** Never captured: computed elsewhere, or bookkeeping. */
const NOT_CAPTURED = new Set(['Id', 'IsDeleted', 'SystemModstamp']);
/** A larger event becomes a gap. */
const MOST_BYTES = 1_000_000;
const OVERFLOW_ID = '000000000000000AAA';

export function emit(changes: readonly Change[], options: EventOptions): Emitted[] {
  const emitted: Emitted[] = [];
  const all = oneForEachRecord(changes).filter((change) => change.object.changeEvents);
  const add = (object: ObjectType, changeType: string, ids: string[], fields: Values, changedFields?: string[]): void => {
    emitted.push(one(object, changeType, ids, fields, changedFields, emitted.length + 1, options));
  };
  for (const group of alike(all.slice(0, options.overflowAt))) {
    const { object, changeType } = group[0]!;
    const fields = body(object, group[0]!);
    const ids = group.map((change) => change.recordId);
    if (Buffer.byteLength(JSON.stringify(fields)) > MOST_BYTES) add(object, `GAP_${changeType}`, ids, {});
    else add(object, changeType, ids, fields, changeType === 'UPDATE' ? changedNames(object, group[0]!) : []);
  }
  const beyond = new Set(all.slice(options.overflowAt).map((change) => change.object));
  for (const object of beyond) add(object, 'GAP_OVERFLOW', [OVERFLOW_ID], {});
  return emitted;
}

function one(
  object: ObjectType,
  changeType: string,
  recordIds: string[],
  fields: Values,
  changedFields: string[] | undefined,
  sequenceNumber: number,
  options: EventOptions,
): Emitted {
  return {
    event: changeEventName(object.name),
    entity: object.name,
    payload: {
      ...fields,
      ChangeEventHeader: {
        entityName: object.name,
        recordIds,
        changeType,
        changeOrigin: options.changeOrigin,
        transactionKey: options.transactionKey,
        sequenceNumber,
        commitTimestamp: options.now,
        commitUser: options.userId,
        commitNumber: options.commitNumber,
        ...(options.changedFields && changedFields !== undefined ? { changedFields } : {}),
      },
    },
  };
}

/** Several changes of one record in a transaction give one event, of the first one's type, with the last values. */
function oneForEachRecord(changes: readonly Change[]): Change[] {
  if (changes.length === 1) return [...changes];
  const merged = new Map<string, Change>();
  for (const change of changes) {
    const first = merged.get(change.recordId);
    if (!first) merged.set(change.recordId, { ...change });
    else {
      if (change.changeType !== 'DELETE') first.after = change.after;
      first.changed = [...new Set([...first.changed, ...change.changed])];
    }
  }
  return [...merged.values()];
}

/** Identical changes of one transaction share an event with several record ids. */
function alike(changes: readonly Change[]): Change[][] {
  if (changes.length === 1) return [[...changes]];
  return [
    ...Map.groupBy(changes, (change) =>
      JSON.stringify([change.object.name, change.changeType, change.changed, body(change.object, change)]),
    ).values(),
  ];
}

const captured = (object: ObjectType): Field[] =>
  object.fields.filter(
    (each) =>
      !NOT_CAPTURED.has(each.name) && !each.calculated && !each.derived && each.type !== 'address' && each.type !== 'location',
  );

function body(object: ObjectType, change: Change): Values {
  if (change.changeType === 'DELETE') return {};
  const names = change.changeType === 'UPDATE' ? new Set([...change.changed, 'LastModifiedDate']) : null;
  const out: Values = {};
  for (const each of captured(object)) {
    const value = change.after[each.name] ?? null;
    if (names === null ? value === null : !names.has(each.name)) continue;
    if (isNameOfPerson(object, each)) continue;
    if (each.compoundFieldName) {
      const compound = (out[each.compoundFieldName] ?? {}) as Values;
      compound[partName(each)] = wire(each, value);
      out[each.compoundFieldName] = compound;
    } else out[each.name] = wire(each, value);
  }
  return out;
}

function changedNames(object: ObjectType, change: Change): string[] {
  const names = captured(object)
    .filter((each) => change.changed.includes(each.name) && !isNameOfPerson(object, each))
    .map((each) => (each.compoundFieldName ? `${each.compoundFieldName}.${partName(each)}` : each.name));
  return [...names, 'LastModifiedDate'];
}

const isNameOfPerson = (object: ObjectType, each: Field): boolean =>
  each.name === 'Name' && fieldNamed(object, 'LastName')?.compoundFieldName === 'Name';

/** Dates in events are ISO with Z, where REST has +0000. */
const wire = (each: Field, value: unknown): unknown =>
  each.type === 'datetime' && typeof value === 'string' ? new Date(value).toISOString() : written(each, value);

/** A payload as a subscriber sees it from whom field-level security hides some of the entity's fields. */
export function withoutFields(payload: ChangeEventPayload, object: ObjectType, hidden: ReadonlySet<string>): ChangeEventPayload {
  const out: ChangeEventPayload = structuredCloneOfJson(payload);
  const gone = new Set<string>();
  for (const each of object.fields) {
    if (!hidden.has(each.name)) continue;
    const path = each.compoundFieldName ? `${each.compoundFieldName}.${partName(each)}` : each.name;
    gone.add(path);
    const compound = each.compoundFieldName ? out[each.compoundFieldName] : null;
    if (compound !== null && typeof compound === 'object') delete (compound as Values)[partName(each)];
    else if (!each.compoundFieldName) delete out[each.name];
  }
  const header = out.ChangeEventHeader;
  if (header?.changedFields) header.changedFields = header.changedFields.filter((path) => !gone.has(path));
  return out;
}

/** Numbers written digit by digit are kept so. */
function structuredCloneOfJson<T>(value: T): T {
  if (Array.isArray(value)) return value.map(structuredCloneOfJson) as T;
  if (value === null || typeof value !== 'object' || 'rawJSON' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, structuredCloneOfJson(each)])) as T;
}
