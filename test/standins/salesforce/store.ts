/** The org's records. Every change made here yields the change events that Salesforce would send for it. */
import { FieldError } from './errors.ts';
import { fieldNamed } from './fields.ts';
import { makeId, to18 } from './ids.ts';
import { type ObjectType, seedObjects } from './objects.ts';
import { cleanValues, stamp } from './values.ts';

export type Values = Record<string, unknown>;

export interface StoredRecord {
  id: string;
  object: string;
  values: Values;
  deleted: boolean;
}

export interface Change {
  object: ObjectType;
  recordId: string;
  changeType: 'CREATE' | 'UPDATE' | 'DELETE' | 'UNDELETE';
  before: Values | null;
  after: Values;
  /** API names of the object's own fields that this change set. */
  changed: string[];
}

export interface WriteOptions {
  /** Written through REST: fields that are read-only there are refused, and what is required is asked for. */
  byUser?: boolean;
  /** An id of one's own, 18 characters. */
  id?: string;
}

export interface Store {
  readonly objects: Map<string, ObjectType>;
  object(name: string): ObjectType | undefined;
  /** @returns the new record's id; audit fields may be given, to make a record that is old. */
  insert(object: string, values: Values, options?: WriteOptions): string;
  /** All of them in one transaction. */
  insertMany(object: string, values: Values[], options?: WriteOptions): string[];
  update(object: string, id: string, values: Values, options?: WriteOptions): void;
  delete(object: string, id: string): void;
  undelete(object: string, id: string): void;
  /** Several changes in one transaction: one record gives one event, alike changes are merged; what throws is rolled back. */
  transaction<T>(work: () => T): T;
  /** Changes of which no event will ever tell: what an outage or a bulk load loses. */
  silently<T>(work: () => T): T;
  get(object: string, id: string): StoredRecord | undefined;
  all(object: string): StoredRecord[];
}

export function createStore(options: { now: () => number; userId: () => string; committed: (changes: Change[]) => void }): Store {
  const objects = new Map(seedObjects().map((object) => [object.name.toLowerCase(), object]));
  const records = new Map<string, Map<string, StoredRecord>>();
  let serial = 0;
  let cases = 1000;
  let open: { changes: Change[]; undo: (() => void)[] } | null = null;
  let silent = false;

  const typeOf = (name: string): ObjectType => {
    const found = objects.get(name.toLowerCase());
    if (!found) throw new FieldError('NOT_FOUND', `The requested resource does not exist: ${name}`);
    return found;
  };
  const table = (object: ObjectType): Map<string, StoredRecord> => {
    const known = records.get(object.name) ?? new Map<string, StoredRecord>();
    records.set(object.name, known);
    return known;
  };
  const find = (object: ObjectType, id: string, deleted: boolean): StoredRecord => {
    const record = table(object).get(to18(id));
    if (!record) throw new FieldError('NOT_FOUND', 'The requested resource does not exist');
    if (record.deleted !== deleted)
      throw new FieldError(deleted ? 'UNDELETE_FAILED' : 'ENTITY_IS_DELETED', 'entity is deleted', 404);
    return record;
  };
  const commit = (change: Change, undo: () => void): void => {
    if (open) {
      open.undo.push(undo);
      if (!silent) open.changes.push(change);
    } else if (!silent) options.committed([change]);
  };
  const touch = (): Values => ({
    LastModifiedDate: stamp(options.now()),
    LastModifiedById: options.userId(),
    SystemModstamp: stamp(options.now()),
  });

  const store: Store = {
    objects,
    object: (name) => objects.get(name.toLowerCase()),
    insert(objectName, values, { byUser = false, id: own } = {}) {
      const object = typeOf(objectName);
      const given = cleanValues(object, values, 'create', byUser);
      if (byUser) requireValues(object, given);
      const id = own ?? makeId(object.keyPrefix, (serial += 1));
      const whole: Values = {
        ...Object.fromEntries(object.fields.filter((each) => each.type === 'boolean').map((each) => [each.name, false])),
        ...(object.name === 'Case' ? { CaseNumber: String((cases += 1)).padStart(8, '0'), Status: 'New', Origin: 'Web' } : {}),
        ...(fieldNamed(object, 'OwnerId') ? { OwnerId: options.userId() } : {}),
        CreatedDate: stamp(options.now()),
        CreatedById: options.userId(),
        ...touch(),
        ...given,
        Id: id,
      };
      derive(whole, object);
      table(object).set(id, { id, object: object.name, values: whole, deleted: false });
      commit({ object, recordId: id, changeType: 'CREATE', before: null, after: { ...whole }, changed: [] }, () =>
        table(object).delete(id),
      );
      return id;
    },
    insertMany: (object, list, how) => store.transaction(() => list.map((values) => store.insert(object, values, how))),
    update(objectName, id, values, { byUser = false } = {}) {
      const object = typeOf(objectName);
      const record = find(object, id, false);
      const before = { ...record.values };
      Object.assign(record.values, touch(), cleanValues(object, values, 'update', byUser));
      derive(record.values, object);
      const changed = Object.keys(record.values).filter(
        (key) => !STAMPS.has(key) && JSON.stringify(before[key] ?? null) !== JSON.stringify(record.values[key] ?? null),
      );
      commit({ object, recordId: record.id, changeType: 'UPDATE', before, after: { ...record.values }, changed }, () => {
        record.values = before;
      });
    },
    delete(objectName, id) {
      const object = typeOf(objectName);
      const record = find(object, id, false);
      const before = { ...record.values };
      record.deleted = true;
      Object.assign(record.values, touch(), { IsDeleted: true });
      commit({ object, recordId: record.id, changeType: 'DELETE', before, after: {}, changed: [] }, () =>
        Object.assign(record, { deleted: false, values: before }),
      );
    },
    undelete(objectName, id) {
      const object = typeOf(objectName);
      const record = find(object, id, true);
      const before = { ...record.values };
      record.deleted = false;
      Object.assign(record.values, touch(), { IsDeleted: false });
      commit(
        { object, recordId: record.id, changeType: 'UNDELETE', before: null, after: { ...record.values }, changed: [] },
        () => Object.assign(record, { deleted: true, values: before }),
      );
    },
    transaction(work) {
      if (open) return work();
      const own = { changes: [] as Change[], undo: [] as (() => void)[] };
      open = own;
      try {
        const result = work();
        open = null;
        if (own.changes.length > 0) options.committed(own.changes);
        return result;
      } catch (error) {
        for (const undo of own.undo.reverse()) undo();
        throw error;
      } finally {
        open = null;
      }
    },
    silently(work) {
      silent = true;
      try {
        return work();
      } finally {
        silent = false;
      }
    },
    get: (object, id) => table(typeOf(object)).get(to18(id)),
    all: (object) => [...table(typeOf(object)).values()],
  };
  return store;
}

const STAMPS = new Set(['LastModifiedDate', 'SystemModstamp']);

function requireValues(object: ObjectType, given: Values): void {
  const missing = object.fields.filter(
    (each) =>
      !each.nillable && each.createable && !['boolean', 'reference'].includes(each.type) && (given[each.name] ?? null) === null,
  );
  if (missing.length > 0) {
    const names = missing.map((each) => each.name).join(', ');
    throw new FieldError('REQUIRED_FIELD_MISSING', `Required fields are missing: [${names}]`);
  }
}

/** Fields that Salesforce computes itself and stores. */
function derive(values: Values, object: ObjectType): void {
  if (fieldNamed(object, 'FirstName')) {
    values['Name'] = [values['FirstName'], values['LastName']].filter(Boolean).join(' ');
  }
  if (object.name === 'Case') {
    values['IsClosed'] = values['Status'] === 'Closed';
    values['ClosedDate'] = values['IsClosed'] ? (values['ClosedDate'] ?? values['LastModifiedDate']) : null;
  }
  if (object.name === 'Task') values['IsClosed'] = values['Status'] === 'Completed';
  if (object.name === 'Opportunity') {
    values['IsClosed'] = String(values['StageName']).startsWith('Closed');
    values['IsWon'] = values['StageName'] === 'Closed Won';
  }
}
