/** WHERE, compiled: every path resolved and every literal checked against its field's type before a record is looked at. */
import { FieldError } from '../errors.ts';
import type { Field } from '../fields.ts';
import { isId, to18 } from '../ids.ts';
import type { ObjectType } from '../objects.ts';
import type { StoredRecord } from '../store.ts';
import { wholeTime } from '../values.ts';
import type { Condition, Literal, Operator, Query } from './ast.ts';
import { ESCAPED_PERCENT, ESCAPED_UNDERSCORE } from './lex.ts';
import { spanOf } from './spans.ts';
import { type World, resolve } from './world.ts';

export type Test = (record: StoredRecord) => boolean;
/** The values that a query inside IN (…) selects. */
export type Inner = (query: Query) => unknown[];

/** @throws FieldError */
export function compile(world: World, object: ObjectType, where: Condition, soql: string, inner: Inner): Test {
  switch (where.kind) {
    case 'and': {
      const parts = where.parts.map((part) => compile(world, object, part, soql, inner));
      return (record) => parts.every((part) => part(record));
    }
    case 'or': {
      const parts = where.parts.map((part) => compile(world, object, part, soql, inner));
      return (record) => parts.some((part) => part(record));
    }
    case 'not': {
      const part = compile(world, object, where.part, soql, inner);
      return (record) => !part(record);
    }
    default:
      break;
  }
  const { field, raw } = resolve(world, object, where.path, soql);
  if (['address', 'location', 'encryptedstring'].includes(field.type) || (field.type === 'textarea' && field.length > 255)) {
    throw new FieldError('INVALID_FIELD', `field '${field.name}' can not be filtered in a query call`);
  }
  const key = keyOf(field);
  if (where.kind === 'includes') {
    if (field.type !== 'multipicklist')
      throw new FieldError('INVALID_FIELD', `includes/excludes operator not valid on field ${field.name}`);
    const wanted = where.values.map((value) => value.split(';'));
    return (record) => {
      const has = new Set(String(raw(record) ?? '').split(';'));
      return wanted.some((all) => all.every((each) => has.has(each))) !== where.negated;
    };
  }
  if (where.kind === 'in' || where.kind === 'inQuery') {
    const found = where.kind === 'in' ? where.values.map((each) => operand(world, field, each)) : inner(where.query);
    const values = new Set(where.kind === 'in' ? found : found.map((each) => (each === null ? null : key(each))));
    return (record) => {
      const value = raw(record) ?? null;
      return values.has(value === null ? null : key(value)) !== where.negated;
    };
  }
  if (where.operator === 'LIKE') return like(field, raw, where.value);
  if (where.value.kind === 'span') return inSpan(world, field, raw, where.operator, where.value);
  const wanted = operand(world, field, where.value);
  if (field.type === 'boolean' && !['=', '!='].includes(where.operator))
    throw new FieldError('INVALID_QUERY_FILTER_OPERATOR', `invalid operator on boolean field ${field.name}`);
  return (record) => {
    const value = raw(record) ?? null;
    return holds(where.operator, value === null ? null : key(value), wanted);
  };
}

function holds(operator: Operator, value: Key | null, wanted: Key | null): boolean {
  if (operator === '=') return value === wanted;
  if (operator === '!=') return value !== wanted;
  if (value === null || wanted === null) return false;
  const order = value < wanted ? -1 : value > wanted ? 1 : 0;
  return operator === '<' ? order < 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : order >= 0;
}

type Key = string | number | boolean;

/** A stored value in the form in which it is compared: text without its case, dates as text, instants as milliseconds, ids as 18. */
export function keyOf(field: Field): (value: unknown) => Key {
  switch (field.type) {
    case 'datetime':
      return (value) => Date.parse(String(value));
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return Number;
    case 'boolean':
      return (value) => value === true;
    case 'id':
    case 'reference':
      return (value) => to18(String(value));
    case 'date':
    case 'time':
      return String;
    default:
      return (value) => String(value).toLowerCase();
  }
}

const TYPES: Readonly<Record<string, { accepts: Literal['kind'][]; says: string }>> = {
  boolean: { accepts: ['boolean'], says: 'boolean' },
  int: { accepts: ['number'], says: 'int' },
  double: { accepts: ['number'], says: 'double' },
  currency: { accepts: ['number'], says: 'currency' },
  percent: { accepts: ['number'], says: 'double' },
  date: { accepts: ['date', 'span'], says: 'date' },
  datetime: { accepts: ['datetime', 'span'], says: 'dateTime' },
  time: { accepts: ['time'], says: 'time' },
};

function operand(world: World, field: Field, literal: Literal): Key | null {
  if (literal.kind === 'null') return null;
  const { accepts, says } = TYPES[field.type] ?? { accepts: ['text'], says: 'string' };
  if (!accepts.includes(literal.kind)) {
    const quotes = says === 'string' ? 'should be enclosed in quotes' : 'should not be enclosed in quotes';
    throw new FieldError(
      'INVALID_FIELD',
      `value of filter criterion for field '${field.name}' must be of type ${says} and ${quotes}`,
    );
  }
  if (literal.kind === 'span') return new Date(spanOf(literal.name, literal.count, world.now)[0]).toISOString().slice(0, 10);
  if (literal.kind === 'time') return wholeTime(literal.value);
  if (literal.kind !== 'text')
    return keyOf(field)(literal.kind === 'datetime' ? new Date(literal.value).toISOString() : literal.value);
  const value = literal.value.replaceAll(ESCAPED_UNDERSCORE, '_').replaceAll(ESCAPED_PERCENT, '%');
  if (value === '') return null;
  if (field.type === 'id' || field.type === 'reference') {
    if (!isId(value)) throw new FieldError('INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${value}`);
    return to18(value);
  }
  return keyOf(field)(value);
}

function like(field: Field, raw: (record: StoredRecord) => unknown, literal: Literal): Test {
  if (TYPES[field.type] || field.type === 'id' || field.type === 'reference' || literal.kind !== 'text') {
    throw new FieldError('INVALID_QUERY_FILTER_OPERATOR', `invalid operator on ${field.type} field ${field.name}`);
  }
  const pattern = literal.value
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '[\\s\\S]*')
    .replaceAll('_', '[\\s\\S]')
    .replaceAll(ESCAPED_UNDERSCORE, '_')
    .replaceAll(ESCAPED_PERCENT, '%');
  const matches = new RegExp(`^${pattern}$`, 'i');
  return (record) => {
    const value = raw(record);
    return typeof value === 'string' && matches.test(value);
  };
}

function inSpan(
  world: World,
  field: Field,
  raw: (record: StoredRecord) => unknown,
  operator: Operator,
  literal: Extract<Literal, { kind: 'span' }>,
): Test {
  operand(world, field, literal);
  const [from, to] = spanOf(literal.name, literal.count, world.now);
  return (record) => {
    const value = raw(record);
    if (typeof value !== 'string') return operator === '!=';
    const at = Date.parse(value);
    switch (operator) {
      case '=':
        return at >= from && at < to;
      case '!=':
        return at < from || at >= to;
      case '<':
        return at < from;
      case '<=':
        return at < to;
      case '>':
        return at >= to;
      default:
        return at >= from;
    }
  };
}
