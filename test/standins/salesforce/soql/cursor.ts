/** A place among a query's tokens, and the steps that a parser takes from there. */
import type { Path } from './ast.ts';
import { type Token, malformed } from './lex.ts';

export interface Cursor {
  readonly soql: string;
  readonly tokens: readonly Token[];
  at: number;
}

export const RESERVED =
  /^(FROM|WHERE|AND|OR|NOT|IN|LIKE|ORDER|BY|LIMIT|OFFSET|HAVING|WITH|FOR|USING|TYPEOF|WHEN|THEN|ELSE|END)$/i;

export const peek = (c: Cursor): Token => c.tokens[c.at]!;

export function ahead(c: Cursor, by: number): string | undefined {
  return c.tokens[c.at + by]?.text;
}

export function unexpected(c: Cursor, token = peek(c)): never {
  return malformed(c.soql, token.at, `unexpected token: '${token.text}'`);
}

export function next(c: Cursor): Token {
  const token = peek(c);
  if (token.kind === 'end') unexpected(c);
  c.at += 1;
  return token;
}

export function is(c: Cursor, word: string): boolean {
  return peek(c).kind === 'word' && peek(c).text.toUpperCase() === word;
}

export function take(c: Cursor, word: string): boolean {
  if (!is(c, word)) return false;
  c.at += 1;
  return true;
}

export function takeSign(c: Cursor, text: string): boolean {
  if (peek(c).kind !== 'sign' || peek(c).text !== text) return false;
  c.at += 1;
  return true;
}

export function expect(c: Cursor, word: string): void {
  if (!take(c, word)) malformed(c.soql, peek(c).at, `unexpected token: '${peek(c).text}' (expecting ${word})`);
}

export function expectSign(c: Cursor, text: string): void {
  if (!takeSign(c, text)) unexpected(c);
}

export function wholeNumber(c: Cursor): number {
  const token = next(c);
  return token.kind === 'number' && /^\d+$/.test(token.text) ? Number(token.text) : unexpected(c, token);
}

export function name(c: Cursor): Path {
  const token = next(c);
  if (token.kind !== 'word' || RESERVED.test(token.text)) return unexpected(c, token);
  return { text: token.text, at: token.at };
}
