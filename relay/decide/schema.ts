/** What a formula, a mapping or a title may name: the object's own fields, and those reached through its relationships. */
import type { FieldInfo, FieldLookup, Schema } from '../formula/index.ts';
import type { FieldDescribe, ObjectDescribe } from '../model/salesforce.ts';

/** The describe of a related object; undefined: not loaded, or not visible to the connected user. */
export type Related = (object: string) => ObjectDescribe | undefined;

/** Salesforce follows at most five relationships in one path. */
export const MAX_RELATIONSHIPS = 5;

/**
 * The schema of one object, for `compile`. Names are compared without case and come back as the describe spells them.
 * A polymorphic relationship (Owner, What, Who) offers what Salesforce's Name object has, whatever it points at.
 */
export function formulaSchema(describe: ObjectDescribe, related: Related): Schema {
  return { object: describe.name, field: (path) => resolve(describe, related, path) };
}

/** The canonical spelling of a path and its field, or null where there is no such field. */
export function lookUpPath(
  describe: ObjectDescribe,
  related: Related,
  path: string,
): { readonly path: string; readonly field: FieldInfo } | null {
  const found = formulaSchema(describe, related).field(path.split('.'));
  return found.kind === 'field' ? found : null;
}

/** The fields of an object by lower-case name; computed once for each describe. */
export function fieldsByName(describe: ObjectDescribe): ReadonlyMap<string, FieldDescribe> {
  const known = byName.get(describe);
  if (known) return known;
  const made = new Map(describe.fields.map((field) => [field.name.toLowerCase(), field]));
  byName.set(describe, made);
  return made;
}
const byName = new WeakMap<ObjectDescribe, ReadonlyMap<string, FieldDescribe>>();

function resolve(root: ObjectDescribe, related: Related, path: readonly string[]): FieldLookup {
  let object = root;
  const canonical: string[] = [];
  for (let at = 0; at < path.length; at += 1) {
    const segment = path[at] ?? '';
    if (at === path.length - 1) {
      const field = fieldsByName(object).get(segment.toLowerCase());
      if (!field) return { kind: 'unknown', candidates: names(object, at < MAX_RELATIONSHIPS), at };
      return { kind: 'field', field: fieldInfo(field), path: [...canonical, field.name].join('.') };
    }
    if (at >= MAX_RELATIONSHIPS) {
      return { kind: 'ambiguous', message: `${path.join('.')} follows more than ${MAX_RELATIONSHIPS} relationships.` };
    }
    const reference = relationship(object, segment);
    if (!reference) return { kind: 'unknown', candidates: relationships(object), at };
    canonical.push(reference.relationshipName ?? segment);
    const target = targetOf(reference, related);
    if (!target) {
      const message =
        reference.referenceTo.length === 1
          ? `${reference.referenceTo[0]} can't be read by the connected user, so nothing can be said of ${path.join('.')}.`
          : `${reference.relationshipName} can be any of ${reference.referenceTo.join(', ')}: only fields that all of them have can be used.`;
      return { kind: 'ambiguous', message };
    }
    object = target;
  }
  return { kind: 'unknown', candidates: names(root, true), at: 0 };
}

/** The reference that a path's relationship names: `Account` of AccountId, `Plant__r` of Plant__c. */
export function relationship(object: ObjectDescribe, name: string): FieldDescribe | undefined {
  const wanted = name.toLowerCase();
  return object.fields.find((field) => field.relationshipName?.toLowerCase() === wanted && field.referenceTo.length > 0);
}

function targetOf(reference: FieldDescribe, related: Related): ObjectDescribe | undefined {
  return reference.referenceTo.length === 1 ? related(reference.referenceTo[0] ?? '') : NAME_OBJECT;
}

function relationships(object: ObjectDescribe): string[] {
  return object.fields.flatMap((field) =>
    field.relationshipName && field.referenceTo.length > 0 ? [field.relationshipName] : [],
  );
}

function names(object: ObjectDescribe, deeper: boolean): string[] {
  return [...object.fields.map((field) => field.name), ...(deeper ? relationships(object) : [])];
}

export function fieldInfo(field: FieldDescribe): FieldInfo {
  return {
    name: field.name,
    type: field.type,
    nillable: field.nillable,
    relationshipName: field.relationshipName,
    referenceTo: [...field.referenceTo],
    label: field.label,
    scale: field.scale,
    compoundFieldName: field.compoundFieldName,
    ...(field.picklistValues.length > 0 ? { picklistValues: [...field.picklistValues] } : {}),
  };
}

const plain = (name: string, type: string): FieldDescribe => ({
  name,
  label: name,
  type,
  custom: false,
  nillable: name !== 'Id',
  relationshipName: null,
  referenceTo: [],
  picklistValues: [],
  scale: 0,
  compoundFieldName: null,
  calculated: false,
  nameField: name === 'Name',
  htmlFormatted: false,
});

/** The fields that SOQL gives for every target of a polymorphic relationship (object reference, "Name"). */
const NAME_OBJECT: ObjectDescribe = {
  name: 'Name',
  label: 'Name',
  custom: false,
  fields: [
    plain('Id', 'id'),
    plain('Name', 'string'),
    plain('Type', 'string'),
    plain('FirstName', 'string'),
    plain('LastName', 'string'),
    plain('Alias', 'string'),
    plain('Username', 'string'),
    plain('Email', 'email'),
    plain('Phone', 'phone'),
    plain('Title', 'string'),
    plain('IsActive', 'boolean'),
  ],
};
