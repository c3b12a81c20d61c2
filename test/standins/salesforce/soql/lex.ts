/** SOQL's words, strings, numbers, dates and signs. */
import { FieldError } from '../errors.ts';

export interface Token {
  kind: 'word' | 'text' | 'sign' | 'date' | 'datetime' | 'time' | 'number' | 'end';
  text: string;
  at: number;
}

/** With an arrow under the place, as Salesforce has it. */
export function malformed(soql: string, at: number, message: string): never {
  throw new FieldError('MALFORMED_QUERY', `${pointer(soql, at)}${message}`);
}

export function pointer(soql: string, at: number): string {
  const shown = soql.slice(Math.max(0, at - 40), at + 40).replace(/\s/g, ' ');
  return `\n${shown}\n${' '.repeat(Math.min(at, 40))}^\nERROR at Row:1:Column:${at + 1}\n`;
}

const PATTERN = new RegExp(
  [
    String.raw`\s+`,
    String.raw`'(?<text>(?:[^'\\]|\\.)*)'`,
    String.raw`(?<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))`,
    String.raw`(?<date>\d{4}-\d\d-\d\d)(?!T)`,
    String.raw`(?<time>\d\d:\d\d:\d\d(?:\.\d+)?Z?)`,
    String.raw`(?<number>[+-]?\d+(?:\.\d+)?)(?![\w.])`,
    String.raw`(?<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)`,
    String.raw`(?<sign><=|>=|!=|<>|[=<>(),:])`,
  ].join('|'),
  'gy',
);

/** What LIKE must not take for a wildcard stands as a character of nobody's until it is compared. */
export const ESCAPED_UNDERSCORE = '\uE000';
export const ESCAPED_PERCENT = '\uE001';

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
  _: ESCAPED_UNDERSCORE,
  '%': ESCAPED_PERCENT,
};

export function lex(soql: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < soql.length) {
    PATTERN.lastIndex = at;
    const match = PATTERN.exec(soql);
    if (!match) {
      const what =
        soql[at] === "'" ? `line 1:${at} mismatched character '<EOF>' expecting '''` : `unexpected token: '${soql[at]}'`;
      return malformed(soql, at, what);
    }
    for (const kind of ['text', 'datetime', 'date', 'time', 'number', 'word', 'sign'] as const) {
      const text = match.groups?.[kind];
      if (text !== undefined) found.push({ kind, text: kind === 'text' ? unescape(soql, at, text) : text, at });
    }
    at = PATTERN.lastIndex;
  }
  found.push({ kind: 'end', text: '<EOF>', at: soql.length });
  return found;
}

/** A letter that needs no escape is refused. */
function unescape(soql: string, at: number, text: string): string {
  return text.replace(
    /\\(.)/gs,
    (_, letter: string) => ESCAPES[letter] ?? malformed(soql, at, `invalid string escape '\\${letter}'`),
  );
}
