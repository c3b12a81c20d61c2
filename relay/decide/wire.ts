/**
 * How a change event spells fields and values, and how REST does. The event nests compounds (`BillingAddress: {City}`,
 * `Name: {FirstName}`), REST and formulas are flat (BillingCity, FirstName); date-times differ in form.
 */
import type { ChangeEvent } from '../model/event.ts';
import type { FieldDescribe, ObjectDescribe } from '../model/salesforce.ts';
import { fieldsByName } from './schema.ts';

/** `FirstName` → `Name.FirstName`, `BillingCity` → `BillingAddress.City`, `Site__Latitude__s` → `Site__c.Latitude`; others stay. */
export function eventPath(field: Pick<FieldDescribe, 'name' | 'compoundFieldName'>): string {
  const { name, compoundFieldName: compound } = field;
  if (!compound || compound === name) return name;
  return `${compound}.${component(name, compound)}`;
}

function component(name: string, compound: string): string {
  if (compound.endsWith('__c')) {
    const base = compound.slice(0, -'c'.length);
    return name.startsWith(base) && name.endsWith('__s') ? name.slice(base.length, -'__s'.length) : name;
  }
  const prefix = compound.endsWith('Address') ? compound.slice(0, -'Address'.length) : '';
  return prefix && name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/** The components of a compound field by the event's name for each: `City` → the describe of BillingCity. */
export function componentsOf(describe: ObjectDescribe, compound: string): ReadonlyMap<string, FieldDescribe> {
  const known = compounds.get(describe) ?? compoundsOf(describe);
  compounds.set(describe, known);
  return known.get(compound) ?? NONE;
}
const NONE: ReadonlyMap<string, FieldDescribe> = new Map();
const compounds = new WeakMap<ObjectDescribe, Map<string, Map<string, FieldDescribe>>>();

function compoundsOf(describe: ObjectDescribe): Map<string, Map<string, FieldDescribe>> {
  const made = new Map<string, Map<string, FieldDescribe>>();
  for (const field of describe.fields) {
    const compound = field.compoundFieldName;
    if (!compound || compound === field.name) continue;
    const parts = made.get(compound) ?? new Map<string, FieldDescribe>();
    parts.set(component(field.name, compound), field);
    made.set(compound, parts);
  }
  return made;
}

/**
 * The changed fields as the formula engine asks for them: a compound named as a whole stands for the parts that the event carries,
 * and a part named flat (FirstName) for its place in the compound too. undefined: the event does not tell.
 */
export function changedNames(event: ChangeEvent, describe: ObjectDescribe): ReadonlySet<string> | undefined {
  if (event.changedFields === null) return undefined;
  const names = new Set<string>();
  for (const spelt of event.changedFields) {
    const value = event.values[spelt];
    const parts = isObject(value) ? [...componentsOf(describe, spelt).keys()].filter((name) => name in value) : [];
    for (const name of parts) names.add(`${spelt}.${name}`);
    if (parts.length > 0) continue;
    names.add(spelt);
    const field = fieldsByName(describe).get(spelt.toLowerCase());
    if (field) names.add(eventPath(field));
  }
  return names;
}

/** What the event itself says of a field, in REST's form; undefined: the event does not carry it. */
export function eventValue(event: Pick<ChangeEvent, 'values'>, field: FieldDescribe): unknown {
  const compound = field.compoundFieldName;
  if (compound && compound !== field.name) {
    const whole = event.values[compound];
    if (whole === null) return null;
    if (isObject(whole)) {
      const part = whole[component(field.name, compound)];
      if (part !== undefined) return restValue(part, field.type);
    }
  }
  const value = event.values[field.name];
  return value === undefined ? undefined : restValue(value, field.type);
}

/** The wire's form of a value in REST's form. Sources: CDC guide, "Change event fields"; Avro longs are milliseconds. */
export function restValue(value: unknown, type: string): unknown {
  switch (type) {
    case 'datetime':
      return instant(value);
    case 'date':
      if (typeof value === 'number') return iso(value)?.slice(0, 10) ?? value;
      return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? value.slice(0, 10) : value;
    case 'time':
      return typeof value === 'number' ? (iso(value)?.slice(11) ?? value) : value;
    case 'multipicklist':
      return Array.isArray(value) ? value.join(';') : value;
    case 'location':
    case 'address':
      return isObject(value)
        ? Object.fromEntries(Object.entries(value).map(([name, part]) => [name.charAt(0).toLowerCase() + name.slice(1), part]))
        : value;
    default:
      return value;
  }
}

function instant(value: unknown): unknown {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  const ms = typeof value === 'number' ? value : Date.parse(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return iso(ms)?.replace('Z', '+0000') ?? value;
}

/** null where no Date can hold it. */
function iso(ms: number): string | null {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
