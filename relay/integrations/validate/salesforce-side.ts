/** What an integration says of Salesforce: the object, the formula, the fields. */
import { type Related, compileFilter, hasFormula, formulaSchema, lookUpPath, relationship } from '../../decide/index.ts';
import type { FieldInfo, Problem, ProblemCode, Program } from '../../formula/index.ts';
import type { SalesforceCatalog } from '../../model/catalog.ts';
import type { IntegrationDefinition } from '../../model/integration.ts';
import type { ObjectDescribe } from '../../model/salesforce.ts';
import { neverTrueOn } from './never.ts';
import { type IntegrationProblem, closest, problem, salesforceProblem } from './problem.ts';
import { loadRelated } from './related.ts';
import { canBeDueDate, hasText } from './sense.ts';

/** What is known of the Salesforce side once it was asked; what a problem kept from being known is null. */
export interface SalesforceFindings {
  readonly problems: readonly IntegrationProblem[];
  readonly describe: ObjectDescribe | null;
  readonly related: Related;
  readonly program: Program | null;
  /** The field of each mapping, by its index. */
  readonly mapped: readonly (FieldInfo | null)[];
}

export const UNKNOWN: SalesforceFindings = {
  problems: [],
  describe: null,
  related: () => undefined,
  program: null,
  mapped: [],
};

/** @param options.refresh asks Salesforce anew instead of what was remembered for minutes */
export async function askSalesforce(
  draft: IntegrationDefinition,
  catalog: Pick<SalesforceCatalog, 'objects' | 'describe'>,
  options: { refresh?: boolean } = {},
): Promise<SalesforceFindings> {
  try {
    const describe = await catalog.describe(draft.salesforceConnectionId, draft.object, options);
    const objects = await catalog.objects(draft.salesforceConnectionId, options);
    if (!describe) {
      const suggestion = closest(
        draft.object,
        objects.map((object) => object.name),
      );
      const message = `There is no object ${draft.object}, or the connected user can't read it.${didYouMean(suggestion)}`;
      return {
        ...UNKNOWN,
        problems: [problem('object', 'unknown_object', message, { suggestion }), ...syntaxOnly(draft)],
      };
    }
    const summary = objects.find((object) => object.name.toLowerCase() === describe.name.toLowerCase());
    const problems: IntegrationProblem[] = [];
    if (summary && !summary.changeEvents) {
      const message = `${describe.label} has no change events in this org, so its changes can't be followed. Custom objects and many standard ones have them.`;
      problems.push(problem('object', 'object_without_change_events', message));
    }
    const related = await loadRelated(catalog, draft.salesforceConnectionId, describe, textsOf(draft), options);
    const formula = checkFormula(draft, describe, related);
    const mapped = draft.fieldMappings.map((mapping) => lookUpPath(describe, related, mapping.salesforceField)?.field ?? null);
    problems.push(...formula.problems, ...checkFields(draft, describe, related));
    return { problems, describe, related, program: formula.program, mapped };
  } catch (error) {
    return { ...UNKNOWN, problems: [salesforceProblem(error), ...syntaxOnly(draft)] };
  }
}

/** Everything of an integration that may hold a relationship path. */
export function textsOf(draft: IntegrationDefinition): (string | null)[] {
  return [
    draft.filterFormula,
    draft.title?.field ?? null,
    draft.dueDate.from === 'field' ? draft.dueDate.field : null,
    ...draft.fieldMappings.map((mapping) => mapping.salesforceField),
  ];
}

const CODES: Readonly<Record<ProblemCode, string>> = {
  formula_syntax: 'formula_syntax',
  formula_type: 'formula_type',
  formula_unknown_field: 'formula_unknown_field',
  formula_unknown_function: 'formula_syntax',
  formula_unsupported: 'formula_type',
  formula_arguments: 'formula_type',
  formula_regex: 'formula_syntax',
  formula_too_long: 'formula_syntax',
  formula_too_deep: 'formula_syntax',
};

function checkFormula(
  draft: IntegrationDefinition,
  describe: ObjectDescribe,
  related: Related,
): { readonly problems: readonly IntegrationProblem[]; readonly program: Program | null } {
  if (!hasFormula(draft)) return { problems: [], program: null };
  const compiled = compileFilter(draft.filterFormula, describe, related);
  if (!compiled.ok) return { problems: compiled.problems.map((found) => inFormula(found, 'error')), program: null };
  const problems = compiled.program.warnings.map((found) => inFormula(found, 'warning'));
  const never = neverTrueOn(draft.triggerOn, compiled.program);
  if (never) problems.push(problem('filterFormula', 'formula_never_true', never, { severity: 'warning' }));
  return { problems, program: compiled.program };
}

/** With no object to check against, what is wrong with a formula's text still is. */
export function syntaxOnly(draft: Pick<IntegrationDefinition, 'filterFormula'>): IntegrationProblem[] {
  if (!hasFormula(draft)) return [];
  const nothing: ObjectDescribe = { name: '', label: '', custom: false, fields: [] };
  const compiled = compileFilter(draft.filterFormula, nothing, () => undefined);
  if (compiled.ok) return [];
  return compiled.problems.map((found) => inFormula(found, 'error')).filter((found) => found.code === 'formula_syntax');
}

function inFormula(found: Problem, severity: 'error' | 'warning'): IntegrationProblem {
  const { offset, length, line, column } = found;
  const position = { offset, length, line, column };
  return problem('filterFormula', CODES[found.code], found.message, { severity, position, suggestion: found.suggestion });
}

function checkFields(draft: IntegrationDefinition, describe: ObjectDescribe, related: Related): IntegrationProblem[] {
  const problems: IntegrationProblem[] = [];
  const check = (path: string, name: string, fits: (field: FieldInfo) => IntegrationProblem | null): void => {
    const field = lookUpPath(describe, related, name)?.field;
    const found = field ? fits(field) : unknownField(path, name, describe, related);
    if (found) problems.push(found);
  };
  if (draft.title) {
    check('title.field', draft.title.field, (field) =>
      hasText(field)
        ? null
        : problem('title.field', 'title_not_text', `A ${field.type} field has no text form, so it can't be the title.`),
    );
  }
  if (draft.dueDate.from === 'field') {
    check('dueDate.field', draft.dueDate.field, (field) =>
      canBeDueDate(field)
        ? null
        : problem(
            'dueDate.field',
            'due_date_not_a_date',
            `The due date needs a date or date-time field; ${field.name} is a ${field.type} field.`,
          ),
    );
  }
  draft.fieldMappings.forEach(({ salesforceField }, index) => {
    const path = `fieldMappings[${index}].salesforceField`;
    check(path, salesforceField, (field) =>
      hasText(field) ? null : problem(path, 'mapping_not_text', `A ${field.type} field has no text form, so it can't be mapped.`),
    );
  });
  return problems;
}

function unknownField(path: string, name: string, describe: ObjectDescribe, related: Related): IntegrationProblem {
  const { message, suggestion } = fieldMessage(name, describe, related);
  return problem(path, 'unknown_salesforce_field', message, { suggestion });
}

/** Why a name is not a field that can be read, and what was probably meant. */
export function fieldMessage(
  name: string,
  describe: ObjectDescribe,
  related: Related,
): { readonly message: string; readonly suggestion?: string | undefined } {
  const segments = name.split('.');
  const found = formulaSchema(describe, related).field(segments);
  if (found.kind === 'ambiguous') return { message: found.message };
  const reference = segments.length === 1 ? relationship(describe, name) : undefined;
  if (reference) {
    const suggestion = `${reference.relationshipName}.Name`;
    return { message: `${name} is a relationship, not a field.${didYouMean(suggestion)}`, suggestion };
  }
  const at = found.kind === 'unknown' ? found.at : 0;
  const near = closest(segments[at] ?? '', found.kind === 'unknown' ? found.candidates : []);
  const suggestion = near === undefined ? undefined : segments.with(at, near).join('.');
  const message = `${describe.label} has no field ${name}, or the connected user can't read it.${didYouMean(suggestion)}`;
  return { message, suggestion };
}

const didYouMean = (suggestion: string | undefined): string => (suggestion ? ` Did you mean ${suggestion}?` : '');
