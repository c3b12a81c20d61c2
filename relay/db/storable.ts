/**
 * Text that every column takes. A NUL and half of a surrogate pair are valid in JavaScript and in JSON, and refused by Postgres in text
 * as in jsonb: one of them in a message of the stream, or in an answer of ZenQMS, would refuse the whole batch it is stored with.
 */

const REFUSED = /\\u0000|\\ud[89a-f][0-9a-f]{2}/;

/** A NUL is left out, half a character becomes U+FFFD. */
export const storable = (text: string): string => text.replaceAll('\u0000', '').toWellFormed();

/** As JSON.stringify, with every text made storable; costs one look more where nothing is wrong. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value);
  // The plain search is many times faster than the pattern, and nearly always enough.
  if (!json.includes('\\u') || !REFUSED.test(json)) return json;
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'string' ? storable(each) : each));
}
