/** What the connected user may see and do, and how a record looks to it through REST. */
import { FieldError } from './errors.ts';
import type { Field } from './fields.ts';
import type { ObjectType } from './objects.ts';
import type { Store, StoredRecord, Values } from './store.ts';

export interface Access {
  /** Objects that can't be read at all, by lower-case name. */
  unreadableObjects: Set<string>;
  /** `Case.Secret__c`: hidden by field-level security. */
  hiddenFields: Set<string>;
  /** Records that sharing hides. */
  hiddenRecords: Set<string>;
  /** Objects without View All Records: their events are dropped silently on custom channels. */
  withoutViewAll: Set<string>;
  viewAllData: boolean;
  customizeApplication: boolean;
}

export const fullAccess = (): Access => ({
  unreadableObjects: new Set(),
  hiddenFields: new Set(),
  hiddenRecords: new Set(),
  withoutViewAll: new Set(),
  viewAllData: true,
  customizeApplication: true,
});

export function visibleObject(store: Store, access: Access, name: string): ObjectType {
  const object = store.object(name);
  if (!object || access.unreadableObjects.has(object.name.toLowerCase()))
    throw new FieldError('NOT_FOUND', 'The requested resource does not exist');
  return object;
}

export const visibleFields = (object: ObjectType, access: Access): Field[] =>
  object.fields.filter((each) => !access.hiddenFields.has(`${object.name}.${each.name}`));

const RELATIVE: Record<string, string> = { Group: 'Group', User: 'User' };

/** The value at a path, or the error that a query with it gets. */
export function valueAt(store: Store, access: Access, object: ObjectType, record: StoredRecord, path: string): unknown {
  const [head = '', ...rest] = path.split('.');
  if (rest.length === 0) return plainValue(object, access, record, head);
  const reference = fieldOfRelationship(object, access, head);
  if (!reference) throw invalid(`Didn't understand relationship '${head}' in field path.`);
  const id = record.values[reference.name];
  if (reference.referenceTo.length > 1) {
    const allowed = ['Id', 'Name', 'FirstName', 'LastName', 'Username', 'Email', 'Type'];
    if (rest.length > 1 || !allowed.some((name) => name.toLowerCase() === rest[0]!.toLowerCase()))
      throw noColumn(rest[0]!, 'Name');
  }
  const targets = reference.referenceTo.flatMap((name) => store.object(name) ?? []);
  const first = targets[0];
  if (first && reference.referenceTo.length === 1) checkPath(store, access, first, rest.join('.'));
  if (typeof id !== 'string') return null;
  for (const target of targets) {
    const found = store.get(target.name, id);
    if (found && !found.deleted) {
      if (rest[0]!.toLowerCase() === 'type' && reference.referenceTo.length > 1) return RELATIVE[target.name] ?? target.name;
      return target.fields.some((each) => each.name.toLowerCase() === rest[0]!.toLowerCase() || rest.length > 1)
        ? valueAt(store, access, target, found, rest.join('.'))
        : null;
    }
  }
  return null;
}

/** Throws what a query that names the path would get, whether or not there are records. */
export function checkPath(store: Store, access: Access, object: ObjectType, path: string): void {
  const [head = '', ...rest] = path.split('.');
  if (rest.length === 0) return void fieldOf(object, access, head);
  const reference = fieldOfRelationship(object, access, head);
  if (!reference)
    throw invalid(
      `Didn't understand relationship '${head}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name.`,
    );
  if (reference.referenceTo.length > 1) return;
  const target = store.object(reference.referenceTo[0] ?? '');
  if (target) checkPath(store, access, target, rest.join('.'));
}

const invalid = (message: string): FieldError => new FieldError('INVALID_FIELD', message);
const noColumn = (name: string, entity: string): FieldError =>
  invalid(
    `No such column '${name}' on entity '${entity}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
  );

function fieldOf(object: ObjectType, access: Access, name: string): Field {
  const found = visibleFields(object, access).find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (!found) throw noColumn(name, object.name);
  return found;
}

function fieldOfRelationship(object: ObjectType, access: Access, name: string): Field | undefined {
  return visibleFields(object, access).find((each) => each.relationshipName?.toLowerCase() === name.toLowerCase());
}

function plainValue(object: ObjectType, access: Access, record: StoredRecord, name: string): unknown {
  const found = fieldOf(object, access, name);
  if (found.type === 'address')
    return compound(object, record.values, found.name, [
      'street',
      'city',
      'state',
      'postalCode',
      'country',
      'latitude',
      'longitude',
      'geocodeAccuracy',
    ]);
  if (found.type === 'location') return compound(object, record.values, found.name, ['latitude', 'longitude']);
  const value = record.values[found.name] ?? null;
  if (found.type === 'datetime' && typeof value === 'string') return new Date(value).toISOString().replace('Z', '+0000');
  return value;
}

function compound(object: ObjectType, values: Values, name: string, parts: string[]): Values | null {
  const own = object.fields.filter((each) => each.compoundFieldName === name);
  const entries = parts.map((part) => {
    const source = own.find((each) => each.name.toLowerCase().replace(/__s$/, '').endsWith(part.toLowerCase()));
    return [part, source ? (values[source.name] ?? null) : null] as const;
  });
  return entries.every(([, value]) => value === null) ? null : Object.fromEntries(entries);
}
