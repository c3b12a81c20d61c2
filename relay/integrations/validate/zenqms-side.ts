/** What an integration says of ZenQMS: the category, its first-stage fields, the assignee. */
import { type ZenqmsCatalog, ZenqmsError } from '../../model/catalog.ts';
import type { CustomField, ZenqmsUser } from '../../model/issue.ts';
import type { IntegrationDefinition } from '../../model/integration.ts';
import { type IntegrationProblem, problem, zenqmsProblem } from './problem.ts';

export interface ZenqmsFindings {
  readonly problems: readonly IntegrationProblem[];
  /** Of the category's first stage; null: not known. */
  readonly fields: readonly CustomField[] | null;
}

type Catalog = Pick<ZenqmsCatalog, 'categories' | 'fields' | 'user'>;

/** Asks for the category, its fields and the assignee; a part that can't be asked doesn't hide the others' problems. */
export async function askZenqms(
  draft: IntegrationDefinition,
  catalog: Catalog,
  options: { refresh?: boolean } = {},
): Promise<ZenqmsFindings> {
  const [category, assignee] = await Promise.all([askCategory(draft, catalog, options), askAssignee(draft, catalog)]);
  const problems = [...category.problems, ...assignee];
  // Both asked the same server: one sentence about it is enough.
  const once = problems.filter(
    ({ path, code }, index) => path !== 'zenqmsConnectionId' || problems.findIndex((other) => other.code === code) === index,
  );
  return { problems: once, fields: category.fields };
}

async function askCategory(
  draft: IntegrationDefinition,
  catalog: Catalog,
  options: { refresh?: boolean },
): Promise<ZenqmsFindings> {
  const { zenqmsConnectionId, categoryId } = draft;
  try {
    const categories = await catalog.categories(zenqmsConnectionId, options);
    const category = categories.find(({ id }) => id === categoryId);
    if (!category) {
      const message = 'There is no such Issue category, or the API token may not write to it.';
      return { problems: [problem('categoryId', 'unknown_category', message)], fields: null };
    }
    const inactive =
      category.state === 'active'
        ? []
        : [
            problem(
              'categoryId',
              'unknown_category',
              `The Issue category “${category.name}” is inactive: no Issue can be created in it.`,
            ),
          ];
    const fields = await catalog.fields(zenqmsConnectionId, categoryId, options);
    return { problems: [...inactive, ...checkMappings(draft, fields)], fields };
  } catch (error) {
    return { problems: [zenqmsProblem(error)], fields: null };
  }
}

function checkMappings(draft: IntegrationDefinition, fields: readonly CustomField[]): IntegrationProblem[] {
  const known = new Set(fields.map((field) => field.id));
  const mapped = new Set(draft.fieldMappings.map((mapping) => mapping.zenqmsFieldId));
  const unknown = draft.fieldMappings.flatMap(({ zenqmsFieldId }, index) =>
    known.has(zenqmsFieldId)
      ? []
      : [
          problem(
            `fieldMappings[${index}].zenqmsFieldId`,
            'unknown_zenqms_field',
            "The category's first stage has no such field.",
          ),
        ],
  );
  const unmapped = fields
    .filter((field) => field.required && !mapped.has(field.id))
    .map((field) =>
      problem(
        'fieldMappings',
        'required_zenqms_field_unmapped',
        `The category requires “${field.label}”, and no Salesforce field is mapped to it.`,
      ),
    );
  return [...unknown, ...unmapped];
}

async function askAssignee(draft: IntegrationDefinition, catalog: Catalog): Promise<IntegrationProblem[]> {
  try {
    return checkAssignee(await catalog.user(draft.zenqmsConnectionId, draft.assigneeId));
  } catch (error) {
    if (error instanceof ZenqmsError && error.kind === 'not_found') return checkAssignee(null);
    return [zenqmsProblem(error)];
  }
}

function checkAssignee(user: ZenqmsUser | null): IntegrationProblem[] {
  if (!user) return [problem('assigneeId', 'unknown_assignee', 'ZenQMS has no such user.')];
  if (user.active) return [];
  return [problem('assigneeId', 'unknown_assignee', `${user.name} is not active in ZenQMS and can't be assigned an Issue.`)];
}
