/** Field definitions: what a describe shows of them, and how the org itself treats them. */
import type { Values } from './store.ts';

export interface Field {
  name: string;
  label: string;
  type: string;
  custom: boolean;
  nillable: boolean;
  createable: boolean;
  updateable: boolean;
  /** A formula or roll-up. */
  calculated: boolean;
  nameField: boolean;
  htmlFormatted: boolean;
  relationshipName: string | null;
  referenceTo: string[];
  picklistValues: { value: string; label: string; active: boolean; defaultValue: boolean }[];
  length: number;
  precision: number;
  scale: number;
  compoundFieldName: string | null;
  polymorphicForeignKey: boolean;
  autoNumber?: boolean;
  /** What a formula gives; worked out when the record is read, never stored. */
  compute?: (values: Values, related: (object: string, id: unknown) => Values | null, now: number) => unknown;
  /** Derived by the org, so that Change Data Capture leaves it out. */
  derived?: boolean;
}

const label = (name: string): string =>
  name
    .replace(/__c$/, '')
    .replace(/_/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2');

const LENGTHS: Readonly<Record<string, number>> = {
  string: 255,
  picklist: 255,
  combobox: 255,
  multipicklist: 4099,
  email: 80,
  phone: 40,
  url: 255,
  textarea: 255,
  encryptedstring: 175,
  id: 18,
  reference: 18,
};

export function field(name: string, type: string, extra: Partial<Field> = {}): Field {
  return {
    name,
    label: label(name),
    type,
    custom: name.endsWith('__c'),
    nillable: true,
    createable: true,
    updateable: true,
    calculated: false,
    nameField: false,
    htmlFormatted: false,
    relationshipName: null,
    referenceTo: [],
    picklistValues: [],
    length: LENGTHS[type] ?? 0,
    precision: 0,
    scale: 0,
    compoundFieldName: null,
    polymorphicForeignKey: false,
    ...extra,
  };
}

export const picklist = (name: string, values: string[], type = 'picklist'): Field =>
  field(name, type, { picklistValues: values.map((value) => ({ value, label: value, active: true, defaultValue: false })) });

/** A lookup: AccountId → Account, Plant__c → Plant__r. */
export function reference(name: string, to: string[], relationshipName?: string): Field {
  const relationship = relationshipName ?? (name.endsWith('__c') ? name.replace(/__c$/, '__r') : name.replace(/Id$/, ''));
  return field(name, 'reference', { referenceTo: to, relationshipName: relationship, polymorphicForeignKey: to.length > 1 });
}

export const formula = (name: string, type: string, compute: Field['compute']): Field =>
  field(name, type, { calculated: true, createable: false, updateable: false, ...(compute ? { compute } : {}) });

export const part = (name: string, type: string, compound: string, extra: Partial<Field> = {}): Field =>
  field(name, type, { compoundFieldName: compound, ...extra });

export function systemFields(options: { owner?: boolean } = {}): Field[] {
  const readonly = { createable: false, updateable: false, nillable: false };
  return [
    field('Id', 'id', readonly),
    field('IsDeleted', 'boolean', readonly),
    ...(options.owner === false ? [] : [{ ...reference('OwnerId', ['Group', 'User'], 'Owner'), nillable: false }]),
    field('CreatedDate', 'datetime', readonly),
    { ...reference('CreatedById', ['User'], 'CreatedBy'), ...readonly },
    field('LastModifiedDate', 'datetime', readonly),
    { ...reference('LastModifiedById', ['User'], 'LastModifiedBy'), ...readonly },
    field('SystemModstamp', 'datetime', readonly),
  ];
}

/** Street, City, … of a compound address: BillingStreet, BillingCity and the compound BillingAddress itself. */
export function address(prefix: string): Field[] {
  const compound = `${prefix}Address`;
  return [
    part(`${prefix}Street`, 'textarea', compound),
    part(`${prefix}City`, 'string', compound),
    part(`${prefix}State`, 'string', compound),
    part(`${prefix}PostalCode`, 'string', compound),
    part(`${prefix}Country`, 'string', compound),
    part(`${prefix}Latitude`, 'double', compound, { precision: 18, scale: 15 }),
    part(`${prefix}Longitude`, 'double', compound, { precision: 18, scale: 15 }),
    part(`${prefix}GeocodeAccuracy`, 'picklist', compound),
    field(compound, 'address', { createable: false, updateable: false }),
  ];
}

/** BillingCity → City, Site__Latitude__s → Latitude, FirstName → FirstName. */
export function partName(each: Field): string {
  const custom = /__(Latitude|Longitude)__s$/.exec(each.name)?.[1];
  if (custom) return custom;
  if (each.compoundFieldName === 'Name') return each.name;
  return each.name.slice((each.compoundFieldName ?? '').replace(/Address$/, '').length);
}

interface HasFields {
  fields: Field[];
}

const places = new WeakMap<HasFields, Map<string, number>>();

function lookUp(object: HasFields, key: string, keyOf: (each: Field) => string | undefined): Field | undefined {
  const known = places.get(object) ?? new Map<string, number>();
  places.set(object, known);
  // Tests add, rename and remove fields of a running org, so that a place is only a guess.
  const guess = object.fields[known.get(key) ?? -1];
  if (guess && keyOf(guess) === key) return guess;
  const at = object.fields.findIndex((each) => keyOf(each) === key);
  if (at >= 0) known.set(key, at);
  return object.fields[at];
}

/** Names are case-insensitive. */
export const fieldNamed = (object: HasFields, name: string): Field | undefined =>
  lookUp(object, name.toLowerCase(), (each) => each.name.toLowerCase());

export const fieldOfRelationship = (object: HasFields, relationship: string): Field | undefined =>
  lookUp(object, `.${relationship.toLowerCase()}`, (each) =>
    each.relationshipName === null ? undefined : `.${each.relationshipName.toLowerCase()}`,
  );

const NUMBERS = new Set(['double', 'currency', 'percent']);

/** As REST and events write a value; decimals keep every digit, and a point, as `1500.0`. */
export function written(each: Field, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (NUMBERS.has(each.type)) {
    const text = String(value);
    return rawJson(/^-?\d+$/.test(text) ? `${text}.0` : text);
  }
  if (each.type === 'encryptedstring') return `${'*'.repeat(Math.max(0, String(value).length - 4))}${String(value).slice(-4)}`;
  return value;
}

/** A number in JSON that no double could hold: `12345678901234.99` stays so. */
function rawJson(text: string): unknown {
  try {
    return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
  } catch {
    return text;
  }
}
