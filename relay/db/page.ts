/** One page of a list that is read by a key. */

export interface PageRequest {
  readonly limit: number;
  /** The key of the last row of the page before; null: from the start. */
  readonly after: string | null;
}

export interface Page<T> {
  readonly data: readonly T[];
  /** The key to go on after; null at the end. */
  readonly next: string | null;
}

/** @param rows read with `limit + 1`, so that the end is known without counting */
export function toPage<R, T>(rows: readonly R[], limit: number, key: (row: R) => string, present: (row: R) => T): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { data: shown.map(present), next: rows.length > limit && last !== undefined ? key(last) : null };
}
