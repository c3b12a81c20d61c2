/** Cursors say where a list goes on. Opaque, and bound to their list: one from elsewhere is refused, not misread. */
import type { Page, PageRequest } from '../db/page.ts';
import { malformed } from './errors.ts';

export interface ListQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** @param list names the list that the cursor belongs to @param key what its keys look like @throws ApiError 400 */
export function pageRequest(list: string, query: ListQuery, key: RegExp): PageRequest {
  if (query.cursor === undefined) return { limit: query.limit, after: null };
  const text = Buffer.from(query.cursor, 'base64url').toString('utf8');
  const [named, after] = splitOnce(text);
  if (named !== list || after === undefined || !key.test(after) || Buffer.from(text).toString('base64url') !== query.cursor) {
    throw malformed('The cursor is not one of this list.', [{ path: 'cursor', message: 'is not a cursor of this list' }]);
  }
  return { limit: query.limit, after };
}

export function presentPage<T>(list: string, page: Page<T>): { data: readonly T[]; next: string | null } {
  return { data: page.data, next: page.next === null ? null : Buffer.from(`${list} ${page.next}`).toString('base64url') };
}

/** A page of a list that is whole in memory already. */
export function pageOf<T>(list: string, items: readonly T[], query: ListQuery): { data: readonly T[]; next: string | null } {
  const from = Number(pageRequest(list, query, /^\d{1,9}$/).after ?? 0);
  const end = from + query.limit;
  return presentPage(list, { data: items.slice(from, end), next: end < items.length ? String(end) : null });
}

/** Keys of the lists that are read by id. */
export const ID_KEY = /^[A-Za-z0-9_-]{1,64}$/;

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf(' ');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
