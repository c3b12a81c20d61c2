/** A record as a query answers it: relationship paths nest, each level with its attributes, and an empty relationship is null. */
import { FieldError } from '../errors.ts';
import { fieldOfRelationship } from '../fields.ts';
import type { ObjectType } from '../objects.ts';
import type { StoredRecord } from '../store.ts';
import type { Query, Selected } from './ast.ts';
import { type Resolved, type World, follow, noRelationship, readable, resolve } from './world.ts';

export type Shape = (record: StoredRecord) => Record<string, unknown>;

export const attributes = (api: string, type: string, id: string, name = type): { type: string; url: string } => ({
  type: name,
  url: `/services/data/v${api}/sobjects/${type}/${id}`,
});

export function shapeOf(world: World, object: ObjectType, query: Query): Shape {
  const seen = new Set<string>();
  const writers = query.selected.map((each): ((record: StoredRecord, out: Record<string, unknown>) => void) => {
    if (each.kind === 'typeof') return typeofWriter(world, object, each, query.text);
    if (each.kind === 'aggregate') return () => undefined;
    const resolved = resolve(world, object, each.path, query.text);
    const key = each.path.text.toLowerCase();
    if (seen.has(key)) throw new FieldError('INVALID_FIELD', `duplicate field selected: ${each.path.text}`);
    seen.add(key);
    if (each.kind === 'label') return (record, out) => void (out[each.alias] = resolved.shown(record));
    return (record, out) => write(world, resolved, record, out);
  });
  return (record) => {
    const out: Record<string, unknown> = { attributes: attributes(world.api, object.name, record.id) };
    for (const writer of writers) writer(record, out);
    return out;
  };
}

function write(world: World, resolved: Resolved, record: StoredRecord, out: Record<string, unknown>): void {
  const walked = resolved.walk(record);
  let at = out;
  for (const [step, { relationship, type }] of resolved.steps.entries()) {
    const reached = walked[step + 1];
    if (!reached) {
      at[relationship] ??= null;
      return;
    }
    at[relationship] ??= { attributes: attributes(world.api, reached.object, reached.id, type ?? reached.object) };
    at = at[relationship] as Record<string, unknown>;
  }
  at[resolved.name] = resolved.shown(record);
}

function typeofWriter(
  world: World,
  object: ObjectType,
  selected: Extract<Selected, { kind: 'typeof' }>,
  soql: string,
): (record: StoredRecord, out: Record<string, unknown>) => void {
  const reference = fieldOfRelationship(object, selected.relationship.text);
  if (!reference || reference.referenceTo.length < 2)
    throw noRelationship(soql, selected.relationship, selected.relationship.text);
  const cases = new Map(
    selected.cases.map(({ type, paths }) => {
      const target = reference.referenceTo.find((each) => each.toLowerCase() === type.toLowerCase());
      const table = target === undefined ? undefined : readable(world, target);
      if (!table) throw noRelationship(soql, selected.relationship, type);
      return [table.type.name, paths.map((path) => resolve(world, table.type, path, soql))] as const;
    }),
  );
  return (record, out) => {
    const name = reference.relationshipName ?? selected.relationship.text;
    const reached = follow(world, reference, record);
    if (!reached) return void (out[name] = null);
    const inside: Record<string, unknown> = { attributes: attributes(world.api, reached.object, reached.id) };
    const known = cases.get(reached.object);
    const type = world.table(reached.object)?.type;
    const otherwise = known || !type ? [] : selected.otherwise.map((path) => resolve(world, type, path, soql));
    for (const each of known ?? otherwise) write(world, each, reached, inside);
    out[name] = inside;
  };
}
