/** The org's records. Every change made here yields the change events that Salesforce would send for it. */
import { makeId, to18 } from './ids.ts';
import { type ObjectType, seedObjects } from './objects.ts';
import { FieldError } from './errors.ts';

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

export interface Store {
  readonly objects: Map<string, ObjectType>;
  object(name: string): ObjectType | undefined;
  insert(object: string, values: Values): string;
  insertMany(object: string, values: Values[]): string[];
  update(object: string, id: string, values: Values): void;
  delete(object: string, id: string): void;
  undelete(object: string, id: string): void;
  /** Several changes in one transaction: one record gives one event, alike changes are merged. */
  transaction<T>(work: () => T): T;
  get(object: string, id: string): StoredRecord | undefined;
  all(object: string): StoredRecord[];
}

export function createStore(options: {
  now: () => number;
  userId: () => string;
  committed: (changes: Change[]) => void;
  maxChanges?: number;
}): Store {
  const objects = new Map(seedObjects().map((object) => [object.name.toLowerCase(), object]));
  const records = new Map<string, Map<string, StoredRecord>>();
  let serial = 0;
  let cases = 1000;
  let open: Change[] | null = null;

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
  const stamp = (): string => new Date(options.now()).toISOString().replace(/\.\d{3}Z$/, '.000+0000');
  const check = (object: ObjectType, values: Values): Values => {
    const clean: Values = {};
    for (const [key, value] of Object.entries(values)) {
      const known = object.fields.find((each) => each.name.toLowerCase() === key.toLowerCase());
      if (!known) throw new FieldError('INVALID_FIELD', `No such column '${key}' on sobject of type ${object.name}`);
      clean[known.name] = value === '' ? null : value;
    }
    return clean;
  };
  const find = (object: string, id: string): StoredRecord => {
    const record = table(typeOf(object)).get(to18(id));
    if (!record) throw new FieldError('NOT_FOUND', `Provided external ID field does not exist or is not accessible: ${id}`);
    return record;
  };
  const commit = (change: Change): void => {
    if (open) open.push(change);
    else options.committed([change]);
  };

  const store: Store = {
    objects,
    object: (name) => objects.get(name.toLowerCase()),
    insert(objectName, values) {
      const object = typeOf(objectName);
      const id = makeId(object.keyPrefix, (serial += 1));
      const at = stamp();
      const has = (name: string): boolean => object.fields.some((each) => each.name === name);
      const whole: Values = {
        ...Object.fromEntries(object.fields.filter((each) => each.type === 'boolean').map((each) => [each.name, false])),
        ...(object.name === 'Case' ? { CaseNumber: String((cases += 1)).padStart(8, '0'), Status: 'New', Origin: 'Web' } : {}),
        ...(has('OwnerId') ? { OwnerId: options.userId() } : {}),
        ...check(object, values),
        Id: id,
        CreatedDate: at,
        CreatedById: options.userId(),
        LastModifiedDate: at,
        LastModifiedById: options.userId(),
        SystemModstamp: at,
      };
      derive(whole, object);
      table(object).set(id, { id, object: object.name, values: whole, deleted: false });
      commit({ object, recordId: id, changeType: 'CREATE', before: null, after: { ...whole }, changed: [] });
      return id;
    },
    insertMany: (object, list) => store.transaction(() => list.map((values) => store.insert(object, values))),
    update(objectName, id, values) {
      const record = find(objectName, id);
      const object = typeOf(objectName);
      const before = { ...record.values };
      const clean = check(object, values);
      const changed = Object.keys(clean).filter(
        (key) => JSON.stringify(before[key] ?? null) !== JSON.stringify(clean[key] ?? null),
      );
      Object.assign(record.values, clean, {
        LastModifiedDate: stamp(),
        LastModifiedById: options.userId(),
        SystemModstamp: stamp(),
      });
      derive(record.values, object);
      for (const key of ['Name', 'IsClosed', 'ClosedDate']) {
        if (
          !changed.includes(key) &&
          before[key] !== record.values[key] &&
          object.fields.some((f) => f.name === key && !f.calculated && key !== 'Name')
        )
          changed.push(key);
      }
      commit({ object, recordId: record.id, changeType: 'UPDATE', before, after: { ...record.values }, changed });
    },
    delete(objectName, id) {
      const record = find(objectName, id);
      record.deleted = true;
      record.values['IsDeleted'] = true;
      commit({
        object: typeOf(objectName),
        recordId: record.id,
        changeType: 'DELETE',
        before: { ...record.values },
        after: {},
        changed: [],
      });
    },
    undelete(objectName, id) {
      const record = find(objectName, id);
      record.deleted = false;
      record.values['IsDeleted'] = false;
      commit({
        object: typeOf(objectName),
        recordId: record.id,
        changeType: 'UNDELETE',
        before: null,
        after: { ...record.values },
        changed: [],
      });
    },
    transaction(work) {
      if (open) return work();
      open = [];
      try {
        const result = work();
        const changes = open;
        open = null;
        if (changes.length > 0) options.committed(changes);
        return result;
      } finally {
        open = null;
      }
    },
    get: (object, id) => table(typeOf(object)).get(to18(id)),
    all: (object) => [...table(typeOf(object)).values()],
  };
  return store;
}

/** Fields that Salesforce computes itself. */
function derive(values: Values, object: ObjectType): void {
  if (object.fields.some((each) => each.name === 'FirstName')) {
    values['Name'] = [values['FirstName'], values['LastName']].filter(Boolean).join(' ');
  }
  if (object.name === 'Case') {
    values['IsClosed'] = values['Status'] === 'Closed';
    values['ClosedDate'] = values['IsClosed'] ? (values['ClosedDate'] ?? values['LastModifiedDate']) : null;
    values['Age_Days__c'] = 3;
  }
}
