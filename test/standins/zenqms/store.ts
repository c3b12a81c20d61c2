/** What the account holds. All in memory; Issues are found by external id without a scan, so that a bench measures the relay. */
import { seedCategories, seedTokens, seedUsers, type Category, type Token, type User } from './seed.ts';

export interface NewIssue {
  category_id: string;
  title: string;
  due_date: string;
  assignee_id: string;
  first_stage_assignee_id: string;
  external_system: 'Salesforce';
  external_id: string;
  custom_fields: { field_id: string; value: string }[];
}

export interface Issue extends NewIssue {
  id: string;
  number: string;
  status: string;
  created_at: string;
}

interface Stored {
  readonly issue: Issue;
  /** Milliseconds from which a search finds it: search lags behind creates. */
  readonly visibleFrom: number;
}

export interface Store {
  readonly users: User[];
  readonly categories: Category[];
  readonly tokens: Map<string, Token>;
  /** By Idempotency-Key: the request as sent, and the Issue it made. */
  readonly keys: Map<string, { request: string; issue: Issue }>;
  add(request: NewIssue, category: Category, searchLagMs: number): Issue;
  byId(id: string): Issue | undefined;
  /** What a search sees now, oldest first. */
  search(externalIds: readonly string[]): Issue[];
  /** What is really there, lag or not. */
  existing(externalId: string, categoryId: string): Issue | undefined;
  delete(id: string): boolean;
  all(): Issue[];
  count(): number;
}

export function createStore(now: () => number, tokens: readonly Token[] = []): Store {
  const users = seedUsers();
  const categories = seedCategories();
  const issues = new Map<string, Stored>();
  const byExternalId = new Map<string, Stored[]>();
  let made = 0;
  return {
    users,
    categories,
    tokens: new Map([...seedTokens(), ...tokens].map((token) => [token.token, token])),
    keys: new Map(),
    add(request, category, searchLagMs) {
      made += 1;
      const at = now();
      const issue: Issue = {
        id: `iss_${String(made).padStart(7, '0')}`,
        number: `${category.key}-${category.nextNumber++}`,
        ...request,
        status: 'open',
        created_at: new Date(at).toISOString(),
      };
      const stored = { issue, visibleFrom: at + searchLagMs };
      issues.set(issue.id, stored);
      const same = byExternalId.get(issue.external_id);
      if (same) same.push(stored);
      else byExternalId.set(issue.external_id, [stored]);
      return issue;
    },
    byId: (id) => issues.get(id)?.issue,
    search(externalIds) {
      const at = now();
      return [...new Set(externalIds)].flatMap((id) =>
        (byExternalId.get(id) ?? []).filter((stored) => stored.visibleFrom <= at).map((stored) => stored.issue),
      );
    },
    existing: (externalId, categoryId) =>
      byExternalId.get(externalId)?.find((stored) => stored.issue.category_id === categoryId)?.issue,
    delete(id) {
      const stored = issues.get(id);
      if (!stored) return false;
      issues.delete(id);
      const rest = byExternalId.get(stored.issue.external_id)!.filter((each) => each !== stored);
      if (rest.length === 0) byExternalId.delete(stored.issue.external_id);
      else byExternalId.set(stored.issue.external_id, rest);
      return true;
    },
    all: () => [...issues.values()].map((stored) => stored.issue),
    count: () => issues.size,
  };
}
