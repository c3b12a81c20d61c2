/** Where a problem lies in the text: {offset, length}, or null for one without a place. */
export function placeOf({ position }) {
  if (typeof position === 'number') return { offset: position, length: 1 };
  return typeof position?.offset === 'number' ? { offset: position.offset, length: Math.max(1, position.length ?? 1) } : null;
}

/**
 * The text cut into pieces, those of the problems marked; overlapping problems share the piece of the first.
 *
 * @param {string} text
 * @param {{position?: number|{offset: number, length?: number}, message: string}[]} problems
 * @returns {{key: string, text: string, marked: boolean, message: string|null}[]}
 */
export function segmentsOf(text, problems) {
  const places = problems
    .map((problem) => ({ ...placeOf(problem), message: problem.message }))
    .filter((place) => place.offset !== undefined)
    .sort((one, other) => one.offset - other.offset);
  const pieces = [];
  const add = (from, to, message) =>
    pieces.push({ key: `${from}`, text: text.slice(from, to), marked: message !== null, message });
  let at = 0;
  for (const { offset, length, message } of places) {
    // A problem at the very end ("something is missing here") marks the last character.
    const begin = Math.min(offset, text.length - 1);
    const from = Math.max(begin, at);
    const to = Math.min(begin + length, text.length);
    if (from >= to) continue;
    if (from > at) add(at, from, null);
    add(from, to, message);
    at = to;
  }
  if (at < text.length) add(at, text.length, null);
  return pieces;
}
