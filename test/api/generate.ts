/** Requests made from the OpenAPI document: mostly as it asks for, then spoilt here and there. */
import fc from 'fast-check';
import { type Endpoint, type JsonSchema, type Parameter, resolve } from './contract.ts';

/** Ids and words that exist, by the name of the property that takes them: without these nothing would get far. */
export type Known = Readonly<Record<string, readonly string[]>>;

export interface GeneratedRequest {
  readonly endpoint: Endpoint;
  readonly path: string;
  /** undefined: none. */
  readonly raw: string | undefined;
  readonly contentType: string;
}

const JUNK_TEXT = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\ud800',
    '\u202e',
    '🙂',
    "'; drop table audit; --",
    '../../etc/passwd',
    '%00',
    '${7*7}',
    '-1',
    '9'.repeat(40),
    'null',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 20 }).map((text) => text.repeat(500)),
);

const JUNK = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  JUNK_TEXT,
  fc.constantFrom<unknown>(1e308, -0, 2 ** 53, 1.5, [], {}, [[[[]]]], true, null, { constructor: 1 }, { $ref: '#' }),
);

/** Text without a schema's blessing only now and then: most bodies should reach the handlers. */
const rarely = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>, weight = 40): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd });

export function valueOf(schema: JsonSchema, known: Known, name = ''): fc.Arbitrary<unknown> {
  return rarely(plainValue(resolve(schema), known, name), JUNK);
}

function plainValue(schema: JsonSchema, known: Known, name: string): fc.Arbitrary<unknown> {
  const choices = (schema['anyOf'] ?? schema['oneOf']) as JsonSchema[] | undefined;
  if (choices) return fc.oneof(...choices.map((choice) => plainValue(resolve(choice), known, name)));
  if (schema['const'] !== undefined) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as unknown[]));
  switch (schema['type']) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      if (known[name]) return fc.constantFrom(...known[name].map(Number));
      return fc.integer({
        min: Math.max(-40_000, Number(schema['minimum'] ?? -40_000)),
        max: Math.min(40_000, Number(schema['maximum'] ?? 40_000)),
      });
    case 'number':
      return fc.double({ min: Number(schema['minimum'] ?? 0), max: Number(schema['maximum'] ?? 1), noNaN: true });
    case 'array':
      return fc.array(valueOf((schema['items'] ?? {}) as JsonSchema, known, name), { maxLength: 4 });
    case 'object':
      return objectOf(schema, known);
    case 'string':
      return textOf(schema, known, name);
    default:
      return JUNK;
  }
}

function textOf(schema: JsonSchema, known: Known, name: string): fc.Arbitrary<unknown> {
  const words = known[name];
  if (words) return rarely(fc.constantFrom(...words), JUNK_TEXT, 15);
  if (schema['format'] === 'date-time') {
    return rarely(
      fc
        .date({ min: new Date('1971-01-01'), max: new Date('2099-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString()),
      fc.constantFrom(
        '2026-03-01',
        '0000-01-01T00:00:00Z',
        '9999-12-31T23:59:59Z',
        '2026-02-30T00:00:00Z',
        '2026-03-01T10:00:00+14:00',
      ),
      8,
    );
  }
  return fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), fc.constantFrom('x', 'Case', 'UTC', 'a b'), JUNK_TEXT);
}

function objectOf(schema: JsonSchema, known: Known): fc.Arbitrary<unknown> {
  const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>;
  const required = new Set((schema['required'] ?? []) as string[]);
  const whole = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, valueOf(inner, known, name)])),
    { requiredKeys: [...required] },
  );
  const spoilt = fc.tuple(whole, fc.string({ maxLength: 12 }), JUNK).map(([value, key, junk]) => ({ ...value, [key]: junk }));
  const lacking = fc.tuple(whole, fc.nat()).map(([value, at]) => {
    const keys = Object.keys(value);
    return Object.fromEntries(Object.entries(value).filter(([key]) => key !== keys[at % Math.max(1, keys.length)]));
  });
  return fc.oneof({ weight: 16, arbitrary: whole }, { weight: 1, arbitrary: spoilt }, { weight: 1, arbitrary: lacking });
}

export function requestOf(endpoint: Endpoint, known: Known): fc.Arbitrary<GeneratedRequest> {
  const parameters = endpoint.operation.parameters ?? [];
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  const ids = fc.record(Object.fromEntries(inPath.map((parameter) => [parameter.name, pathValue(endpoint, parameter, known)])));
  const schema = endpoint.operation.requestBody?.content['application/json'].schema;
  const body = schema ? rawBody(schema, known) : fc.constant(undefined);
  return fc
    .record({
      ids,
      query: queryOf(parameters, known),
      raw: body,
      contentType: rarely(fc.constant('application/json'), JUNK_TYPE),
    })
    .map(({ ids: values, query, raw, contentType }) => ({
      endpoint,
      path: `${endpoint.path.replace(/\{(\w+)\}/g, (_whole, name: string) => encode(String((values as Record<string, unknown>)[name])))}${query}`,
      raw,
      contentType,
    }));
}

const JUNK_TYPE = fc.constantFrom('text/plain', 'application/json; charset=utf-16', 'multipart/form-data', 'x');

function pathValue(endpoint: Endpoint, parameter: Parameter, known: Known): fc.Arbitrary<unknown> {
  const words =
    known[`${endpoint.operation.operationId}.${parameter.name}`] ??
    known[`${endpoint.path.split('/')[3]}.${parameter.name}`] ??
    known[parameter.name];
  return words ? rarely(fc.constantFrom(...words), JUNK_TEXT, 6) : JUNK_TEXT;
}

function rawBody(schema: JsonSchema, known: Known): fc.Arbitrary<string | undefined> {
  const good = valueOf(schema, known).map((value) => JSON.stringify(value) ?? 'null');
  const broken = fc.oneof(
    good.map((text) => text.slice(0, -1)),
    JUNK_TEXT,
    fc.constantFrom('[]', 'null', '""', '{"__proto__":{}}', '{"a":1}'),
  );
  return fc.oneof(
    { weight: 30, arbitrary: good },
    { weight: 1, arbitrary: broken },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

function queryOf(parameters: readonly Parameter[], known: Known): fc.Arbitrary<string> {
  const inQuery = parameters.filter((parameter) => parameter.in === 'query');
  if (inQuery.length === 0) return rarely(fc.constant(''), fc.constantFrom('?x=1', '?', '?limit=5'), 20);
  const pairs = fc.record(
    Object.fromEntries(
      inQuery.map((parameter) => [parameter.name, plainValue(resolve(parameter.schema), known, parameter.name)]),
    ),
    { requiredKeys: [] },
  );
  return pairs.map((values) => {
    const given = Object.entries(values).slice(0, 3);
    return given.length === 0 ? '' : `?${given.map(([name, value]) => `${name}=${encode(String(value))}`).join('&')}`;
  });
}

const encode = (text: string): string => encodeURIComponent(text.toWellFormed()) || '%20';
