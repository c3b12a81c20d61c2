/** Text functions. Positions and lengths count UTF-16 units, as Java does. */
import { fail } from '../errors.ts';
import { caseSafe } from '../ids.ts';
import { formatDay, formatInstant, formatTime } from '../calendar.ts';
import { compare, formatNumber, isZero, parseNumber, toInteger } from '../number.ts';
import type { Numeric } from '../number.ts';
import { warnOfPicklist } from '../operators.ts';
import { broken, excerpt, isText, report, wrongType } from '../scope.ts';
import type { Scope, Typed } from '../scope.ts';
import type { DateTimeValue, DateValue, TimeValue } from '../types.ts';
import type { Value } from '../value.ts';
import { computed, plain } from './spec.ts';
import type { CallNode, Spec } from './spec.ts';

/** No formula result is longer than this in Salesforce's fields; it keeps LPAD and SUBSTITUTE from filling the memory. */
const MAX_TEXT = 1_000_000;

type Text = string | null;
type Count = Numeric | null;

function bounded(text: string): string {
  if (text.length > MAX_TEXT) fail('text_too_long', `The text has grown to more than ${MAX_TEXT} characters.`);
  return text;
}

function text(
  name: string,
  signature: string,
  description: string,
  params: ('text' | 'number')[],
  run: (...values: never[]) => Value,
  more: { optional?: number; returns?: 'text' | 'number' | 'boolean'; fails?: boolean } = {},
): Spec {
  return plain({ name, category: 'text', signature, description, params, returns: 'text', run, ...more });
}

function padded(name: string, side: string, join: (value: string, padding: string) => string): Spec {
  const run = (value: Text, length: Count, padding: Text | undefined = ' '): Value => {
    const count = length === null ? 0 : toInteger(length);
    if (value === null || value === '' || count <= 0 || padding === null || padding === '') return null;
    if (count <= value.length) return value.slice(0, count);
    if (count > MAX_TEXT) return bounded(' '.repeat(MAX_TEXT + 1));
    return join(value, padding.repeat(Math.ceil((count - value.length) / padding.length)).slice(0, count - value.length));
  };
  const signature = `${name}(text, padded_length[, pad_string])`;
  return text(name, signature, `Fills up on the ${side} to the length, or cuts off.`, ['text', 'number', 'text'], run, {
    optional: 1,
    fails: true,
  });
}

function cased(name: string, description: string, change: (value: string, locale: string | undefined) => string): Spec {
  const run = (value: Text, locale?: Text): Value => (value === null || value === '' ? null : change(value, localeTag(locale)));
  return text(name, `${name}(text[, locale])`, description, ['text', 'text'], run, { optional: 1 });
}

function localeTag(locale: Text | undefined): string | undefined {
  if (locale === null || locale === undefined) return undefined;
  const tag = locale.replace(/_/g, '-');
  return /^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*$/.test(tag) ? tag : undefined;
}

/** Without a locale Java's default, English: the dotted capital I becomes a plain i. */
function lower(value: string, locale: string | undefined): string {
  if (locale !== undefined) return value.toLocaleLowerCase(locale);
  return value.toLowerCase();
}

function initCap(value: string): string {
  let start = true;
  let result = '';
  for (let i = 0; i < value.length; i += 1) {
    const c = value.charAt(i);
    if (/\p{Ll}/u.test(c)) {
      result += start ? oneUpper(c) : c;
      start = false;
    } else if (/\p{Lu}/u.test(c)) {
      result += start ? c : c.toLowerCase();
      start = false;
    } else {
      start = !/\p{Nd}/u.test(c);
      result += c;
    }
  }
  return result;
}

function oneUpper(c: string): string {
  const upper = c.toUpperCase();
  return upper.length === 1 ? upper : c;
}

/** Java's BigDecimal(String): sign, digits, point and exponent; no blanks, no grouping. */
export const NUMBER_TEXT = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,9})?$/;

function value(input: Text): Value {
  if (input === null) return null;
  if (!NUMBER_TEXT.test(input)) fail('not_a_number', `VALUE: '${input.slice(0, 40)}' is no number.`);
  return parseNumber(input);
}

const textOf: Spec = {
  name: 'TEXT',
  category: 'text',
  signature: 'TEXT(value)',
  description: 'A number, date, date/time (in GMT), time or picklist as text; a picklist gives its API value.',
  least: 1,
  most: 1,
  build: (call, args, scope) => {
    const [arg] = args as [Typed];
    switch (arg.type) {
      case 'null':
      case 'picklist':
        return computed(call, args, 'text', (v) => v);
      case 'number':
        return computed(call, args, 'text', (v) => (v === null ? null : formatNumber(v as Numeric)));
      case 'date':
        return computed(call, args, 'text', (v) => (v === null ? null : formatDay((v as DateValue).days)));
      case 'datetime':
        return computed(call, args, 'text', (v) => (v === null ? null : formatInstant((v as DateTimeValue).ms)));
      case 'time':
        return computed(call, args, 'text', (v) => (v === null ? null : formatTime((v as TimeValue).ms)));
      default: {
        const broke = wrongType(scope, arg, 'a number, a date, a time or a picklist', 'TEXT');
        const last = scope.problems[scope.problems.length - 1];
        if (isText(arg.type) && last !== undefined) last.suggestion = excerpt(scope, arg.node);
        return broke;
      }
    }
  },
};

/** The second argument of ISPICKVAL and INCLUDES. */
function literalText(scope: Scope, arg: Typed, name: string): string | undefined {
  if (arg.node.kind === 'text') return arg.node.value;
  report(scope, 'formula_type', `${name} takes a value in quotation marks as its second argument, not an expression.`, arg.node);
  return undefined;
}

function isPickVal(call: CallNode, args: Typed[], scope: Scope): Typed {
  const [field, wanted] = args as [Typed, Typed];
  if (field.type !== 'picklist') return wrongType(scope, field, 'a picklist field', 'ISPICKVAL');
  const literal = literalText(scope, wanted, 'ISPICKVAL');
  if (literal === undefined) return broken(call);
  warnOfPicklist(scope, field, wanted);
  return computed(call, [field], 'boolean', (v) => (v ?? '') === literal);
}

function includes(call: CallNode, args: Typed[], scope: Scope): Typed {
  const [field, wanted] = args as [Typed, Typed];
  if (field.type !== 'multipicklist') return wrongType(scope, field, 'a multi-select picklist field', 'INCLUDES');
  const literal = literalText(scope, wanted, 'INCLUDES');
  if (literal === undefined) return broken(call);
  if (literal.trim() === '') {
    report(scope, 'formula_type', 'INCLUDES needs a value; use ISBLANK to find out whether nothing is selected.', wanted.node);
    return broken(call);
  }
  warnOfPicklist(scope, field, wanted);
  return computed(
    call,
    [field],
    'boolean',
    (v) => v !== null && (v as string).split(';').some((part) => part.trim() === literal),
  );
}

const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function encoded(name: string, description: string, encode: (value: string) => string): Spec {
  return text(name, `${name}(text)`, description, ['text'], (v: Text) => bounded(encode(v ?? '')), { fails: true });
}

function html(v: string): string {
  return v.replace(/[&<>"']/g, (c) => HTML[c] as string);
}

function script(v: string): string {
  const named: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return v
    .replace(/[\\'"/]/g, '\\$&')
    .replace(/[\n\r\t]/g, (c) => named[c] as string)
    .replace(/[<>\u2028\u2029\0]/g, (c) => `\\u${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
}

function reversed(v: string): string {
  return Array.from(v).reverse().join('');
}

export const textFunctions: Spec[] = [
  text('ASCII', 'ASCII(text)', 'The code point of the first character.', ['text'], (v: Text) => (v === null || v === '' ? null : (v.codePointAt(0) ?? null)), { returns: 'number' }),
  text('BEGINS', 'BEGINS(text, compare_text)', 'Whether the text starts with the other, with case.', ['text', 'text'], (v: Text, start: Text) => (start === null || start === '' ? true : v === null || v === '' ? null : v.startsWith(start)), { returns: 'boolean' }),
  text('BR', 'BR()', 'A line break.', [], () => '\n'),
  text('CASESAFEID', 'CASESAFEID(id)', 'The 18-character form of a 15-character id.', ['text'], (v: Text) => (v === null ? null : caseSafe(v))),
  text('CHR', 'CHR(number)', 'The character of a code point.', ['number'], (n: Count) => {
    const code = n === null || isZero(n) ? -1 : toInteger(n);
    return code < 0 || code > 0x10ffff ? null : String.fromCodePoint(code);
  }),
  text('CONTAINS', 'CONTAINS(text, compare_text)', 'Whether the other text occurs in it, with case; blank if the text is blank.', ['text', 'text'], (v: Text, part: Text) => (part === null || part === '' ? true : v === null || v === '' ? null : v.includes(part)), { returns: 'boolean' }),
  text('FIND', 'FIND(search_text, text[, start_num])', 'Where the text is found, counted from 1; 0 if nowhere.', ['text', 'text', 'number'], (search: Text, v: Text, start: Count | undefined = 0) => {
    if (search === null || v === null) return 0;
      if (start === null) fail('invalid_argument', 'FIND: the start position is blank.');
      return v.indexOf(search, toInteger(start) - 1) + 1;
  }, { optional: 1, returns: 'number', fails: true }),
  encoded('HTMLENCODE', 'Replaces what HTML reserves.', html),
  { name: 'INCLUDES', category: 'text', signature: "INCLUDES(multiselect_picklist_field, 'value')", description: 'Whether the value is one of the selected ones.', least: 2, most: 2, build: includes },
  text('INITCAP', 'INITCAP(text)', 'First letters in upper case, the rest in lower case.', ['text'], (v: Text) => (v === null || v === '' ? null : initCap(v))),
  { name: 'ISPICKVAL', category: 'text', signature: "ISPICKVAL(picklist_field, 'value')", description: "Whether the picklist has this API value; '' for none.", least: 2, most: 2, build: isPickVal },
  encoded('JSENCODE', 'Escapes for a JavaScript text.', script),
  encoded('JSINHTMLENCODE', 'Escapes for a JavaScript text inside HTML.', (v) => html(script(v))),
  text('LEFT', 'LEFT(text, num_chars)', 'The first characters.', ['text', 'number'], (v: Text, n: Count) => {
    const count = n === null ? 0 : toInteger(n);
    return n === null || compare(n, 0) <= 0 || v === null || v === '' ? null : v.slice(0, count);
  }),
  text('LEN', 'LEN(text)', 'How many characters; 0 for blank.', ['text'], (v: Text) => v?.length ?? 0, { returns: 'number' }),
  cased('LOWER', 'In lower case.', lower),
  padded('LPAD', 'left', (v, padding) => padding + v),
  text('MID', 'MID(text, start_num, num_chars)', 'Characters from a position, counted from 1.', ['text', 'number', 'number'], (v: Text, start: Count, n: Count) => {
    if (start === null || n === null || v === null || v === '' || compare(n, 0) <= 0) return null;
    const from = compare(start, 1) < 0 ? 1 : toInteger(start);
    return compare(start, v.length) > 0 ? null : v.slice(from - 1, from - 1 + toInteger(n));
  }),
  text('REVERSE', 'REVERSE(text)', 'The characters in reverse order.', ['text'], (v: Text) => (v === null ? null : reversed(v))),
  text('RIGHT', 'RIGHT(text, num_chars)', 'The last characters.', ['text', 'number'], (v: Text, n: Count) => {
    if (n === null || compare(n, 0) <= 0 || v === null || v === '') return null;
    return v.slice(Math.max(0, v.length - toInteger(n)));
  }),
  padded('RPAD', 'right', (v, padding) => v + padding),
  text('SUBSTITUTE', 'SUBSTITUTE(text, old_text, new_text)', 'Replaces every occurrence.', ['text', 'text', 'text'], (v: Text, old: Text, by: Text) => {
    if (v === null || old === null) return null;
    if (v === '') return v;
    if (old === '') fail('invalid_argument', 'SUBSTITUTE: the text to replace is empty.');
    const parts = v.split(old);
    if (v.length + (parts.length - 1) * ((by ?? '').length - old.length) > MAX_TEXT) return bounded(' '.repeat(MAX_TEXT + 1));
    return parts.join(by ?? '');
  }, { fails: true }),
  text('SUBSTR', 'SUBSTR(text, start_num[, num_chars])', 'Characters from a position; a negative one counts from the end.', ['text', 'number', 'number'], (v: Text, start: Count, n?: Count) => {
    if (start === null || n === null || v === null || v === '') return null;
    if (n !== undefined && compare(n, 0) <= 0) return null;
    if (compare(start, v.length) > 0 || compare(start, -v.length) < 0) return null;
    const from = compare(start, 0) < 0 ? v.length + toInteger(start) : Math.max(0, toInteger(start) - 1);
    return v.slice(from, n === undefined ? undefined : from + toInteger(n));
  }, { optional: 1 }),
  textOf,
  text('TRIM', 'TRIM(text)', 'Without spaces at both ends.', ['text'], (v: Text) => (v === null ? null : v.replace(/^ +/, '').replace(/ +$/, '') || null)),
  cased('UPPER', 'In upper case.', (v, locale) => (locale === undefined ? v.toUpperCase() : v.toLocaleUpperCase(locale))),
  encoded('URLENCODE', 'Percent-encodes for a URL.', (v) => encodeURIComponent(v.toWellFormed()).replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`).replace(/%20/g, '+')),
  text('VALUE', 'VALUE(text)', 'The number written in a text; an error if it is none, blank for blank.', ['text'], value, { returns: 'number', fails: true }),
]; // prettier-ignore
