/** Record changes → change events, as Change Data Capture forms them. */
import type { Field } from './fields.ts';
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
  /** Above this many changes of one entity in a transaction: one GAP_OVERFLOW instead. */
  overflowAt: number;
}

/** Never captured: computed elsewhere, or bookkeeping. */
const NOT_CAPTURED = new Set(['Id', 'IsDeleted', 'SystemModstamp']);

export function emit(changes: readonly Change[], options: EventOptions): Emitted[] {
  const emitted: Emitted[] = [];
  let sequence = 0;
  for (const [object, own] of Map.groupBy(oneForEachRecord(changes), (change) => change.object)) {
    if (!object.changeEvents) continue;
    if (own.length > options.overflowAt) {
      emitted.push(one(object, 'GAP_OVERFLOW', ['000000000000000AAA'], {}, undefined, (sequence += 1), options));
      continue;
    }
    for (const group of alike(own)) {
      const first = group[0]!;
      const changedFields = first.changeType === 'UPDATE' ? changedNames(object, first) : [];
      const ids = group.map((change) => change.recordId);
      emitted.push(one(object, first.changeType, ids, body(object, first), changedFields, (sequence += 1), options));
    }
  }
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
  const merged = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.object.name} ${change.recordId}`;
    const first = merged.get(key);
    if (!first) merged.set(key, { ...change });
    else {
      first.after = change.after;
      first.changed = [...new Set([...first.changed, ...change.changed])];
      if (change.changeType === 'DELETE') first.changeType = first.changeType === 'CREATE' ? 'CREATE' : 'DELETE';
    }
  }
  return [...merged.values()];
}

/** Identical updates of one transaction share an event with several record ids. */
function alike(changes: readonly Change[]): Change[][] {
  return [
    ...Map.groupBy(changes, (change) =>
      change.changeType === 'CREATE' || change.changeType === 'UNDELETE'
        ? change.recordId
        : JSON.stringify([change.changeType, body(change.object, change)]),
    ).values(),
  ];
}

function captured(object: ObjectType): Field[] {
  return object.fields.filter(
    (each) => !NOT_CAPTURED.has(each.name) && !each.calculated && !['address', 'location'].includes(each.type),
  );
}

function body(object: ObjectType, change: Change): Values {
  if (change.changeType === 'DELETE') return {};
  const names = change.changeType === 'UPDATE' ? new Set([...change.changed, 'LastModifiedDate', 'LastModifiedById']) : null;
  const out: Values = {};
  for (const each of captured(object)) {
    const value = change.after[each.name] ?? null;
    if (names === null ? value === null : !names.has(each.name)) continue;
    if (isNameOfPerson(object, each)) continue;
    const shown = wire(each, value);
    if (each.compoundFieldName) {
      const compound = (out[each.compoundFieldName] ?? {}) as Values;
      compound[partName(each)] = shown;
      out[each.compoundFieldName] = compound;
    } else out[each.name] = shown;
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
  each.name === 'Name' && object.fields.some((other) => other.compoundFieldName === 'Name');

/** BillingCity → City, Site__Latitude__s → Latitude, FirstName → FirstName. */
function partName(each: Field): string {
  if (each.compoundFieldName === 'Name') return each.name;
  const custom = /__(Latitude|Longitude)__s$/.exec(each.name);
  if (custom) return custom[1] ?? each.name;
  return each.name.slice((each.compoundFieldName ?? '').replace(/Address$/, '').length);
}

/** Dates in events are ISO with Z, where REST has +0000. */
const wire = (each: Field, value: unknown): unknown =>
  each.type === 'datetime' && typeof value === 'string' ? new Date(value).toISOString() : value;
