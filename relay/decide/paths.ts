/** What has to be asked of Salesforce for one integration. */
import type { Program } from '../formula/index.ts';
import type { IntegrationDefinition } from '../model/integration.ts';
import type { ObjectDescribe } from '../model/salesforce.ts';
import { type Related, fieldsByName, lookUpPath } from './schema.ts';
import { componentsOf, eventPath } from './wire.ts';

type Needs = Pick<IntegrationDefinition, 'fieldMappings' | 'title' | 'dueDate'>;

/**
 * Every path to fetch for the decision, the title, the due date and the mapping, each once. Those of the formula are spelt as the
 * describe does, those of the mapping as configured: the record is keyed by the paths as asked, and both are looked up in it.
 * @param related for the currencies of amounts behind relationship paths
 */
export function requiredPaths(
  integration: Needs,
  program: Program | null,
  describe: ObjectDescribe,
  related: Related = () => undefined,
): string[] {
  const fields = fieldsByName(describe);
  const paths = new Set<string>(['Id']);
  for (const path of program?.fields ?? []) {
    paths.add(path);
    const field = fields.get(path.toLowerCase());
    // A person's name is put together anew where the event has another part than the record has by now.
    if (field?.type === 'string') for (const part of componentsOf(describe, field.name).values()) paths.add(part.name);
  }
  // Tells whether the record has changed since its creation was reported.
  if (program && fields.has('lastmodifieddate')) paths.add('LastModifiedDate');
  for (const mapping of integration.fieldMappings) paths.add(mapping.salesforceField);
  if (integration.title) paths.add(integration.title.field);
  for (const field of titleFallbacks(describe)) paths.add(field);
  if (integration.dueDate.from === 'field') paths.add(integration.dueDate.field);
  for (const path of currencyPaths(integration, describe, related)) paths.add(path);
  return [...paths];
}

/** Where a title comes from when none is configured, or the configured field is empty: Name, Subject, then the object's own name field. */
export function titleFallbacks(describe: ObjectDescribe): string[] {
  const fields = fieldsByName(describe);
  const found = ['name', 'subject'].flatMap((name) => fields.get(name)?.name ?? []);
  const own = describe.fields.find((field) => field.nameField)?.name;
  return own && !found.includes(own) ? [...found, own] : found;
}

/** The fields whose earlier values must be remembered, as the change event spells them: `Name.FirstName` for PRIORVALUE(FirstName). */
export function priorPaths(program: Program | null, describe: ObjectDescribe): string[] {
  return (program?.prior ?? []).map((path) => {
    const field = fieldsByName(describe).get(path.toLowerCase());
    return field ? eventPath(field) : path;
  });
}

/** An amount's currency stands on its own record: Account.CurrencyIsoCode for Account.AnnualRevenue. Only orgs with several have it. */
function currencyPaths(integration: Needs, describe: ObjectDescribe, related: Related): string[] {
  const mapped = [...integration.fieldMappings.map(({ salesforceField }) => salesforceField), integration.title?.field ?? ''];
  return mapped.flatMap((path) => {
    if (lookUpPath(describe, related, path)?.field.type !== 'currency') return [];
    return lookUpPath(describe, related, `${path.slice(0, path.lastIndexOf('.') + 1)}CurrencyIsoCode`)?.path ?? [];
  });
}
