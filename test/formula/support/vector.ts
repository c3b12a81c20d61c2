/** Test vectors: formulas with their results, run against the engine. */
import { readFileSync } from 'node:fs';
import { compile } from '../../../relay/formula/index.ts';
import type { Context, Evaluation, FieldInfo, FormulaValue } from '../../../relay/formula/index.ts';
import { schemaOf } from './schema.ts';

export interface Vector {
  formula: string;
  record?: Record<string, unknown>;
  fieldTypes?: Record<string, string>;
  changedFields?: string[];
  changeType?: 'CREATE' | 'UPDATE';
  prior?: Record<string, unknown>;
  expected: unknown;
  options?: { blankAs?: 'blank' | 'zero'; now?: string; timezone?: string };
  note?: string;
  source?: string;
  verified?: string;
}

export function readVectors(file: string): Vector[] {
  const parsed = JSON.parse(readFileSync(file, 'utf8')) as Vector[] | { vectors: Vector[] };
  return Array.isArray(parsed) ? parsed : parsed.vectors;
}

/** The value at a path of the record; a blank relationship makes everything behind it blank. */
export function valueAt(record: Record<string, unknown>, path: string): unknown {
  let value: unknown = record;
  for (const part of path.split('.')) {
    if (value === null || value === undefined) return null;
    value = (value as Record<string, unknown>)[part];
  }
  return value ?? null;
}

export function contextOf(vector: Vector): Context {
  const record = vector.record ?? {};
  const prior = vector.prior ?? {};
  return {
    values: (path) => valueAt(record, path),
    changeType: vector.changeType ?? 'UPDATE',
    isNew: undefined,
    changedFields: new Set(vector.changedFields ?? []),
    prior: (path) => (Object.hasOwn(prior, path) ? { known: true, value: prior[path] } : { known: false }),
    now: new Date(vector.options?.now ?? '2024-06-15T12:00:00Z'),
    timeZone: vector.options?.timezone ?? 'UTC',
    globals: (name) => valueAt(record, name),
  };
}

/** Runs a vector in each way of handling blanks that it is meant for; empty if all is as expected, else what came out. */
export function check(vector: Vector): string[] {
  const ways = vector.options?.blankAs === undefined ? (['blank', 'zero'] as const) : [vector.options.blankAs];
  return ways.flatMap((blankAs) => {
    const types = Object.entries(vector.fieldTypes ?? {});
    const info = ([name, type]: [string, string]): [string, FieldInfo] => [name, { name: name.split('.').at(-1) ?? name, type }];
    const globals = Object.fromEntries(types.filter(([name]) => name.startsWith('$')).map(info));
    const fields = Object.fromEntries(types.filter(([name]) => !name.startsWith('$')).map(info));
    const compiled = compile(vector.formula, schemaOf('Thing', fields), { expect: 'any', blankAs, globals });
    const came = compiled.ok
      ? compiled.program.evaluate(contextOf(vector))
      : { kind: 'refused' as const, problems: compiled.problems };
    return agrees(came, vector)
      ? []
      : [`blankAs ${blankAs}: ${JSON.stringify(came.kind === 'value' ? plainOf(came.value) : came)}`];
  });
}

function agrees(came: Evaluation | { kind: 'refused' }, { expected, note }: Vector): boolean {
  const wanted = expected as { error?: string } | null;
  if (typeof wanted === 'object' && wanted !== null && wanted.error !== undefined) {
    return came.kind === (wanted.error === 'compile' ? 'refused' : 'error');
  }
  if (came.kind !== 'value') return false;
  const value = plainOf(came.value);
  // The verdict of a filter: blank is not true. Only where the note says that the raw value is null.
  if (expected === false && value === null) return note?.includes('null') === true;
  if (expected === null && value === '') return true;
  return JSON.stringify(value) === JSON.stringify(canonical(expected));
}

/** Instants and times may be written with or without milliseconds. */
function canonical(expected: unknown): unknown {
  if (typeof expected !== 'object' || expected === null) return expected;
  const { datetime, time } = expected as { datetime?: string; time?: string };
  if (datetime !== undefined)
    return { datetime: new Date(/Z|[+-]\d\d:?\d\d$/.test(datetime) ? datetime : `${datetime}Z`).toISOString() };
  if (time !== undefined) return { time: new Date(`1970-01-01T${time.replace(/Z$/, '')}Z`).toISOString().slice(11, 23) };
  return expected;
}

/** A value as the vectors write it. */
export function plainOf(value: FormulaValue): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (!('kind' in value)) return value.toNumber();
  const iso = (ms: number) => new Date(ms).toISOString();
  switch (value.kind) {
    case 'date':
      return { date: iso(value.days * 86_400_000).slice(0, 10) };
    case 'datetime':
      return { datetime: iso(value.ms) };
    case 'time':
      return { time: iso(value.ms).slice(11, 23) };
    case 'location':
      return { latitude: value.latitude, longitude: value.longitude };
    default:
      return value satisfies never;
  }
}
