/** The describes of the objects that a definition's relationship paths lead through, asked for before anything is compiled. */
import { MAX_RELATIONSHIPS, type Related, relationship } from '../decide/index.ts';
import type { SalesforceCatalog } from '../model/catalog.ts';
import type { IntegrationDefinition } from '../model/integration.ts';
import type { ObjectDescribe } from '../model/salesforce.ts';

/** Any dotted name: whatever of it is no relationship is met by the compiler, which says so. */
const DOTTED = /[A-Za-z]\w*(?:\s*\.\s*[A-Za-z]\w*)+/g;

export async function relatedDescribes(
  catalog: SalesforceCatalog,
  connectionId: string,
  root: ObjectDescribe,
  definition: Pick<IntegrationDefinition, 'filterFormula' | 'fieldMappings' | 'title' | 'dueDate'>,
): Promise<Related> {
  const known = new Map<string, ObjectDescribe>([[root.name.toLowerCase(), root]]);
  const texts = [
    ...(definition.filterFormula?.match(DOTTED) ?? []),
    ...definition.fieldMappings.map((mapping) => mapping.salesforceField),
    definition.title?.field ?? '',
    definition.dueDate.from === 'field' ? definition.dueDate.field : '',
  ];
  for (const text of texts) {
    let object: ObjectDescribe | undefined = root;
    for (const segment of text.split('.').slice(0, -1).slice(0, MAX_RELATIONSHIPS)) {
      const target: string | undefined = object && relationship(object, segment.trim())?.referenceTo[0];
      if (target === undefined) break;
      object = known.get(target.toLowerCase()) ?? (await catalog.describe(connectionId, target)) ?? undefined;
      if (object) known.set(target.toLowerCase(), object);
    }
  }
  return (name) => known.get(name.toLowerCase());
}
