/** Character sets by name, as java.util.regex.Pattern defines them. */
import { RegexProblem } from './problem.ts';

/** Whether a code point belongs to a set. */
export type CharTest = (point: number) => boolean;

const between =
  (low: number, high: number): CharTest =>
  (p) =>
    p >= low && p <= high;
const any =
  (...tests: CharTest[]): CharTest =>
  (p) =>
    tests.some((test) => test(p));
export const negated =
  (test: CharTest): CharTest =>
  (p) =>
    !test(p);

/** JavaScript's own Unicode tables, asked one character at a time, so that nothing can backtrack. */
function unicode(property: string): CharTest | undefined {
  try {
    const one = new RegExp(`^\\p{${property}}$`, 'u');
    return (p) => one.test(String.fromCodePoint(p));
  } catch {
    return undefined;
  }
}

const digit = between(48, 57);
const lower = between(97, 122);
const upper = between(65, 90);
const alpha = any(lower, upper);
const alnum = any(alpha, digit);
const punct = any(between(33, 47), between(58, 64), between(91, 96), between(123, 126));
const space: CharTest = (p) => p === 32 || (p >= 9 && p <= 13);
const word = any(alnum, (p) => p === 95);
const vertical: CharTest = (p) => (p >= 10 && p <= 13) || p === 0x85 || p === 0x2028 || p === 0x2029;
const horizontal: CharTest = (p) =>
  p === 32 ||
  p === 9 ||
  p === 0xa0 ||
  p === 0x1680 ||
  p === 0x180e ||
  (p >= 0x2000 && p <= 0x200a) ||
  p === 0x202f ||
  p === 0x205f ||
  p === 0x3000;

/** \d \w \s \h \v, and their opposites in capitals. */
export const SHORT: Record<string, CharTest> = {
  d: digit, D: negated(digit), w: word, W: negated(word), s: space, S: negated(space),
  h: horizontal, H: negated(horizontal), v: vertical, V: negated(vertical),
}; // prettier-ignore

const letter = unicode('L') as CharTest;
const decimal = unicode('Nd') as CharTest;
const NAMED: Record<string, CharTest> = {
  Lower: lower, Upper: upper, ASCII: between(0, 127), Alpha: alpha, Digit: digit, Alnum: alnum, Punct: punct,
  Graph: any(alnum, punct), Print: any(alnum, punct, (p) => p === 32), Blank: (p) => p === 32 || p === 9,
  Cntrl: any(between(0, 31), (p) => p === 127), XDigit: any(digit, between(65, 70), between(97, 102)), Space: space,
  L1: between(0, 255), all: () => true, LD: any(letter, decimal), javaLetter: letter, javaDigit: decimal, javaLetterOrDigit: any(letter, decimal),
  javaWhitespace: (p) => (p >= 9 && p <= 13) || (p >= 28 && p <= 32) || (p !== 0xa0 && p !== 0x2007 && p !== 0x202f && separator(p)),
  javaSpaceChar: (p) => separator(p), javaISOControl: any(between(0, 31), between(127, 159)),
}; // prettier-ignore

function separator(p: number): boolean {
  return (unicode('Z') as CharTest)(p);
}

const ALIAS: Record<string, string> = {
  javaLowerCase: 'Lowercase', javaUpperCase: 'Uppercase', javaTitleCase: 'Lt', javaAlphabetic: 'Alphabetic', javaIdeographic: 'Ideographic',
  javaMirrored: 'Bidi_Mirrored', javaDefined: 'Assigned', LC: 'LC',
}; // prettier-ignore

/** The words after \p{Is…} that are no Unicode property's own name. */
const BINARY: Record<string, string> = {
  LETTER: 'L', PUNCTUATION: 'P', CONTROL: 'Cc', DIGIT: 'Nd', WHITESPACE: 'White_Space', HEXDIGIT: 'Hex_Digit', TITLECASE: 'Lt',
  NONCHARACTERCODEPOINT: 'Noncharacter_Code_Point', JOINCONTROL: 'Join_Control', ALPHABETIC: 'Alphabetic', IDEOGRAPHIC: 'Ideographic',
  LOWERCASE: 'Lowercase', UPPERCASE: 'Uppercase', ASSIGNED: 'Assigned', EMOJI: 'Emoji',
}; // prettier-ignore

const BLOCKS: Record<string, [number, number]> = {
  BASICLATIN: [0, 0x7f], LATIN1SUPPLEMENT: [0x80, 0xff], LATINEXTENDEDA: [0x100, 0x17f], LATINEXTENDEDB: [0x180, 0x24f],
  GREEK: [0x370, 0x3ff], GREEKANDCOPTIC: [0x370, 0x3ff], CYRILLIC: [0x400, 0x4ff], ARMENIAN: [0x530, 0x58f], HEBREW: [0x590, 0x5ff],
  ARABIC: [0x600, 0x6ff], DEVANAGARI: [0x900, 0x97f], THAI: [0xe00, 0xe7f], HANGULJAMO: [0x1100, 0x11ff],
  GENERALPUNCTUATION: [0x2000, 0x206f], CURRENCYSYMBOLS: [0x20a0, 0x20cf], ARROWS: [0x2190, 0x21ff],
  MATHEMATICALOPERATORS: [0x2200, 0x22ff], BOXDRAWING: [0x2500, 0x257f], HIRAGANA: [0x3040, 0x309f], KATAKANA: [0x30a0, 0x30ff],
  CJKUNIFIEDIDEOGRAPHS: [0x4e00, 0x9fff], HANGULSYLLABLES: [0xac00, 0xd7af], EMOTICONS: [0x1f600, 0x1f64f],
}; // prettier-ignore

/** The set behind \p{name}. Throws RegexProblem for a name that is not known. */
export function namedSet(name: string): CharTest {
  const found = lookup(name);
  if (found === undefined) throw new RegexProblem(`there is no character property {${name}}.`);
  return found;
}

function lookup(name: string): CharTest | undefined {
  const own = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  if (own !== undefined) return own;
  const equals = name.indexOf('=');
  if (equals > 0) {
    const key = name.slice(0, equals).toLowerCase();
    const value = name.slice(equals + 1);
    if (key === 'sc' || key === 'script') return unicode(`Script=${titled(value)}`);
    if (key === 'blk' || key === 'block') return block(value);
    return key === 'gc' || key === 'general_category' ? unicode(`General_Category=${value}`) : undefined;
  }
  if (Object.hasOwn(ALIAS, name)) return unicode(ALIAS[name] as string);
  if (name.startsWith('In')) return block(name.slice(2));
  if (!name.startsWith('Is')) return category(name);
  const rest = name.slice(2);
  const binary = BINARY[rest.toUpperCase().replace(/_/g, '')];
  return binary !== undefined ? unicode(binary) : (category(rest) ?? unicode(`Script=${titled(rest)}`));
}

function category(name: string): CharTest | undefined {
  return /^[A-Z][a-zC]?$/.test(name) ? unicode(`General_Category=${name}`) : undefined;
}

function titled(name: string): string {
  return name.toLowerCase().replace(/(^|_)[a-z]/g, (c) => c.toUpperCase());
}

function block(name: string): CharTest | undefined {
  const range = BLOCKS[name.toUpperCase().replace(/[ _-]/g, '')];
  return range === undefined ? undefined : between(range[0], range[1]);
}

/** For \b: letters and digits of any script, and the underscore. */
export function isWordPoint(point: number): boolean {
  return point < 128 ? word(point) : letter(point) || decimal(point);
}

export function isLineEnd(point: number): boolean {
  return point === 10 || point === 13 || point === 0x85 || point === 0x2028 || point === 0x2029;
}

/** The same set without regard to case: of ASCII letters, or of all with the flag u. */
export function folded(test: CharTest, all: boolean): CharTest {
  return (p) => test(p) || otherCases(p, all).some(test);
}

export function otherCases(point: number, all: boolean): number[] {
  if (point < 128) return alpha(point) ? [point ^ 32] : [];
  if (!all) return [];
  const text = String.fromCodePoint(point);
  return [text.toLowerCase(), text.toUpperCase()]
    .filter((c) => c !== text && [...c].length === 1)
    .map((c) => c.codePointAt(0) as number);
}
