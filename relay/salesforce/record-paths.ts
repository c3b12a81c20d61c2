/** From the paths that are asked for to what may stand in a query: every part is looked up in a describe, none is pasted. */
import { type FieldDescribe, type ObjectDescribe, SalesforceError } from '../model/salesforce.ts';
import type { Row } from './query.ts';

export type RelatedDescribe = (object: string) => Promise<ObjectDescribe | null>;

export interface PathPlan {
  /** Fields of the object itself, spelt as the describe does. */
  readonly fields: readonly string[];
  /** What else a query selects: `Account.Name`, `TYPEOF Owner WHEN User THEN Department END`. Empty: the collection retrieve will do. */
  readonly relations: readonly string[];
  /** From a row to the record, keyed by the paths as asked. */
  readonly pick: (row: Row) => Record<string, unknown>;
}

/** Salesforce allows five steps up. */
const MAX_STEPS = 5;

/** What the Name object offers on whatever a polymorphic reference points at (Object Reference, "Name"). */
const NAME_FIELDS: ReadonlyMap<string, string> = new Map(
  ['Id', 'Name', 'Type', 'FirstName', 'LastName', 'Email', 'Phone', 'Title', 'Username', 'Alias', 'IsActive'].map((name) => [
    name.toLowerCase(),
    name,
  ]),
);

interface Step {
  readonly asked: string;
  readonly segments: readonly string[];
}

interface Polymorphic {
  /** Object → fields. */
  readonly types: Map<string, Set<string>>;
}

/** @throws SalesforceError `refused` INVALID_FIELD that names the path which the describe does not know */
export async function planPaths(describe: ObjectDescribe, paths: readonly string[], related: RelatedDescribe): Promise<PathPlan> {
  const steps: Step[] = [];
  const fields = new Set<string>(['Id']);
  const relations = new Set<string>();
  const polymorphic = new Map<string, Polymorphic>();
  for (const asked of paths) {
    const segments = asked.split('.').map((segment) => segment.trim());
    if (segments.length === 1) {
      const field = findField(describe, segments[0] ?? '');
      if (!field) throw unknownField(asked, describe);
      fields.add(field.name);
      steps.push({ asked, segments: [field.name] });
      continue;
    }
    const resolved = await resolve(describe, asked, segments, related, polymorphic);
    if (!resolved.typed) relations.add(resolved.segments.join('.'));
    steps.push({ asked, segments: resolved.segments });
  }
  for (const [relationship, { types }] of polymorphic) relations.add(typeOf(relationship, types, relations));
  return {
    fields: [...fields],
    relations: [...relations],
    pick: (row) => Object.fromEntries(steps.map(({ asked, segments }) => [asked, valueAt(row, segments)])),
  };
}

async function resolve(
  root: ObjectDescribe,
  asked: string,
  segments: readonly string[],
  related: RelatedDescribe,
  polymorphic: Map<string, Polymorphic>,
): Promise<{ segments: string[]; typed: boolean }> {
  if (segments.length > MAX_STEPS + 1) throw unknownField(asked, root);
  const names: string[] = [];
  let at = root;
  for (const [place, segment] of segments.entries()) {
    if (place === segments.length - 1) {
      const field = findField(at, segment);
      if (!field) throw unknownField(asked, at);
      return { segments: [...names, field.name], typed: false };
    }
    const reference = findRelationship(at, segment);
    if (!reference) throw unknownField(asked, at);
    names.push(reference.relationshipName ?? segment);
    if (reference.referenceTo.length > 1) {
      const last = place === segments.length - 2 ? (segments.at(-1) ?? '') : null;
      const common = last === null ? undefined : NAME_FIELDS.get(last.toLowerCase());
      if (common !== undefined) return { segments: [...names, common], typed: false };
      if (last === null || place > 0) throw unknownField(asked, at);
      return {
        segments: [...names, await addType(names[0] ?? '', reference, last, asked, at, related, polymorphic)],
        typed: true,
      };
    }
    const next = await related(reference.referenceTo[0] ?? '');
    if (!next) throw unknownField(asked, at);
    at = next;
  }
  throw unknownField(asked, root);
}

async function addType(
  relationship: string,
  reference: FieldDescribe,
  last: string,
  asked: string,
  at: ObjectDescribe,
  related: RelatedDescribe,
  polymorphic: Map<string, Polymorphic>,
): Promise<string> {
  const entry = polymorphic.get(relationship) ?? { types: new Map<string, Set<string>>() };
  let name: string | null = null;
  for (const object of reference.referenceTo) {
    const described = await related(object);
    const field = described && findField(described, last);
    if (!described || !field) continue;
    name ??= field.name;
    entry.types.set(described.name, (entry.types.get(described.name) ?? new Set()).add(field.name));
  }
  if (name === null) throw unknownField(asked, at);
  polymorphic.set(relationship, entry);
  return name;
}

/** A relationship stands in a query either as TYPEOF or as a path, so the common fields move into the TYPEOF. */
function typeOf(relationship: string, types: ReadonlyMap<string, ReadonlySet<string>>, relations: Set<string>): string {
  const common = [...relations].filter((path) => path.startsWith(`${relationship}.`));
  for (const path of common) relations.delete(path);
  const names = common.map((path) => path.slice(relationship.length + 1));
  const when = [...types].map(([object, fields]) => `WHEN ${object} THEN ${[...new Set([...fields, ...names])].join(', ')}`);
  const otherwise = names.length > 0 ? ` ELSE ${names.join(', ')}` : '';
  return `TYPEOF ${relationship} ${when.join(' ')}${otherwise} END`;
}

function findField(describe: ObjectDescribe, name: string): FieldDescribe | undefined {
  const wanted = name.toLowerCase();
  return describe.fields.find((field) => field.name.toLowerCase() === wanted);
}

function findRelationship(describe: ObjectDescribe, name: string): FieldDescribe | undefined {
  const wanted = name.toLowerCase();
  return describe.fields.find((field) => field.relationshipName?.toLowerCase() === wanted && field.referenceTo.length > 0);
}

function unknownField(path: string, describe: ObjectDescribe): SalesforceError {
  return new SalesforceError(
    'refused',
    'INVALID_FIELD',
    `The field ${path.slice(0, 200)} is not on ${describe.name}, or the connected user can't see it.`,
  );
}

/** An empty relationship is null all the way down. */
function valueAt(row: Row, segments: readonly string[]): unknown {
  let at: unknown = row;
  for (const segment of segments) {
    if (typeof at !== 'object' || at === null) return null;
    at = (at as Record<string, unknown>)[segment];
  }
  return at ?? null;
}
