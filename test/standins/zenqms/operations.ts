/** The six operations, on requests that already keep to the contract. */
import { failure, page, type Answer, type Detail } from './answer.ts';
import type { OperationId } from './contract.ts';
import { fieldProblem } from './field-rules.ts';
import type { Category, Token } from './seed.ts';
import type { Settings } from './settings.ts';
import type { Issue, NewIssue, Store } from './store.ts';

export interface Request {
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | number>>;
  readonly body: unknown;
  readonly idempotencyKey: string | null;
}

type Handler = (store: Store, token: Token, request: Request, settings: Settings) => Answer;

export const handlers: Record<OperationId, Handler> = {
  searchUsers,
  listIssueCategories,
  listIssueCategoryFields,
  searchIssues,
  createIssue,
  getIssue,
};

interface Search {
  filters?: { id?: string; name?: string; email?: string; is_active?: boolean };
  page?: number;
  page_size?: number;
}

/** `name` and `email` find parts, in any case; `id` finds exactly. */
function searchUsers(store: Store, token: Token, request: Request): Answer {
  if (!token.usersRead) return lacks('users:read');
  const { filters = {}, page: number = 1, page_size: size = 100 } = request.body as Search;
  const has = (text: string, part: string | undefined) => part === undefined || text.toLowerCase().includes(part.toLowerCase());
  const found = store.users.filter(
    (user) =>
      (filters.id === undefined || user.id === filters.id) &&
      has(`${user.first_name} ${user.last_name}`, filters.name) &&
      has(user.email, filters.email) &&
      (filters.is_active === undefined || user.is_active === filters.is_active),
  );
  return page(found, number, size);
}

function listIssueCategories(store: Store, token: Token, request: Request): Answer {
  if (Object.keys(token.categories).length === 0) return lacks('issues:write');
  const writable = store.categories
    .filter((category) => may(token, category, 'write'))
    .map(({ id, name, key, state, description }) => ({ id, name, key, state, description }));
  return page(writable, request.query.page as number, request.query.page_size as number);
}

function listIssueCategoryFields(store: Store, token: Token, request: Request): Answer {
  const category = store.categories.find((each) => each.id === request.path.categoryId);
  if (!category) return failure(404, 'not_found', 'There is no such Issue category');
  if (!may(token, category, 'read')) return lacks(`issues:read ${category.key}`);
  return page(category.fields, 1, Math.max(category.fields.length, 1));
}

function searchIssues(store: Store, token: Token, request: Request): Answer {
  if (Object.keys(token.categories).length === 0) return lacks('issues:read');
  const {
    filters,
    page: number = 1,
    page_size: size = 100,
  } = request.body as {
    filters: { external_id: string | string[] };
    page?: number;
    page_size?: number;
  };
  const found = store.search([filters.external_id].flat()).filter((issue) => mayRead(store, token, issue));
  return page(found, number, size);
}

function getIssue(store: Store, token: Token, request: Request): Answer {
  const issue = store.byId(request.path.issueId!);
  if (!issue || !mayRead(store, token, issue)) return failure(404, 'not_found', 'There is no such Issue');
  return { status: 200, body: issue };
}

function createIssue(store: Store, token: Token, request: Request, settings: Settings): Answer {
  const wanted = request.body as NewIssue;
  const category = store.categories.find((each) => each.id === wanted.category_id);
  if (category && !may(token, category, 'write')) return lacks(`issues:write ${category.key}`);
  const details = problems(store, category, wanted);
  if (details.length > 0 || !category) return failure(422, 'unprocessable', 'The Issue cannot be created as it is', details);
  const key = settings.honourIdempotencyKey ? request.idempotencyKey : null;
  const text = JSON.stringify(wanted);
  const before = key === null ? undefined : store.keys.get(key);
  if (before) {
    if (before.request !== text) return failure(422, 'idempotency_key_reused', 'This Idempotency-Key came with another request');
    return { status: 201, body: before.issue };
  }
  const same = settings.uniqueExternalIds ? store.existing(wanted.external_id, category.id) : undefined;
  if (same)
    return failure(409, 'duplicate_external_id', `${same.number} already has this external_id`, [
      { field: 'external_id', message: same.id },
    ]);
  const issue = store.add(wanted, category, settings.searchLagMs);
  if (key !== null) store.keys.set(key, { request: text, issue });
  return { status: 201, body: issue };
}

function problems(store: Store, category: Category | undefined, wanted: NewIssue): Detail[] {
  const details: Detail[] = [];
  const add = (field: string, message: string | null) => void (message !== null && details.push({ field, message }));
  if (!category) add('category_id', 'there is no such Issue category');
  else if (category.state === 'inactive') add('category_id', 'this Issue category is not active');
  for (const name of ['assignee_id', 'first_stage_assignee_id'] as const) {
    const user = store.users.find((each) => each.id === wanted[name]);
    add(name, user ? (user.is_active ? null : 'this user is not active') : 'there is no such user');
  }
  if (wanted.title.trim() === '') add('title', 'may not be blank');
  if (!category) return details;
  const given = new Set<string>();
  for (const [index, { field_id: id, value }] of wanted.custom_fields.entries()) {
    const field = category.fields.find((each) => each.id === id);
    const path = `custom_fields[${index}]`;
    if (!field) add(`${path}.field_id`, `${category.key} has no field ${id} in its first stage`);
    else if (given.has(id)) add(`${path}.field_id`, `${field.label} is given twice`);
    else {
      const problem = fieldProblem(field, value, store.users);
      add(`${path}.value`, problem === null ? null : `${field.label}: ${problem}`);
    }
    given.add(id);
  }
  for (const field of category.fields)
    if (field.required && !given.has(field.id)) add('custom_fields', `${field.label} (${field.id}) is required`);
  return details;
}

function may(token: Token, category: Category, what: 'read' | 'write'): boolean {
  const granted = token.categories[category.key] ?? token.categories['*'];
  return granted === 'write' || granted === what;
}

function mayRead(store: Store, token: Token, issue: Issue): boolean {
  const category = store.categories.find((each) => each.id === issue.category_id);
  return category !== undefined && may(token, category, 'read');
}

const lacks = (scope: string): Answer => failure(403, 'insufficient_scope', `The token lacks the scope ${scope}`);
