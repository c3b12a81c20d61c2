/** What queries run on: tables of records as one user sees them, and paths through them. */
import { type Access, visibleField } from '../access.ts';
import { FieldError } from '../errors.ts';
import { type Field, field, fieldNamed, fieldOfRelationship, partName, written } from '../fields.ts';
import type { ObjectType } from '../objects.ts';
import type { StoredRecord, Values } from '../store.ts';
import type { Path, Query } from './ast.ts';
import { pointer } from './lex.ts';

export interface Table {
  readonly type: ObjectType;
  /** Deleted ones too. A table that is worked out may look into the query for what is asked. */
  all(query: Query): Iterable<StoredRecord>;
  get(id: string): StoredRecord | undefined;
}

export interface World {
  table(name: string): Table | undefined;
  readonly access: Access;
  readonly now: number;
  /** 66.0 */
  readonly api: string;
}

export interface Step {
  /** Account, Owner */
  relationship: string;
  /** What the JSON's attributes say, and null for the record's own type. */
  type: string | null;
}

export interface Resolved {
  /** Spelt as the describe does. */
  name: string;
  field: Field;
  steps: Step[];
  /** The records that the steps lead through; ends early where a reference is empty. */
  walk(record: StoredRecord): StoredRecord[];
  /** As stored. */
  raw(record: StoredRecord): unknown;
  /** As REST writes it. */
  shown(record: StoredRecord): unknown;
}

/** What every polymorphic reference leads to, whatever stands at its end. */
const NAME: ObjectType = {
  name: 'Name',
  label: 'Name',
  custom: false,
  keyPrefix: '',
  changeEvents: false,
  fields: [
    field('Id', 'id'),
    ...['Name', 'FirstName', 'LastName', 'Username', 'Type', 'Title', 'Alias'].map((each) => field(each, 'string')),
    field('Email', 'email'),
    field('Phone', 'phone'),
    field('IsActive', 'boolean'),
  ],
};

/** @throws FieldError INVALID_FIELD with the place in the text */
export function resolve(world: World, object: ObjectType, path: Path, soql: string): Resolved {
  const parts = path.text.split('.');
  // FROM Case … Case.Subject means the same as Subject.
  if (parts.length > 1 && parts[0]!.toLowerCase() === object.name.toLowerCase() && !relation(world, object, parts[0]!))
    parts.shift();
  if (parts.length > 6)
    throw new FieldError('INVALID_FIELD', `${pointer(soql, path.at)}Only 5 levels of relationships may be selected`);
  const references: Field[] = [];
  const steps: Step[] = [];
  let at = object;
  for (const part of parts.slice(0, -1)) {
    const reference = relation(world, at, part);
    const target = reference && (reference.referenceTo.length > 1 ? NAME : readable(world, reference.referenceTo[0] ?? '')?.type);
    if (!reference || !target) throw noRelationship(soql, path, part);
    references.push(reference);
    steps.push({ relationship: reference.relationshipName ?? part, type: target === NAME ? 'Name' : null });
    at = target;
  }
  const last = parts.at(-1) ?? '';
  const known = fieldNamed(at, last);
  if (!known || !visibleField(at, world.access, known)) throw noColumn(soql, path, last, at.name);
  const holder = at;
  const walk = (record: StoredRecord): StoredRecord[] => {
    const walked = [record];
    for (const reference of references) {
      const next = follow(world, reference, walked.at(-1)!);
      if (!next) break;
      walked.push(next);
    }
    return walked;
  };
  const raw = (record: StoredRecord): unknown => {
    const walked = walk(record);
    return walked.length <= references.length ? null : rawValue(world, holder, known, walked.at(-1)!);
  };
  return { name: known.name, field: known, steps, walk, raw, shown: (record) => shown(known, raw(record)) };
}

function relation(world: World, object: ObjectType, name: string): Field | undefined {
  const reference = fieldOfRelationship(object, name);
  return reference && visibleField(object, world.access, reference) ? reference : undefined;
}

export function readable(world: World, name: string): Table | undefined {
  return world.access.unreadableObjects.has(name.toLowerCase()) ? undefined : world.table(name);
}

/** The record at a reference's other end, where the user may see it. */
export function follow(world: World, reference: Field, record: StoredRecord): StoredRecord | null {
  const id = record.values[reference.name];
  if (typeof id !== 'string' || world.access.hiddenRecords.has(id)) return null;
  for (const name of reference.referenceTo) {
    const found = readable(world, name)?.get(id);
    if (found && !found.deleted) return found;
  }
  return null;
}

function rawValue(world: World, object: ObjectType, known: Field, record: StoredRecord): unknown {
  if (object === NAME) return ofName(world, known, record);
  if (known.compute) {
    const related = (name: string, id: unknown): Values | null =>
      typeof id === 'string' ? (world.table(name)?.get(id)?.values ?? null) : null;
    return known.compute(record.values, related, world.now);
  }
  if (known.type === 'address' || known.type === 'location') return compound(object, record.values, known.name);
  return record.values[known.name] ?? null;
}

function ofName(world: World, known: Field, record: StoredRecord): unknown {
  if (known.name === 'Type') return record.values['Type'] === 'Queue' ? 'Queue' : record.object;
  const type = world.table(record.object)?.type;
  if (known.name === 'Name' && type) {
    const own = type.fields.find((each) => each.nameField) ?? fieldNamed(type, 'Subject');
    return own ? (record.values[own.name] ?? null) : null;
  }
  return record.values[known.name] ?? null;
}

function compound(object: ObjectType, values: Values, name: string): Values | null {
  const parts = object.fields.filter((each) => each.compoundFieldName === name);
  if (parts.every((each) => (values[each.name] ?? null) === null)) return null;
  const lower = (text: string): string => text[0]!.toLowerCase() + text.slice(1);
  return Object.fromEntries(parts.map((each) => [lower(partName(each)), values[each.name] ?? null]));
}

function shown(known: Field, value: unknown): unknown {
  if (known.type === 'datetime' && typeof value === 'string') return new Date(value).toISOString().replace('Z', '+0000');
  return written(known, value);
}

const noColumn = (soql: string, path: Path, name: string, entity: string): FieldError =>
  new FieldError(
    'INVALID_FIELD',
    `${pointer(soql, path.at)}No such column '${name}' on entity '${entity}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names.`,
  );

export const noRelationship = (soql: string, path: Path, name: string): FieldError =>
  new FieldError(
    'INVALID_FIELD',
    `${pointer(soql, path.at)}Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
  );
