/** ZenQMS connections, and what can be chosen in the account. */
import { z } from 'zod';
import {
  ZENQMS_DEFAULTS,
  createZenqmsConnection,
  deleteZenqmsConnection,
  updateZenqmsConnection,
  zenqmsConnections,
  zenqmsCredentials,
} from '../../connections/zenqms-connections.ts';
import type { ZenqmsConnection as Connection, ZenqmsCredentials } from '../../model/connection.ts';
import type { ZenqmsUser as User } from '../../model/issue.ts';
import { audit, auditedZenqms } from '../audit.ts';
import { ID_KEY, pageOf, pageRequest, presentPage } from '../cursor.ts';
import { conflict, notFound, wrong } from '../errors.ts';
import { existingZenqms } from '../existing.ts';
import { checkedUrl, given, matches } from '../given.ts';
import { type Route, route } from '../route.ts';
import { IdParam, ListParameters, ListQuery, RefreshParameter, SearchParameter, listOf } from '../schemas/common.ts';
import {
  Category,
  CategoryField,
  NewZenqmsConnection,
  ZenqmsConnection,
  ZenqmsConnectionChanges,
  ZenqmsUser,
} from '../schemas/connections.ts';
import type { ApiServices } from '../services.ts';

const tag = 'ZenQMS connections';
const LIST = 'zenqms-connections';
const base = '/zenqms/connections';
const one = `${base}/{id}`;

export const zenqmsRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: base,
    name: 'createZenqmsConnection',
    tag,
    summary: 'Store an account; its token is tried first',
    role: 'admin',
    body: NewZenqmsConnection,
    status: 201,
    answer: ZenqmsConnection,
    errors: [422],
    handle: async ({ services, caller, body }) => {
      const baseUrl = checkedUrl(services, body.baseUrl, 'baseUrl');
      const settings = given(body.settings) ?? {};
      const users = await tryIt(services, { baseUrl, apiToken: body.apiToken, settings: { ...ZENQMS_DEFAULTS, ...settings } });
      return services.db.transaction().execute(async (trx) => {
        const created = await createZenqmsConnection(trx, services.keyring, { ...body, baseUrl, users, settings });
        await audit(trx, caller, subject(created, 'created', { after: auditedZenqms(created) }));
        return created;
      });
    },
  }),
  route({
    method: 'get',
    path: base,
    name: 'listZenqmsConnections',
    tag,
    summary: 'The accounts, oldest first',
    role: 'viewer',
    query: ListQuery,
    status: 200,
    answer: listOf(ZenqmsConnection),
    handle: async ({ services, query }) =>
      presentPage(LIST, await zenqmsConnections(services.db, pageRequest(LIST, query, ID_KEY))),
  }),
  route({
    method: 'get',
    path: one,
    name: 'getZenqmsConnection',
    tag,
    summary: 'An account and its state',
    role: 'viewer',
    params: IdParam,
    status: 200,
    answer: ZenqmsConnection,
    errors: [404],
    handle: ({ services, params }) => existingZenqms(services, params.id),
  }),
  route({
    method: 'patch',
    path: one,
    name: 'updateZenqmsConnection',
    tag,
    summary: 'Change an account; what its calls depend on is tried first',
    role: 'admin',
    params: IdParam,
    body: ZenqmsConnectionChanges,
    status: 200,
    answer: ZenqmsConnection,
    errors: [404, 422],
    handle: async ({ services, caller, params, body }) => {
      const before = await existingZenqms(services, params.id);
      const credentials = await zenqmsCredentials(services.db, services.keyring, params.id);
      if (!credentials) throw notFound('The ZenQMS connection');
      const baseUrl = body.baseUrl === undefined ? undefined : checkedUrl(services, body.baseUrl, 'baseUrl');
      // The stored token goes to the host it was entered for, and to no other that a later change names.
      if (baseUrl !== undefined && new URL(baseUrl).origin !== new URL(before.baseUrl).origin && body.apiToken === undefined) {
        const message = 'is needed together with another base URL: the stored token is not sent to another host';
        throw wrong('api_token_needed', 'Another base URL needs its API token.', [{ path: 'apiToken', message }]);
      }
      const settings = given(body.settings);
      const needsTrial = baseUrl !== undefined || body.apiToken !== undefined || settings !== undefined;
      const tried = needsTrial
        ? {
            users: await tryIt(services, {
              baseUrl: baseUrl ?? before.baseUrl,
              apiToken: body.apiToken ?? credentials.apiToken,
              settings: { ...before.settings, ...settings },
            }),
          }
        : null;
      const after = await services.db.transaction().execute(async (trx) => {
        const changed = await updateZenqmsConnection(trx, services.keyring, params.id, { ...body, baseUrl, settings, tried });
        if (!changed) throw notFound('The ZenQMS connection');
        const change = { before: auditedZenqms(before), after: auditedZenqms(changed, body.apiToken !== undefined) };
        await audit(trx, caller, subject(changed, 'updated', change));
        return changed;
      });
      await services.connectionChanged('zenqms', params.id);
      return after;
    },
  }),
  route({
    method: 'delete',
    path: one,
    name: 'deleteZenqmsConnection',
    tag,
    summary: 'Forget an account; not while integrations use it',
    role: 'admin',
    params: IdParam,
    status: 204,
    answer: null,
    errors: [404, 409],
    handle: async ({ services, caller, params }) => {
      const before = await existingZenqms(services, params.id);
      await services.db.transaction().execute(async (trx) => {
        const result = await deleteZenqmsConnection(trx, params.id);
        if (result === 'not_found') throw notFound('The ZenQMS connection');
        if (result === 'in_use') throw conflict('in_use', 'Integrations use this connection. Delete them first.');
        await audit(trx, caller, subject(before, 'deleted', { before: auditedZenqms(before) }));
      });
      await services.connectionChanged('zenqms', params.id);
      return undefined;
    },
  }),
  route({
    method: 'get',
    path: `${one}/categories`,
    name: 'listCategories',
    tag,
    summary: 'The Issue categories that the token may write to',
    role: 'viewer',
    params: IdParam,
    query: z.strictObject({ ...ListParameters, ...SearchParameter, ...RefreshParameter }),
    status: 200,
    answer: listOf(Category),
    errors: [404, 409, 422],
    handle: async ({ services, params, query }) => {
      await existingZenqms(services, params.id);
      const categories = await services.zenqms.categories(params.id, { refresh: query.refresh === 'true' });
      const found = categories.filter((category) => matches(query.search, category.name, category.key));
      const page = pageOf('categories', found, query);
      return { data: page.data.map(({ id, name, key, state }) => ({ id, name, key, state })), next: page.next };
    },
  }),
  route({
    method: 'get',
    path: `${one}/categories/{categoryId}/fields`,
    name: 'listCategoryFields',
    tag,
    summary: "Custom fields of the category's first stage, in form order",
    role: 'viewer',
    params: z.object({ id: IdParam.shape.id, categoryId: z.string() }),
    query: z.strictObject({ ...ListParameters, ...RefreshParameter }),
    status: 200,
    answer: listOf(CategoryField),
    errors: [404, 409, 422],
    handle: async ({ services, params, query }) => {
      await existingZenqms(services, params.id);
      const { categoryId } = params;
      const categories = await services.zenqms.categories(params.id);
      if (!categories.some((category) => category.id === categoryId)) throw notFound('The category');
      const fields = await services.zenqms.fields(params.id, categoryId, { refresh: query.refresh === 'true' });
      const page = pageOf('fields', fields, query);
      return {
        data: page.data.map(({ id, label, type, required, options }) => ({ id, label, type, required, options })),
        next: page.next,
      };
    },
  }),
  route({
    method: 'get',
    path: `${one}/users`,
    name: 'listUsers',
    tag,
    summary: "The account's users; search looks in name and e-mail",
    role: 'viewer',
    params: IdParam,
    query: z.strictObject({ ...ListParameters, ...SearchParameter }),
    status: 200,
    answer: listOf(ZenqmsUser),
    errors: [404, 409, 422],
    handle: async ({ services, params, query }) => {
      await existingZenqms(services, params.id);
      const users = await services.zenqms.users(params.id, query.search?.trim() ?? '');
      const page = pageOf('users', users, query);
      return { data: page.data.map(({ id, name, email, active }) => ({ id, name, email, active })), next: page.next };
    },
  }),
];

/** @throws ApiError 422 saying what the token lacks */
async function tryIt(services: ApiServices, credentials: Omit<ZenqmsCredentials, 'connectionId'>): Promise<readonly User[]> {
  const trial = await services.tryZenqms(credentials);
  if (trial.ok) return trial.users;
  throw wrong(trial.code, trial.message, [{ path: trial.path, message: trial.message, code: trial.code }]);
}

const subject = (
  connection: Connection,
  action: string,
  change: { before?: object; after?: object },
): Parameters<typeof audit>[2] => ({
  action: `zenqms_connection.${action}`,
  subjectType: 'zenqms_connection',
  subjectId: connection.id,
  ...change,
});
