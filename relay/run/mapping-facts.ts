/** What mapping must know beside the record: the category's fields, the fields that paths end in, users where a user field is mapped. */
import { loadRelated } from '../integrations/validate/index.ts';
import type { MapInput } from '../map/map.ts';
import type { SalesforceCatalog, ZenqmsCatalog } from '../model/catalog.ts';
import type { IntegrationDefinition } from '../model/integration.ts';
import type { FieldDescribe, ObjectDescribe } from '../model/salesforce.ts';
import { fieldsByName, relationship } from '../decide/index.ts';

export type MappingFacts = Pick<MapInput, 'fields' | 'fieldOf' | 'users' | 'multiCurrency'>;

/** @throws SalesforceError, ZenqmsError */
export type MappingFactsOf = (definition: IntegrationDefinition, describe: ObjectDescribe) => Promise<MappingFacts>;

export function mappingFactsOf(sides: {
  salesforce: SalesforceCatalog;
  zenqms: ZenqmsCatalog;
  allUsers: (connectionId: string) => Promise<ReadonlyMap<string, string>>;
}): MappingFactsOf {
  return async (definition, describe) => {
    const { salesforceConnectionId, zenqmsConnectionId, categoryId, fieldMappings } = definition;
    const paths = [
      ...fieldMappings.map((mapping) => mapping.salesforceField),
      ...(definition.title ? [definition.title.field] : []),
    ];
    const [fields, related] = await Promise.all([
      fieldMappings.length === 0 ? [] : sides.zenqms.fields(zenqmsConnectionId, categoryId),
      loadRelated(sides.salesforce, salesforceConnectionId, describe, paths),
    ]);
    const mapsUsers = fieldMappings.some(({ zenqmsFieldId }) =>
      fields.some((field) => field.id === zenqmsFieldId && field.type.startsWith('user_')),
    );
    const mapsMoney = fieldMappings.some(
      ({ salesforceField }) => fieldAt(describe, related, salesforceField)?.type === 'currency',
    );
    return {
      fields,
      fieldOf: (path) => fieldAt(describe, related, path),
      users: mapsUsers ? await sides.allUsers(zenqmsConnectionId) : null,
      multiCurrency: mapsMoney ? (await sides.salesforce.org(salesforceConnectionId)).multiCurrency : false,
    };
  };
}

function fieldAt(
  root: ObjectDescribe,
  related: (object: string) => ObjectDescribe | undefined,
  path: string,
): FieldDescribe | undefined {
  let object: ObjectDescribe | undefined = root;
  const segments = path.split('.');
  for (const segment of segments.slice(0, -1)) {
    const reference: FieldDescribe | undefined = object && relationship(object, segment);
    object = reference?.referenceTo.length === 1 ? related(reference.referenceTo[0] ?? '') : undefined;
  }
  return object && fieldsByName(object).get(segments.at(-1)?.toLowerCase() ?? '');
}
