/** Formula text to tokens. The rules are those of Salesforce's grammar, its oddities included (docs/formula.md lists them). */
import { SyntaxProblem } from './problems.ts';

export type TokenKind = 'number' | 'text' | 'name' | 'operator' | 'end';

export interface Token {
  kind: TokenKind;
  /** The operator or name as written, a number's digits, a text's value. */
  text: string;
  offset: number;
  length: number;
}

const OPERATORS = new Set([
  '(',
  ')',
  ',',
  '=',
  '==',
  '!',
  '<>',
  '!=',
  '/',
  '+',
  '-',
  '*',
  '>=',
  '>',
  '<=',
  '<',
  '&',
  '^',
  '||',
  '&&',
]);

function isSpace(c: number): boolean {
  return c === 32 || c === 10 || c === 13 || c === 9 || c === 12;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function isLetter(c: number): boolean {
  // The dotted capital I and the Kelvin sign lower-case to ASCII letters; Salesforce's lexer lets them in.
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 0x130 || c === 0x212a;
}

function isNamePart(c: number): boolean {
  return isLetter(c) || isDigit(c) || c === 95 || c === 36 || c === 46 || c === 58 || c === 35;
}

/** Reads all tokens, the last of kind 'end'. Throws SyntaxProblem at the first thing that is none. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let braces = 0;
  const push = (kind: TokenKind, text: string, offset: number) => tokens.push({ kind, text, offset, length: at - offset });
  while (at < source.length) {
    const start = at;
    const c = source.charCodeAt(at);
    if (isSpace(c)) {
      at += 1;
    } else if (c === 47 && source.charCodeAt(at + 1) === 42) {
      at = endOfComment(source, at);
    } else if (isLetter(c) || c === 36) {
      at += 1;
      while (at < source.length && isNamePart(source.charCodeAt(at))) at += 1;
      push('name', source.slice(start, at), start);
    } else if (isDigit(c)) {
      while (isDigit(source.charCodeAt(at))) at += 1;
      if (source.charCodeAt(at) === 46 && isDigit(source.charCodeAt(at + 1))) {
        at += 1;
        while (isDigit(source.charCodeAt(at))) at += 1;
      }
      push('number', source.slice(start, at), start);
    } else if (c === 34 || c === 39) {
      at = endOfText(source, at);
      push('text', unescape(source.slice(start + 1, at - 1)), start);
    } else if (c === 123 && source.charCodeAt(at + 1) === 33) {
      // {!Field}: the merge-field form, as it is copied from a flow; Salesforce strips it too.
      braces += 1;
      at += 2;
    } else if (c === 125 && braces > 0) {
      braces -= 1;
      at += 1;
    } else {
      at = operator(source, at);
      push('operator', source.slice(start, at), start);
    }
  }
  if (braces > 0) throw new SyntaxProblem('A "{!" has no closing "}".', { offset: source.lastIndexOf('{!'), length: 2 });
  tokens.push({ kind: 'end', text: '', offset: source.length, length: 0 });
  return tokens;
}

function endOfComment(source: string, from: number): number {
  // An escaped end, \*/, does not end the comment.
  for (let at = source.indexOf('*/', from + 2); at >= 0; at = source.indexOf('*/', at + 2)) {
    if (source[at - 1] !== '\\' || at - 1 < from + 2) return at + 2;
  }
  throw new SyntaxProblem('This comment is not closed; it needs "*/".', { offset: from, length: 2 });
}

function endOfText(source: string, from: number): number {
  const quote = source.charCodeAt(from);
  for (let at = from + 1; at < source.length; at += 1) {
    const c = source.charCodeAt(at);
    if (c === quote) return at + 1;
    if (c === 10 || c === 13) {
      throw new SyntaxProblem("A text can't go over the end of a line; use & BR() & to break one.", {
        offset: from,
        length: at - from,
      });
    }
    if (c === 92) {
      at += 1;
      if (!'nrtNRT"\'\\'.includes(source.charAt(at) || ' ')) {
        const written = source.slice(at - 1, at + 1);
        throw new SyntaxProblem(`"${written}" is no valid escape in a text. Write a backslash twice: "\\${written}".`, {
          offset: at - 1,
          length: written.length,
        });
      }
    }
  }
  throw new SyntaxProblem('This text is not closed; it needs a second quotation mark.', {
    offset: from,
    length: source.length - from,
  });
}

/** Only \" and \\ stand for one character; \n stays two, as it does in Salesforce. */
function unescape(raw: string): string {
  return raw.includes('\\') ? raw.replace(/\\(["\\])/g, '$1') : raw;
}

function operator(source: string, at: number): number {
  const c = source.charAt(at);
  const next = source.charAt(at + 1);
  if ((next === '=' || next === '>' || next === '|' || next === '&') && OPERATORS.has(c + next)) return at + 2;
  if (OPERATORS.has(c)) return at + 1;
  const hint: Record<string, string> = {
    '‘': 'Use straight quotation marks, not typographic ones.',
    '’': 'Use straight quotation marks, not typographic ones.',
    '“': 'Use straight quotation marks, not typographic ones.',
    '”': 'Use straight quotation marks, not typographic ones.',
    '|': 'Write || for or.',
    '.': 'A number needs a digit before the point: 0.5.',
    '[': 'Square brackets have no meaning in a filter formula.',
    '%': 'There is no % sign in formulas: 25% is 0.25.',
    ';': 'Separate arguments with commas.',
    '\u00a0': 'There is a non-breaking space here; replace it by a plain one.',
  };
  const point = String.fromCodePoint(source.codePointAt(at) ?? 0);
  throw new SyntaxProblem(`Unexpected character "${point}".${hint[c] === undefined ? '' : ` ${hint[c]}`}`, {
    offset: at,
    length: point.length,
  });
}
