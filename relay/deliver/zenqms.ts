/**
 * ZenQMS's public API: the only file that knows its paths and names. Most of them are assumed by analogy, so the prefix of the paths,
 * the header and the scheme of the token can be set for each connection. Answers are parsed here; only our own names go out.
 */
import { z } from 'zod';
import type { CustomField, Issue, IssueCategory, NewIssue, ZenqmsUser } from '../model/issue.ts';
import { failed, type Called } from './failure.ts';
import { failureOf, malformed } from './failure-of.ts';
import { httpClient } from './http.ts';

export type { Called, Failure, FailureClass } from './failure.ts';

/** What delivering needs. Nothing here rejects. */
export interface IssueApi {
  /** Every Issue of these records that the token may read; any number of ids, asked for by the hundred. */
  searchIssues(recordIds: readonly string[], signal?: AbortSignal): Promise<Called<readonly Issue[]>>;
  createIssue(issue: NewIssue, idempotencyKey: string, signal?: AbortSignal): Promise<Called<Issue>>;
  getIssue(issueId: string): Promise<Called<Issue>>;
}

export interface UserFilters {
  readonly id?: string;
  /** Part of the first and last name. */
  readonly name?: string;
  readonly email?: string;
  readonly active?: boolean;
}

export interface ZenqmsClient extends IssueApi {
  /** @param limit how many at most; all by default */
  searchUsers(filters: UserFilters, limit?: number): Promise<Called<readonly ZenqmsUser[]>>;
  /** Those that the token may write to. */
  listCategories(): Promise<Called<readonly IssueCategory[]>>;
  /** Custom fields of the first stage, in form order. */
  listFields(categoryId: string): Promise<Called<readonly CustomField[]>>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

export interface ZenqmsClientOptions {
  /** May have a path, which goes before the prefix. */
  readonly baseUrl: string;
  readonly token: string;
  /** For one request, the wait for a connection included. */
  readonly timeoutMs: number;
  readonly connections: number;
  /** /v2 */
  readonly pathPrefix?: string;
  /** authorization */
  readonly authHeader?: string;
  /** Bearer; empty: the token alone */
  readonly authScheme?: string;
  readonly now?: () => number;
}

const SYSTEM = 'Salesforce';
const PAGE_SIZE = 100;
const IDS_A_CALL = 100;
/** 100,000 rows: more is a server that pages in circles. */
const MOST_PAGES = 1_000;
const MAX_ANSWER_BYTES = 8 * 1_048_576;

const page = <T extends z.ZodType>(item: T) => z.object({ total: z.number().int(), data: z.array(item) });
const issueAnswer = z.object({
  id: z.string().min(1),
  number: z.string(),
  category_id: z.string(),
  title: z.string(),
  status: z.string(),
  external_id: z.string().nullable(),
  created_at: z.string(),
});
const userAnswer = z.object({
  id: z.string().min(1),
  email: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  is_active: z.boolean(),
});
const categoryAnswer = z.object({
  id: z.string().min(1),
  name: z.string(),
  key: z.string(),
  state: z.enum(['active', 'inactive']),
});
const FIELD_TYPES = [
  'single_line_text',
  'paragraph_text',
  'formatted_text',
  'integer',
  'decimal',
  'date',
  'website',
  'yes_no',
  'single_selection',
  'multiple_selection',
  'role_single',
  'role_multiple',
  'user_single',
  'user_multiple',
] as const;
const fieldAnswer = z.object({
  id: z.string().min(1),
  label: z.string(),
  // All values are text: a type that ZenQMS adds later is filled as text, not a reason to see no fields at all.
  type: z.enum(FIELD_TYPES).catch('single_line_text'),
  required: z.boolean(),
  options: z.array(z.string()).nullish(),
});
const issuePage = page(issueAnswer);
const userPage = page(userAnswer);
const categoryPage = page(categoryAnswer);
const fieldPage = page(fieldAnswer);

export function zenqmsClient(options: ZenqmsClientOptions): ZenqmsClient {
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '') + (options.pathPrefix ?? '/v2');
  const scheme = options.authScheme ?? 'Bearer';
  const now = options.now ?? Date.now;
  const common = {
    [(options.authHeader ?? 'authorization').toLowerCase()]: scheme === '' ? options.token : `${scheme} ${options.token}`,
    accept: 'application/json',
    'user-agent': 'zenqms-for-salesforce',
  };
  const http = httpClient({
    origin: base.origin,
    connections: options.connections,
    timeoutMs: options.timeoutMs,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  });

  interface Call<T> {
    readonly path: string;
    readonly schema: z.ZodType<T>;
    readonly post?: unknown;
    readonly headers?: Record<string, string>;
    readonly signal?: AbortSignal | undefined;
    /** The call makes something. */
    readonly writes?: boolean;
  }
  const call = async <T>({ path, schema, post, headers, signal, writes = false }: Call<T>): Promise<Called<T>> => {
    const result = await http.send({
      method: post === undefined ? 'GET' : 'POST',
      path: prefix + path,
      headers: { ...common, ...(post === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(post === undefined ? {} : { body: JSON.stringify(post) }),
      ...(signal ? { signal } : {}),
    });
    if (result.kind !== 'answer' || result.status < 200 || result.status > 299) return failed(failureOf(result, writes, now()));
    const parsed = schema.safeParse(jsonOf(result.text));
    return parsed.success ? { kind: 'ok', value: parsed.data } : failed(malformed(result, parsed.error, writes));
  };

  const allPages = async <T>(
    limit: number,
    one: (page: number) => Promise<Called<{ total: number; data: T[] }>>,
  ): Promise<Called<T[]>> => {
    const items: T[] = [];
    for (let number = 1; number <= MOST_PAGES; number++) {
      const answer = await one(number);
      if (answer.kind === 'failed') return answer;
      items.push(...answer.value.data);
      if (answer.value.data.length === 0 || items.length >= Math.min(answer.value.total, limit))
        return { kind: 'ok', value: items.slice(0, limit) };
    }
    return failed({ class: 'bad_answer', message: `ZenQMS has more than ${MOST_PAGES} pages`, mayHaveHappened: false });
  };

  return {
    async searchIssues(recordIds, signal) {
      const wanted = [...new Set(recordIds)];
      const found: Issue[] = [];
      for (let from = 0; from < wanted.length; from += IDS_A_CALL) {
        const ids = wanted.slice(from, from + IDS_A_CALL);
        const filters = { external_system: SYSTEM, external_id: ids };
        const answer = await allPages(Infinity, (page) =>
          call({ path: '/issues/search', schema: issuePage, post: { filters, page, page_size: PAGE_SIZE }, signal }),
        );
        if (answer.kind === 'failed') return answer;
        // A server that overlooks the filter would otherwise give every record somebody else's Issue.
        const asked = new Set(ids);
        found.push(...answer.value.map(toIssue).filter((issue) => issue.externalId !== null && asked.has(issue.externalId)));
      }
      return { kind: 'ok', value: found };
    },
    async createIssue(issue, idempotencyKey, signal) {
      const headers = { 'idempotency-key': idempotencyKey };
      const made = await call({ path: '/issues', schema: issueAnswer, post: fromNewIssue(issue), headers, signal, writes: true });
      if (made.kind === 'failed') return made;
      if (made.value.external_id === issue.externalId) return { kind: 'ok', value: toIssue(made.value) };
      const message = `ZenQMS answered with Issue ${made.value.number}, which is not this record's`;
      return failed({ class: 'bad_answer', httpStatus: 201, message, mayHaveHappened: true });
    },
    async getIssue(issueId) {
      const answer = await call({ path: `/issues/${encodeURIComponent(issueId)}`, schema: issueAnswer });
      return answer.kind === 'ok' ? { kind: 'ok', value: toIssue(answer.value) } : answer;
    },
    async searchUsers({ active, ...filters }, limit = Infinity) {
      const wanted = { ...filters, ...(active === undefined ? {} : { is_active: active }) };
      const answer = await allPages(limit, (page) =>
        call({ path: '/users/search', schema: userPage, post: { filters: wanted, page, page_size: PAGE_SIZE } }),
      );
      return answer.kind === 'ok' ? { kind: 'ok', value: answer.value.map(toUser) } : answer;
    },
    listCategories: () =>
      allPages(Infinity, (page) => call({ path: `/issue-categories?page=${page}&page_size=${PAGE_SIZE}`, schema: categoryPage })),
    async listFields(categoryId) {
      const path = `/issue-categories/${encodeURIComponent(categoryId)}/fields?stage=first`;
      const answer = await call({ path, schema: fieldPage });
      if (answer.kind === 'failed') return answer;
      return { kind: 'ok', value: answer.value.data.map((field) => ({ ...field, options: field.options ?? null })) };
    },
    close: () => http.close(),
  };
}

function fromNewIssue(issue: NewIssue): unknown {
  return {
    category_id: issue.categoryId,
    title: issue.title,
    due_date: issue.dueDate,
    assignee_id: issue.assigneeId,
    first_stage_assignee_id: issue.firstStageAssigneeId,
    external_system: SYSTEM,
    external_id: issue.externalId,
    custom_fields: issue.customFields.map(({ fieldId, value }) => ({ field_id: fieldId, value })),
  };
}

const toIssue = (answer: z.infer<typeof issueAnswer>): Issue => ({
  id: answer.id,
  number: answer.number,
  categoryId: answer.category_id,
  title: answer.title,
  status: answer.status,
  externalId: answer.external_id,
  createdAt: answer.created_at,
});

const toUser = (answer: z.infer<typeof userAnswer>): ZenqmsUser => ({
  id: answer.id,
  name: `${answer.first_name} ${answer.last_name}`.trim(),
  email: answer.email,
  active: answer.is_active,
});

/** undefined, which no schema takes, for what is not JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
