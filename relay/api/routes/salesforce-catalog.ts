/** What can be chosen in an org, and whether an integration of it would work. */
import { z } from 'zod';
import type { ObjectDescribe as Describe } from '../../model/salesforce.ts';
import { pageOf } from '../cursor.ts';
import { notFound } from '../errors.ts';
import { existingSalesforce } from '../existing.ts';
import { matches } from '../given.ts';
import { type Route, route } from '../route.ts';
import { IdParam, ListParameters, RefreshParameter, listOf } from '../schemas/common.ts';
import { ObjectDescribe, ObjectSummary, Preflight, PreflightRequest } from '../schemas/connections.ts';

const tag = 'Salesforce connections';
const one = '/salesforce/connections/{id}';

export const salesforceCatalogRoutes: readonly Route[] = [
  route({
    method: 'get',
    path: `${one}/objects`,
    name: 'listObjects',
    tag,
    summary: "The org's objects; search looks in name and label",
    role: 'viewer',
    params: IdParam,
    query: z.strictObject({
      ...ListParameters,
      search: z.string().max(200).optional(),
      ...RefreshParameter,
    }),
    status: 200,
    answer: listOf(ObjectSummary),
    errors: [404, 409, 422],
    handle: async ({ services, params, query }) => {
      await existingSalesforce(services, params.id);
      const objects = await services.salesforce.objects(params.id, { refresh: query.refresh === 'true' });
      const found = objects.filter((object) => matches(query.search, object.name, object.label));
      const page = pageOf('objects', found, query);
      return {
        data: page.data.map(({ name, label, custom, changeEvents }) => ({ name, label, custom, changeEvents })),
        next: page.next,
      };
    },
  }),
  route({
    method: 'get',
    path: `${one}/objects/{name}`,
    name: 'describeObject',
    tag,
    summary: 'An object and its fields, as the connected user sees them',
    role: 'viewer',
    params: z.object({ id: IdParam.shape.id, name: z.string() }),
    query: z.strictObject({ ...RefreshParameter }),
    status: 200,
    answer: ObjectDescribe,
    errors: [404, 409, 422],
    handle: async ({ services, params, query }) => {
      await existingSalesforce(services, params.id);
      if (!/^[A-Za-z][A-Za-z0-9_]{0,119}$/.test(params.name)) throw notFound('The object');
      const describe = await services.salesforce.describe(params.id, params.name, { refresh: query.refresh === 'true' });
      if (!describe) throw notFound('The object (or the connected user may not see it)');
      return {
        name: describe.name,
        label: describe.label,
        fields: describe.fields.map(({ name, label, type, custom, relationshipName, referenceTo }) => ({
          name,
          label,
          type,
          custom,
          relationshipName,
          referenceTo,
        })),
        titleFallback: titleFallback(describe),
      };
    },
  }),
  route({
    method: 'post',
    path: `${one}/preflight`,
    name: 'preflight',
    tag,
    summary: 'Would an integration of this object work? Each check with its remedy',
    role: 'admin',
    params: IdParam,
    body: PreflightRequest,
    status: 200,
    answer: Preflight,
    errors: [404, 409, 422],
    handle: async ({ services, params, body }) => {
      await existingSalesforce(services, params.id);
      return services.preflight(params.id, body);
    },
  }),
];

function titleFallback(describe: Describe): 'Name' | 'Subject' | null {
  const has = (name: string): boolean => describe.fields.some((field) => field.name === name);
  return has('Name') ? 'Name' : has('Subject') ? 'Subject' : null;
}
