/** Preflight, ZenQMS's half: the token and its scopes, the category, the assignee. */
import { REMEDY, zenqmsProblem } from '../integrations/validate/index.ts';
import { type ZenqmsCatalog, ZenqmsError } from '../model/catalog.ts';
import type { IssueCategory, ZenqmsUser } from '../model/issue.ts';
import { type Check, fail, pass } from './check.ts';

export interface ZenqmsInput {
  readonly catalog: Pick<ZenqmsCatalog, 'categories' | 'users' | 'user'>;
  readonly connectionId: string;
  readonly categoryId: string | null;
  readonly assigneeId: string | null;
}

/** ZenQMS article 51861423246227: what the assignee of an Issue needs; the API doesn't tell who has it. */
const ASSIGNEE_PERMISSION =
  'ZenQMS does not tell through its API whether the assignee has the permission “Can See All Issues”; look at the user in ZenQMS.';

export async function preflightZenqms(input: ZenqmsInput): Promise<Check[]> {
  return (await Promise.all([categoryChecks(input), userChecks(input)])).flat();
}

async function categoryChecks({ catalog, connectionId, categoryId }: ZenqmsInput): Promise<Check[]> {
  const name = 'zenqms_category_scope';
  let categories: readonly IssueCategory[];
  try {
    categories = await catalog.categories(connectionId);
  } catch (error) {
    return [failed(name, error)];
  }
  const scope =
    categories.length > 0
      ? pass(
          name,
          `The API token may write to ${categories.length === 1 ? 'one Issue category' : `${categories.length} Issue categories`}.`,
        )
      : fail(name, 'The API token may write to no Issue category.', REMEDY.zenqmsToken);
  if (categoryId === null) return [scope];
  const category = categories.find(({ id }) => id === categoryId);
  if (!category) {
    const message = 'There is no such Issue category, or the API token may not write to it.';
    return [scope, fail('zenqms_category', message, REMEDY.category)];
  }
  if (category.state === 'active') return [scope, pass('zenqms_category', `The Issue category “${category.name}” is active.`)];
  return [scope, fail('zenqms_category', `The Issue category “${category.name}” is inactive.`, REMEDY.category)];
}

async function userChecks({ catalog, connectionId, assigneeId }: ZenqmsInput): Promise<Check[]> {
  const name = 'zenqms_user_scope';
  let assignee: ZenqmsUser | null;
  try {
    if (assigneeId === null) {
      await catalog.users(connectionId, '');
      return [pass(name, 'The API token may read users.')];
    }
    assignee = await catalog.user(connectionId, assigneeId);
  } catch (error) {
    if (!(error instanceof ZenqmsError) || error.kind !== 'not_found') return [failed(name, error)];
    assignee = null;
  }
  const scope = pass(name, 'The API token may read users.');
  if (!assignee) return [scope, fail('zenqms_assignee', 'ZenQMS has no such user.', REMEDY.assignee)];
  if (!assignee.active) return [scope, fail('zenqms_assignee', `${assignee.name} is not active in ZenQMS.`, REMEDY.assignee)];
  return [scope, pass('zenqms_assignee', `${assignee.name} is active in ZenQMS.`, ASSIGNEE_PERMISSION)];
}

function failed(name: string, error: unknown): Check {
  const found = zenqmsProblem(error);
  return fail(name, found.message, found.code === 'zenqms_unavailable' ? REMEDY.wait : REMEDY.zenqmsToken);
}
