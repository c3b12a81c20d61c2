/** Objects and their fields as the org describes them, kept for minutes; jsforce's own cache keeps them for ever, errors too. */
import { z } from 'zod';
import type { FieldDescribe, ObjectDescribe, ObjectSummary } from '../model/salesforce.ts';
import { SalesforceError } from '../model/salesforce.ts';
import { read } from './answer.ts';
import type { Session } from './session.ts';
import { isIdentifier } from './soql.ts';

const KEPT_MS = 10 * 60_000;

export interface Describes {
  objects(options?: { refresh?: boolean }): Promise<readonly ObjectSummary[]>;
  /** Case-insensitive; null: no such object, or not visible to the connected user. */
  describe(object: string, options?: { refresh?: boolean }): Promise<ObjectDescribe | null>;
  /** The org has several currencies. */
  multiCurrency(): Promise<boolean>;
}

/** One for each session. The same answer is the same object while it is kept, so that what is compiled from it can be kept too. */
export function describesOf(session: Session, now: () => number = Date.now): Describes {
  const global = kept(() => readGlobal(session), now);
  const objects = new Map<string, Kept<ObjectDescribe | null>>();
  return {
    objects: async (options) => (await global.get(options?.refresh ?? false)).objects,
    multiCurrency: async () => (await global.get(false)).multiCurrency,
    describe: async (object, options) => {
      if (!isIdentifier(object)) return null;
      const key = object.toLowerCase();
      let entry = objects.get(key);
      if (!entry) objects.set(key, (entry = kept(() => readObject(session, object), now)));
      return entry.get(options?.refresh ?? false);
    },
  };
}

interface Kept<T> {
  get(refresh: boolean): Promise<T>;
}

/** One call at a time for all who ask; a failure is told to them and forgotten. */
export function kept<T>(read: () => Promise<T>, now: () => number, keptMs: number = KEPT_MS): Kept<T> {
  let value: { readonly at: number; readonly value: T } | null = null;
  let reading: Promise<T> | null = null;
  return {
    get: (refresh) => {
      if (reading) return reading;
      if (value && !refresh && now() - value.at < keptMs) return Promise.resolve(value.value);
      reading = read()
        .then((fresh) => {
          value = { at: now(), value: fresh };
          return fresh;
        })
        .finally(() => {
          reading = null;
        });
      return reading;
    },
  };
}

const Global = z.object({
  sobjects: z.array(
    z.object({
      name: z.string(),
      label: z.string().nullish(),
      custom: z.boolean().nullish(),
      queryable: z.boolean().nullish(),
      layoutable: z.boolean().nullish(),
      deprecatedAndHidden: z.boolean().nullish(),
    }),
  ),
});

/** What hangs on another object and is no record anybody would complain about. */
const ATTACHED = /(?:ChangeEvent|Share|History|Feed|Tag|__mdt|__e|__b)$/;

async function readGlobal(session: Session): Promise<{ objects: readonly ObjectSummary[]; multiCurrency: boolean }> {
  const { sobjects } = read(Global, await session.request({ method: 'GET', path: '/sobjects' }));
  const names = new Set(sobjects.map((object) => object.name));
  const objects = sobjects
    .map((object) => ({ object, changeEvents: names.has(changeEventOf(object.name)) }))
    .filter(({ object, changeEvents }) => {
      if (object.deprecatedAndHidden === true || object.queryable === false) return false;
      return changeEvents || (object.layoutable !== false && !ATTACHED.test(object.name));
    })
    .map(({ object, changeEvents }) => ({
      name: object.name,
      label: object.label ?? object.name,
      custom: object.custom ?? object.name.endsWith('__c'),
      changeEvents,
    }));
  return { objects, multiCurrency: names.has('CurrencyType') };
}

/** `CaseChangeEvent`, `My__ChangeEvent`: the entity that carries an object's change events. */
export function changeEventOf(object: string): string {
  return object.endsWith('__c') ? `${object.slice(0, -'__c'.length)}__ChangeEvent` : `${object}ChangeEvent`;
}

const Described = z.object({
  name: z.string(),
  label: z.string().nullish(),
  custom: z.boolean().nullish(),
  queryable: z.boolean().nullish(),
  fields: z.array(
    z.object({
      name: z.string(),
      label: z.string().nullish(),
      type: z.string(),
      custom: z.boolean().nullish(),
      nillable: z.boolean().nullish(),
      relationshipName: z.string().nullish(),
      referenceTo: z.array(z.string()).nullish(),
      picklistValues: z.array(z.object({ value: z.string(), active: z.boolean().nullish() })).nullish(),
      scale: z.number().nullish(),
      compoundFieldName: z.string().nullish(),
      calculated: z.boolean().nullish(),
      nameField: z.boolean().nullish(),
      htmlFormatted: z.boolean().nullish(),
      deprecatedAndHidden: z.boolean().nullish(),
    }),
  ),
});

async function readObject(session: Session, object: string): Promise<ObjectDescribe | null> {
  let answer: unknown;
  try {
    answer = await session.request({ method: 'GET', path: `/sobjects/${object}/describe` });
  } catch (error) {
    if (error instanceof SalesforceError && ABSENT.has(error.code)) return null;
    throw error;
  }
  const described = read(Described, answer);
  if (described.queryable === false) return null;
  return {
    name: described.name,
    label: described.label ?? described.name,
    custom: described.custom ?? described.name.endsWith('__c'),
    fields: described.fields.filter((field) => field.deprecatedAndHidden !== true).map(toField),
  };
}
const ABSENT: ReadonlySet<string> = new Set(['NOT_FOUND', 'INVALID_TYPE', 'HTTP_404', 'INSUFFICIENT_ACCESS']);

const toField = (field: z.infer<typeof Described>['fields'][number]): FieldDescribe => ({
  name: field.name,
  label: field.label ?? field.name,
  type: field.type,
  custom: field.custom ?? field.name.endsWith('__c'),
  nillable: field.nillable ?? true,
  relationshipName: field.relationshipName ?? null,
  referenceTo: field.referenceTo ?? [],
  picklistValues: (field.picklistValues ?? []).filter((value) => value.active !== false).map((value) => value.value),
  scale: field.scale ?? 0,
  compoundFieldName: field.compoundFieldName ?? null,
  calculated: field.calculated ?? false,
  nameField: field.nameField ?? false,
  htmlFormatted: field.htmlFormatted ?? false,
});
