/** What the domain may ask of a ZenQMS account, with answers kept for minutes; failures as exceptions that are safe to show. */
import type { Called, Failure } from '../deliver/failure.ts';
import { type ZenqmsCatalog, ZenqmsError } from '../model/catalog.ts';
import type { Accounts } from './accounts.ts';

const KEPT_MS = 5 * 60_000;

export interface KeptZenqmsCatalog extends ZenqmsCatalog {
  /** Every active user's id by lower-case e-mail address. */
  allUsers(connectionId: string): Promise<ReadonlyMap<string, string>>;
}

export function zenqmsCatalog(accounts: Accounts, now: () => Date): KeptZenqmsCatalog {
  const kept = new Map<string, { at: number; value: Promise<unknown> }>();
  const ask = async <T>(
    connectionId: string,
    what: string,
    refresh: boolean | undefined,
    call: () => Promise<Called<T>>,
  ): Promise<T> => {
    const key = `${connectionId} ${what}`;
    const known = kept.get(key);
    if (known && !refresh && now().getTime() - known.at < KEPT_MS) return known.value as Promise<T>;
    const value = call().then(orThrow);
    if (kept.size > 5_000) kept.clear();
    kept.set(key, { at: now().getTime(), value });
    value.catch(() => kept.get(key)?.value === value && kept.delete(key));
    return value;
  };
  const client = async (connectionId: string) => (await accounts.get(connectionId)).client;
  return {
    // A connection that was changed has another client: its answers are kept apart by asking for the client first.
    categories: async (id, options) => {
      const zenqms = await client(id);
      return ask(keyOf(zenqms, id), 'categories', options?.refresh, () => zenqms.listCategories());
    },
    fields: async (id, categoryId, options) => {
      const zenqms = await client(id);
      return ask(keyOf(zenqms, id), `fields ${categoryId}`, options?.refresh, () => zenqms.listFields(categoryId));
    },
    users: async (id, search) => {
      const zenqms = await client(id);
      const text = search.trim();
      if (text === '') return orThrow(await zenqms.searchUsers({}, 200));
      return orThrow(await zenqms.searchUsers(text.includes('@') ? { email: text } : { name: text }, 200));
    },
    user: async (id, userId) => {
      const zenqms = await client(id);
      return orThrow(await zenqms.searchUsers({ id: userId }, 1))[0] ?? null;
    },
    allUsers: async (id) => {
      const zenqms = await client(id);
      const users = await ask(keyOf(zenqms, id), 'users', false, () => zenqms.searchUsers({ active: true }));
      return new Map(users.map((user) => [user.email.toLowerCase(), user.id]));
    },
    issuesOf: async (id, recordId) => orThrow(await (await client(id)).searchIssues([recordId])),
  };
}

const names = new WeakMap<object, string>();
let count = 0;
function keyOf(zenqms: object, id: string): string {
  const known = names.get(zenqms) ?? `${id}#${(count += 1)}`;
  names.set(zenqms, known);
  return known;
}

function orThrow<T>(called: Called<T>): T {
  if (called.kind === 'ok') return called.value;
  const { failure } = called;
  throw new ZenqmsError(KINDS[failure.class], failure.code ?? failure.class, failure.message, {
    ...(failure.httpStatus === undefined ? {} : { httpStatus: failure.httpStatus }),
    ...(failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs }),
  });
}

const KINDS: Record<Failure['class'], ZenqmsError['kind']> = {
  refused: 'refused',
  unauthorized: 'unauthorized',
  forbidden_scope: 'forbidden',
  not_found: 'not_found',
  duplicate: 'refused',
  rate_limited: 'retry',
  unavailable: 'retry',
  timeout: 'retry',
  network: 'retry',
  bad_answer: 'retry',
};
