/** Record ids: 15 characters that differ by case, or 18, whose last three spell out that case. */

const ID = /^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$/;
const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

export const isRecordId = (text: unknown): text is string => typeof text === 'string' && ID.test(text);

/** The 18-character form; one that has 18 already is believed. */
export function toId18(id: string): string {
  if (id.length !== 15) return id;
  let suffix = '';
  for (let start = 0; start < 15; start += 5) {
    let bits = 0;
    for (let at = 0; at < 5; at += 1) if (/[A-Z]/.test(id.charAt(start + at))) bits |= 1 << at;
    suffix += SUFFIX.charAt(bits);
  }
  return id + suffix;
}
