/** A subset of SOQL, really parsed. What is not in it is refused as malformed, and never ignored. */
import { FieldError } from '../errors.ts';
import type { Condition, Literal, Operator, Path, Query, Selected } from './ast.ts';
import { type Token, lex, malformed } from './lex.ts';

const MOST_CHARACTERS = 100_000;
const AGGREGATES = ['COUNT', 'COUNT_DISTINCT', 'MIN', 'MAX', 'SUM', 'AVG'];
const SPANS =
  /^(TODAY|YESTERDAY|TOMORROW|LAST_WEEK|THIS_WEEK|NEXT_WEEK|LAST_MONTH|THIS_MONTH|NEXT_MONTH|THIS_YEAR|LAST_YEAR|LAST_90_DAYS|NEXT_90_DAYS|LAST_N_DAYS|NEXT_N_DAYS|N_DAYS_AGO)$/i;
const RESERVED = /^(FROM|WHERE|AND|OR|NOT|IN|LIKE|ORDER|BY|LIMIT|OFFSET|HAVING|WITH|FOR|USING|TYPEOF|WHEN|THEN|ELSE|END)$/i;

/** @throws FieldError MALFORMED_QUERY with the place */
export function parseSoql(soql: string): Query {
  if (soql.trim() === '') throw new FieldError('MALFORMED_QUERY', 'unexpected token: <EOF>');
  if (soql.length > MOST_CHARACTERS)
    throw new FieldError('QUERY_TOO_COMPLICATED', 'SOQL statement is longer than 100,000 characters');
  const parser = new Parser(soql);
  const query = parser.query(false);
  parser.end();
  return query;
}

class Parser {
  private readonly soql: string;
  private readonly tokens: Token[];
  private at = 0;

  constructor(soql: string) {
    this.soql = soql;
    this.tokens = lex(soql);
  }

  query(inner: boolean): Query {
    this.expect('SELECT');
    const selected: Selected[] = [];
    let count = false;
    if (this.is('COUNT') && this.ahead(1) === '(' && this.ahead(2) === ')') {
      this.at += 3;
      count = true;
    } else {
      do selected.push(this.selected());
      while (this.sign(','));
    }
    this.expect('FROM');
    const object = this.name();
    const where = this.take('WHERE') ? this.condition() : null;
    const order: Query['order'] = [];
    if (this.take('ORDER')) {
      this.expect('BY');
      do order.push(this.ordering());
      while (this.sign(','));
    }
    const limit = this.take('LIMIT') ? this.wholeNumber() : null;
    const offset = this.take('OFFSET') ? this.wholeNumber() : 0;
    if (offset > 2_000) throw new FieldError('NUMBER_OUTSIDE_VALID_RANGE', 'Maximum SOQL offset allowed is 2000');
    if (inner && (order.length > 0 || limit !== null)) this.unexpected();
    return { text: this.soql, count, selected, object, where, order, limit, offset };
  }

  end(): void {
    if (this.peek.kind !== 'end') this.unexpected();
  }

  private get peek(): Token {
    return this.tokens[this.at]!;
  }

  private ahead(by: number): string | undefined {
    return this.tokens[this.at + by]?.text;
  }

  private unexpected(token = this.peek): never {
    return malformed(this.soql, token.at, `unexpected token: '${token.text}'`);
  }

  private next(): Token {
    const token = this.peek;
    if (token.kind === 'end') this.unexpected();
    this.at += 1;
    return token;
  }

  private is(word: string): boolean {
    return this.peek.kind === 'word' && this.peek.text.toUpperCase() === word;
  }

  private take(word: string): boolean {
    if (!this.is(word)) return false;
    this.at += 1;
    return true;
  }

  private sign(text: string): boolean {
    if (this.peek.kind !== 'sign' || this.peek.text !== text) return false;
    this.at += 1;
    return true;
  }

  private expect(word: string): void {
    if (!this.take(word)) malformed(this.soql, this.peek.at, `unexpected token: '${this.peek.text}' (expecting ${word})`);
  }

  private expectSign(text: string): void {
    if (!this.sign(text)) this.unexpected();
  }

  private name(): Path {
    const token = this.next();
    if (token.kind !== 'word' || RESERVED.test(token.text)) return this.unexpected(token);
    return { text: token.text, at: token.at };
  }

  private wholeNumber(): number {
    const token = this.next();
    return token.kind === 'number' && /^\d+$/.test(token.text) ? Number(token.text) : this.unexpected(token);
  }

  private selected(): Selected {
    if (this.take('TYPEOF')) return this.typeof();
    const word = this.peek.text.toUpperCase();
    if (this.ahead(1) !== '(') return { kind: 'path', path: this.name() };
    if (word !== 'TOLABEL' && !AGGREGATES.includes(word)) this.unexpected();
    this.at += 2;
    const path = this.name();
    this.expectSign(')');
    const alias = this.peek.kind === 'word' && !RESERVED.test(this.peek.text) ? this.name().text : null;
    return word === 'TOLABEL'
      ? { kind: 'label', path, alias: alias ?? path.text }
      : { kind: 'aggregate', function: word, path, alias };
  }

  private typeof(): Selected {
    const relationship = this.name();
    const paths = (): Path[] => {
      const list = [this.name()];
      while (this.sign(',')) list.push(this.name());
      return list;
    };
    const cases: { type: string; paths: Path[] }[] = [];
    while (this.take('WHEN')) {
      const type = this.name().text;
      this.expect('THEN');
      cases.push({ type, paths: paths() });
    }
    if (cases.length === 0) this.unexpected();
    const otherwise = this.take('ELSE') ? paths() : [];
    this.expect('END');
    return { kind: 'typeof', relationship, cases, otherwise };
  }

  private ordering(): Query['order'][number] {
    const path = this.name();
    const descending = this.take('DESC');
    if (!descending) this.take('ASC');
    let nullsLast = descending;
    if (this.take('NULLS')) {
      nullsLast = this.take('LAST');
      if (!nullsLast) this.expect('FIRST');
    }
    return { path, descending, nullsLast };
  }

  /** AND and OR side by side need parentheses. */
  private condition(): Condition {
    const parts = [this.unary()];
    let kind: 'and' | 'or' | null = null;
    while (this.is('AND') || this.is('OR')) {
      const own = this.peek.text.toLowerCase() as 'and' | 'or';
      if (kind !== null && kind !== own) this.unexpected();
      this.at += 1;
      kind = own;
      parts.push(this.unary());
    }
    return kind === null ? parts[0]! : { kind, parts };
  }

  private unary(): Condition {
    if (this.take('NOT')) return { kind: 'not', part: this.unary() };
    if (this.sign('(')) {
      const inside = this.condition();
      this.expectSign(')');
      return inside;
    }
    const path = this.name();
    const negated = this.take('NOT');
    if (this.take('IN')) return this.membership(path, negated);
    if (negated) this.unexpected();
    if (this.is('INCLUDES') || this.is('EXCLUDES')) {
      const excludes = this.next().text.toUpperCase() === 'EXCLUDES';
      this.expectSign('(');
      const values = this.literals().map((each) => (each.kind === 'text' ? each.value : this.unexpected()));
      return { kind: 'includes', path, values, negated: excludes };
    }
    if (this.take('LIKE')) return { kind: 'compare', path, operator: 'LIKE', value: this.literal() };
    const operator = this.next();
    if (operator.kind !== 'sign' || !['=', '!=', '<>', '<', '<=', '>', '>='].includes(operator.text)) this.unexpected(operator);
    const sign = operator.text === '<>' ? '!=' : operator.text;
    return { kind: 'compare', path, operator: sign as Operator, value: this.literal() };
  }

  private membership(path: Path, negated: boolean): Condition {
    this.expectSign('(');
    if (!this.is('SELECT')) return { kind: 'in', path, values: this.literals(), negated };
    const query = this.query(true);
    this.expectSign(')');
    return { kind: 'inQuery', path, query, negated };
  }

  /** Up to the closing parenthesis. */
  private literals(): Literal[] {
    const values = [this.literal()];
    while (this.sign(',')) values.push(this.literal());
    this.expectSign(')');
    return values;
  }

  private literal(): Literal {
    const token = this.next();
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
        return this.word(token);
      case 'sign':
      case 'end':
        return this.unexpected(token);
    }
  }

  private word(token: Token): Literal {
    const word = token.text.toUpperCase();
    if (word === 'TRUE' || word === 'FALSE') return { kind: 'boolean', value: word === 'TRUE' };
    if (word === 'NULL') return { kind: 'null' };
    if (!SPANS.test(word)) return this.unexpected(token);
    const counted = /_N_DAYS$|^N_DAYS_AGO$/.test(word);
    if (counted) this.expectSign(':');
    return { kind: 'span', name: word, count: counted ? this.wholeNumber() : 0 };
  }
}
