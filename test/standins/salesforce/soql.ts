/** A subset of SOQL, really parsed: SELECT paths FROM object WHERE … ORDER BY … LIMIT n. */
import { FieldError } from './errors.ts';

export type Condition =
  | { kind: 'and' | 'or'; parts: Condition[] }
  | { kind: 'not'; part: Condition }
  | { kind: 'compare'; path: string; operator: '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE'; value: Literal }
  | { kind: 'in'; path: string; values: Literal[]; negated: boolean };

export type Literal = string | number | boolean | null | { date: string };

export interface Query {
  count: boolean;
  paths: string[];
  object: string;
  where: Condition | null;
  order: { path: string; descending: boolean }[];
  limit: number | null;
}

type Token = { kind: 'word' | 'text' | 'sign' | 'date' | 'number'; text: string };

const malformed = (message: string): never => {
  throw new FieldError('MALFORMED_QUERY', message);
};

function tokens(soql: string): Token[] {
  const found: Token[] = [];
  const pattern =
    /\s+|'((?:[^'\\]|\\.)*)'|(\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))?)|(-?\d+(?:\.\d+)?)|([A-Za-z_][\w.]*)|(<=|>=|!=|<>|[=<>(),])/gy;
  let at = 0;
  while (at < soql.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(soql);
    if (!match) return malformed(`unexpected token: '${soql.slice(at, at + 1)}'`);
    at = pattern.lastIndex;
    if (match[1] !== undefined)
      found.push({ kind: 'text', text: match[1].replace(/\\(.)/g, (_, c: string) => ({ n: '\n', t: '\t', r: '\r' })[c] ?? c) });
    else if (match[2] !== undefined) found.push({ kind: 'date', text: match[2] });
    else if (match[3] !== undefined) found.push({ kind: 'number', text: match[3] });
    else if (match[4] !== undefined) found.push({ kind: 'word', text: match[4] });
    else if (match[5] !== undefined) found.push({ kind: 'sign', text: match[5] });
  }
  return found;
}

export function parseSoql(soql: string): Query {
  const list = tokens(soql);
  let at = 0;
  const peek = (): Token | undefined => list[at];
  const next = (): Token => list[at++] ?? malformed("unexpected token: '<EOF>'");
  const is = (word: string): boolean => peek()?.kind === 'word' && peek()!.text.toUpperCase() === word;
  const sign = (text: string): boolean => peek()?.kind === 'sign' && peek()!.text === text;
  const take = (word: string): boolean => (is(word) ? ((at += 1), true) : false);
  const expect = (word: string): void => void (take(word) || malformed(`expecting ${word}, found '${peek()?.text ?? '<EOF>'}'`));
  const name = (): string => {
    const token = next();
    return token.kind === 'word' ? token.text : malformed(`unexpected token: '${token.text}'`);
  };
  const literal = (): Literal => {
    const token = next();
    if (token.kind === 'text') return token.text;
    if (token.kind === 'number') return Number(token.text);
    if (token.kind === 'date') return { date: token.text };
    const word = token.text.toUpperCase();
    if (word === 'TRUE' || word === 'FALSE') return word === 'TRUE';
    return word === 'NULL' ? null : malformed(`unexpected token: '${token.text}'`);
  };
  const condition = (): Condition => {
    const parts = [unary()];
    let kind: 'and' | 'or' | null = null;
    while (is('AND') || is('OR')) {
      const own = next().text.toLowerCase() as 'and' | 'or';
      if (kind !== null && kind !== own) malformed('AND and OR cannot be mixed without parentheses');
      kind = own;
      parts.push(unary());
    }
    return kind === null ? parts[0]! : { kind, parts };
  };
  const unary = (): Condition => {
    if (take('NOT')) return { kind: 'not', part: unary() };
    if (sign('(')) {
      at += 1;
      const inside = condition();
      if (!sign(')')) malformed("expecting a right parenthesis, found '<EOF>'");
      at += 1;
      return inside;
    }
    const path = name();
    const negated = take('NOT');
    if (take('IN')) {
      if (!sign('(')) malformed('expecting a left parenthesis');
      at += 1;
      const values = [literal()];
      while (sign(',')) {
        at += 1;
        values.push(literal());
      }
      if (!sign(')')) malformed('expecting a right parenthesis');
      at += 1;
      return { kind: 'in', path, values, negated };
    }
    if (take('LIKE')) return { kind: 'compare', path, operator: 'LIKE', value: literal() };
    const operator = next();
    if (operator.kind !== 'sign' || !['=', '!=', '<>', '<', '<=', '>', '>='].includes(operator.text))
      malformed(`unexpected token: '${operator.text}'`);
    return { kind: 'compare', path, operator: (operator.text === '<>' ? '!=' : operator.text) as '=', value: literal() };
  };

  expect('SELECT');
  const paths: string[] = [];
  let count = false;
  if (is('COUNT') && list[at + 1]?.text === '(') {
    at += 3;
    count = true;
  } else {
    do paths.push(name());
    while (sign(',') && (at += 1));
  }
  expect('FROM');
  const object = name();
  const where = take('WHERE') ? condition() : null;
  const order: Query['order'] = [];
  if (take('ORDER')) {
    expect('BY');
    do {
      const path = name();
      const descending = take('DESC');
      if (!descending) take('ASC');
      if (take('NULLS')) next();
      order.push({ path, descending });
    } while (sign(',') && (at += 1));
  }
  const limit = take('LIMIT') ? Number(next().text) : null;
  take('ALL') && expect('ROWS');
  if (at < list.length) malformed(`unexpected token: '${peek()!.text}'`);
  return { count, paths, object, where, order, limit };
}
