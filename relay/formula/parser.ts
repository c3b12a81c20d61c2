/** Tokens to tree, by recursive descent. */
import type { ChainLink, ChainOperator, Node } from './ast.ts';
import { tokenize } from './lexer.ts';
import type { Token } from './lexer.ts';
import { SyntaxProblem } from './problems.ts';

/** Deeper nesting than this is refused. Nobody writes it, and each level costs stack when it is evaluated. */
export const MAX_DEPTH = 400;

/** Loosest first. ^ is looser than * and /, and everything is left-associative: so Salesforce's grammar has it. */
const LEVEL: Record<string, number> = {
  '||': 1, '&&': 2, '=': 3, '==': 3, '<>': 3, '!=': 3, '<': 4, '>': 4, '<=': 4, '>=': 4, '+': 5, '-': 5, '&': 5, '^': 6, '*': 7, '/': 7,
}; // prettier-ignore

interface Reader {
  tokens: Token[];
  at: number;
  depth: number;
}

/** Throws SyntaxProblem. */
export function parse(source: string): Node {
  const reader: Reader = { tokens: tokenize(source), at: 0, depth: 0 };
  if (peek(reader).kind === 'end') throw new SyntaxProblem('The formula is empty.', { offset: 0, length: 0 });
  const tree = expression(reader, 1);
  const next = peek(reader);
  if (next.kind !== 'end') throw unexpected(reader, next);
  return tree;
}

function peek(reader: Reader): Token {
  return reader.tokens[reader.at] as Token;
}

function deeper(reader: Reader, token: Token): void {
  reader.depth += 1;
  if (reader.depth > MAX_DEPTH) {
    throw new SyntaxProblem(`The formula nests more than ${MAX_DEPTH} levels deep.`, token, 'formula_too_deep');
  }
}

function expression(reader: Reader, lowest: number): Node {
  let left = unary(reader);
  for (;;) {
    const level = operatorLevel(peek(reader));
    if (level === 0 || level < lowest) return left;
    left = level <= 2 ? logic(reader, left, level) : chain(reader, left, level);
  }
}

function operatorLevel(token: Token): number {
  return token.kind === 'operator' ? (LEVEL[token.text] ?? 0) : 0;
}

function logic(reader: Reader, first: Node, level: number): Node {
  const operands = [first];
  while (operatorLevel(peek(reader)) === level) {
    reader.at += 1;
    operands.push(expression(reader, level + 1));
  }
  return { kind: 'logic', operator: level === 1 ? 'OR' : 'AND', operands, ...span(first, operands[operands.length - 1] as Node) };
}

function chain(reader: Reader, first: Node, level: number): Node {
  const rest: ChainLink[] = [];
  let last = first;
  while (operatorLevel(peek(reader)) === level) {
    const token = peek(reader);
    reader.at += 1;
    last = expression(reader, level + 1);
    const operator = (token.text === '==' ? '=' : token.text === '!=' ? '<>' : token.text) as ChainOperator;
    rest.push({ operator, operand: last, offset: token.offset, length: token.length });
  }
  return { kind: 'chain', first, rest, offset: first.offset, length: last.offset + last.length - first.offset };
}

function span(first: { offset: number }, last: { offset: number; length: number }): { offset: number; length: number } {
  return { offset: first.offset, length: last.offset + last.length - first.offset };
}

function unary(reader: Reader): Node {
  const token = peek(reader);
  const isNot =
    token.kind === 'operator'
      ? token.text === '!'
      : token.kind === 'name' && token.length === 3 && token.text.toUpperCase() === 'NOT';
  const isSign = token.kind === 'operator' && (token.text === '-' || token.text === '+');
  if (!isNot && !isSign) return primary(reader);
  deeper(reader, token);
  reader.at += 1;
  const operand = unary(reader);
  reader.depth -= 1;
  const place = span(token, isNot ? closing(reader, operand) : operand);
  return isNot ? { kind: 'not', operand, ...place } : { kind: 'sign', operator: token.text as '+' | '-', operand, ...place };
}

/** NOT(x) reads as NOT before a parenthesis; the slice shown to people should hold its closing parenthesis. */
function closing(reader: Reader, operand: Node): { offset: number; length: number } {
  const last = reader.tokens[reader.at - 1] as Token;
  return { offset: operand.offset, length: last.offset + last.length - operand.offset };
}

function primary(reader: Reader): Node {
  const token = peek(reader);
  const { offset, length } = token;
  reader.at += 1;
  if (token.kind === 'number') return { kind: 'number', text: token.text, offset, length };
  if (token.kind === 'text') return { kind: 'text', value: token.text, offset, length };
  if (token.kind === 'operator' && token.text === '(') {
    deeper(reader, token);
    const inner = expression(reader, 1);
    close(reader, token);
    reader.depth -= 1;
    return inner;
  }
  if (token.kind === 'name') {
    if (length === 4 || length === 5) {
      const upper = token.text.toUpperCase();
      if (upper === 'TRUE' || upper === 'FALSE') return { kind: 'boolean', value: upper === 'TRUE', offset, length };
      if (upper === 'NULL') return { kind: 'null', offset, length };
    }
    const next = peek(reader);
    if (next.kind === 'operator' && next.text === '(') return call(reader, token, next);
    return { kind: 'field', name: token.text, offset, length };
  }
  reader.at -= 1;
  throw unexpected(reader, token);
}

function call(reader: Reader, name: Token, open: Token): Node {
  deeper(reader, name);
  reader.at += 1;
  const args: Node[] = [];
  if (!isOperator(peek(reader), ')')) {
    args.push(expression(reader, 1));
    while (isOperator(peek(reader), ',')) {
      reader.at += 1;
      args.push(expression(reader, 1));
    }
  }
  const end = close(reader, open);
  reader.depth -= 1;
  return {
    kind: 'call',
    name: name.text,
    nameLength: name.length,
    args,
    offset: name.offset,
    length: end.offset + 1 - name.offset,
  };
}

function isOperator(token: Token, text: string): boolean {
  return token.kind === 'operator' && token.text === text;
}

function close(reader: Reader, open: Token): Token {
  const token = peek(reader);
  if (isOperator(token, ')')) {
    reader.at += 1;
    return token;
  }
  if (token.kind === 'end') throw new SyntaxProblem('Missing ")": this parenthesis is never closed.', open);
  throw unexpected(reader, token);
}

function unexpected(reader: Reader, token: Token): SyntaxProblem {
  if (token.kind === 'end') return new SyntaxProblem('The formula ends too early: a value is missing.', token);
  const written = token.kind === 'text' ? `text "${token.text.slice(0, 40)}"` : `"${token.text.slice(0, 40)}"`;
  const before = reader.tokens[reader.at - 1];
  const word = token.text.toUpperCase();
  if (token.kind === 'name' && (word === 'AND' || word === 'OR') && before !== undefined) {
    return new SyntaxProblem(
      `${word} does not stand between conditions: write ${word}(a, b), or a ${word === 'AND' ? '&&' : '||'} b.`,
      token,
    );
  }
  if (isOperator(token, ')'))
    return new SyntaxProblem('Unexpected ")": no parenthesis is open here, or a value is missing.', token);
  if (token.kind !== 'operator' && before !== undefined) {
    return new SyntaxProblem(`Unexpected ${written}: an operator or a comma is missing before it.`, token);
  }
  return new SyntaxProblem(`Unexpected ${written}.`, token);
}
