/** A subset of SOQL, really parsed. What is not in it is refused as malformed, and never ignored. */
import { FieldError } from '../errors.ts';
import type { Condition, Literal, Operator, Path, Query, Selected } from './ast.ts';
import {
  type Cursor,
  RESERVED,
  ahead,
  expect,
  expectSign,
  is,
  name,
  next,
  peek,
  take,
  takeSign,
  unexpected,
  wholeNumber,
} from './cursor.ts';
import { type Token, lex } from './lex.ts';

const MOST_CHARACTERS = 100_000;
const AGGREGATES = ['COUNT', 'COUNT_DISTINCT', 'MIN', 'MAX', 'SUM', 'AVG'];
const SPANS =
  /^(TODAY|YESTERDAY|TOMORROW|LAST_WEEK|THIS_WEEK|NEXT_WEEK|LAST_MONTH|THIS_MONTH|NEXT_MONTH|THIS_YEAR|LAST_YEAR|LAST_90_DAYS|NEXT_90_DAYS|LAST_N_DAYS|NEXT_N_DAYS|N_DAYS_AGO)$/i;

/** @throws FieldError MALFORMED_QUERY with the place */
export function parseSoql(soql: string): Query {
  if (soql.trim() === '') throw new FieldError('MALFORMED_QUERY', 'unexpected token: <EOF>');
  if (soql.length > MOST_CHARACTERS)
    throw new FieldError('QUERY_TOO_COMPLICATED', 'SOQL statement is longer than 100,000 characters');
  const cursor: Cursor = { soql, tokens: lex(soql), at: 0 };
  const read = readQuery(cursor, false);
  end(cursor);
  return read;
}

function readQuery(c: Cursor, inner: boolean): Query {
  expect(c, 'SELECT');
  const selected: Selected[] = [];
  let count = false;
  if (is(c, 'COUNT') && ahead(c, 1) === '(' && ahead(c, 2) === ')') {
    c.at += 3;
    count = true;
  } else {
    do selected.push(selection(c));
    while (takeSign(c, ','));
  }
  expect(c, 'FROM');
  const object = name(c);
  const where = take(c, 'WHERE') ? condition(c) : null;
  const order: Query['order'] = [];
  if (take(c, 'ORDER')) {
    expect(c, 'BY');
    do order.push(ordering(c));
    while (takeSign(c, ','));
  }
  const limit = take(c, 'LIMIT') ? wholeNumber(c) : null;
  const offset = take(c, 'OFFSET') ? wholeNumber(c) : 0;
  if (offset > 2_000) throw new FieldError('NUMBER_OUTSIDE_VALID_RANGE', 'Maximum SOQL offset allowed is 2000');
  if (inner && (order.length > 0 || limit !== null)) unexpected(c);
  return { text: c.soql, count, selected, object, where, order, limit, offset };
}

function end(c: Cursor): void {
  if (peek(c).kind !== 'end') unexpected(c);
}

function selection(c: Cursor): Selected {
  if (take(c, 'TYPEOF')) return typeOf(c);
  const word = peek(c).text.toUpperCase();
  if (ahead(c, 1) !== '(') return { kind: 'path', path: name(c) };
  if (word !== 'TOLABEL' && !AGGREGATES.includes(word)) unexpected(c);
  c.at += 2;
  const path = name(c);
  expectSign(c, ')');
  const alias = peek(c).kind === 'word' && !RESERVED.test(peek(c).text) ? name(c).text : null;
  return word === 'TOLABEL'
    ? { kind: 'label', path, alias: alias ?? path.text }
    : { kind: 'aggregate', function: word, path, alias };
}

function typeOf(c: Cursor): Selected {
  const relationship = name(c);
  const paths = (): Path[] => {
    const list = [name(c)];
    while (takeSign(c, ',')) list.push(name(c));
    return list;
  };
  const cases: { type: string; paths: Path[] }[] = [];
  while (take(c, 'WHEN')) {
    const type = name(c).text;
    expect(c, 'THEN');
    cases.push({ type, paths: paths() });
  }
  if (cases.length === 0) unexpected(c);
  const otherwise = take(c, 'ELSE') ? paths() : [];
  expect(c, 'END');
  return { kind: 'typeof', relationship, cases, otherwise };
}

function ordering(c: Cursor): Query['order'][number] {
  const path = name(c);
  const descending = take(c, 'DESC');
  if (!descending) take(c, 'ASC');
  let nullsLast = descending;
  if (take(c, 'NULLS')) {
    nullsLast = take(c, 'LAST');
    if (!nullsLast) expect(c, 'FIRST');
  }
  return { path, descending, nullsLast };
}

/** AND and OR side by side need parentheses. */
function condition(c: Cursor): Condition {
  const parts = [unary(c)];
  let kind: 'and' | 'or' | null = null;
  while (is(c, 'AND') || is(c, 'OR')) {
    const own = peek(c).text.toLowerCase() as 'and' | 'or';
    if (kind !== null && kind !== own) unexpected(c);
    c.at += 1;
    kind = own;
    parts.push(unary(c));
  }
  return kind === null ? parts[0]! : { kind, parts };
}

function unary(c: Cursor): Condition {
  if (take(c, 'NOT')) return { kind: 'not', part: unary(c) };
  if (takeSign(c, '(')) {
    const inside = condition(c);
    expectSign(c, ')');
    return inside;
  }
  const path = name(c);
  const negated = take(c, 'NOT');
  if (take(c, 'IN')) return membership(c, path, negated);
  if (negated) unexpected(c);
  if (is(c, 'INCLUDES') || is(c, 'EXCLUDES')) {
    const excludes = next(c).text.toUpperCase() === 'EXCLUDES';
    expectSign(c, '(');
    const values = literals(c).map((each) => (each.kind === 'text' ? each.value : unexpected(c)));
    return { kind: 'includes', path, values, negated: excludes };
  }
  if (take(c, 'LIKE')) return { kind: 'compare', path, operator: 'LIKE', value: literal(c) };
  const operator = next(c);
  if (operator.kind !== 'sign' || !['=', '!=', '<>', '<', '<=', '>', '>='].includes(operator.text)) unexpected(c, operator);
  const sign = operator.text === '<>' ? '!=' : operator.text;
  return { kind: 'compare', path, operator: sign as Operator, value: literal(c) };
}

function membership(c: Cursor, path: Path, negated: boolean): Condition {
  expectSign(c, '(');
  if (!is(c, 'SELECT')) return { kind: 'in', path, values: literals(c), negated };
  const query = readQuery(c, true);
  expectSign(c, ')');
  return { kind: 'inQuery', path, query, negated };
}

/** Up to the closing parenthesis. */
function literals(c: Cursor): Literal[] {
  const values = [literal(c)];
  while (takeSign(c, ',')) values.push(literal(c));
  expectSign(c, ')');
  return values;
}

function literal(c: Cursor): Literal {
  const token = next(c);
  switch (token.kind) {
    case 'text':
      return { kind: 'text', value: token.text };
    case 'number':
      return { kind: 'number', value: Number(token.text) };
    case 'date':
      return { kind: 'date', value: token.text };
    case 'datetime':
      return { kind: 'datetime', value: Date.parse(token.text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) };
    case 'time':
      return { kind: 'time', value: token.text };
    case 'word':
      return word(c, token);
    case 'sign':
    case 'end':
      return unexpected(c, token);
  }
}

function word(c: Cursor, token: Token): Literal {
  const word = token.text.toUpperCase();
  if (word === 'TRUE' || word === 'FALSE') return { kind: 'boolean', value: word === 'TRUE' };
  if (word === 'NULL') return { kind: 'null' };
  if (!SPANS.test(word)) return unexpected(c, token);
  const counted = /_N_DAYS$|^N_DAYS_AGO$/.test(word);
  if (counted) expectSign(c, ':');
  return { kind: 'span', name: word, count: counted ? wholeNumber(c) : 0 };
}
