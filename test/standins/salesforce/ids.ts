/** Salesforce's record ids: 15 characters that mean something with their case, 3 more that repeat the case for those who ignore it. */

const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

export function to18(id: string): string {
  if (id.length !== 15) return id;
  let suffix = '';
  for (let block = 0; block < 3; block++) {
    let bits = 0;
    for (let at = 0; at < 5; at++) if (/[A-Z]/.test(id[block * 5 + at] ?? '')) bits |= 1 << at;
    suffix += SUFFIX[bits];
  }
  return id + suffix;
}

export const isId = (text: unknown): text is string =>
  typeof text === 'string' && /^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/.test(text);

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** prefix + 5x + serial in base 62. */
export function makeId(prefix: string, serial: number): string {
  let text = '';
  for (let rest = serial; rest > 0; rest = Math.floor(rest / 62)) text = DIGITS[rest % 62] + text;
  return to18(prefix + '5x' + text.padStart(10, '0'));
}
