/** Salesforce record ids: 15 characters with case, or 18 with a check of the case at the end. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** The 18-character form of a 15-character id; anything else as it is. */
export function caseSafe(id: string): string {
  return /^[a-zA-Z0-9]{15}$/.test(id) ? id + suffix(id) : id;
}

function suffix(id: string): string {
  let checked = '';
  for (let block = 0; block < 3; block += 1) {
    let bits = 0;
    for (let i = 0; i < 5; i += 1) {
      const c = id.charCodeAt(block * 5 + i);
      if (c >= 65 && c <= 90) bits |= 1 << i;
    }
    checked += ALPHABET[bits];
  }
  return checked;
}

/** The same record, in whichever of the two forms each side is written: formulas see 15 characters, REST gives 18. */
export function idEqual(a: string, b: string): boolean {
  if (a === b) return true;
  if (a.length === 15 && b.length === 18) return caseSafe(a) === b;
  return a.length === 18 && b.length === 15 && caseSafe(b) === a;
}
