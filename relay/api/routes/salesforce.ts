/** Salesforce connections. */
import { startAuthorization } from '../../connections/oauth-states.ts';
import {
  createSalesforceConnection,
  deleteSalesforceConnection,
  salesforceApp,
  salesforceConnections,
  updateSalesforceConnection,
} from '../../connections/salesforce-connections.ts';
import type { SalesforceConnection as Connection } from '../../model/connection.ts';
import { audit, auditedSalesforce } from '../audit.ts';
import { ID_KEY, pageRequest, presentPage } from '../cursor.ts';
import { conflict, notFound } from '../errors.ts';
import { existingSalesforce } from '../existing.ts';
import { checkedUrl, given } from '../given.ts';
import { callbackUrl, presentSalesforce } from '../present-salesforce.ts';
import { type Route, route } from '../route.ts';
import {
  AuthorizeUrl,
  CreatedSalesforceConnection,
  NewSalesforceConnection,
  SalesforceConnection,
  SalesforceConnectionChanges,
} from '../schemas/connections.ts';
import { IdParam, ListQuery, NoBody, listOf } from '../schemas/common.ts';
import type { ApiServices } from '../services.ts';

const tag = 'Salesforce connections';
const LIST = 'salesforce-connections';
const base = '/salesforce/connections';
const one = `${base}/{id}`;

export const salesforceRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: base,
    name: 'createSalesforceConnection',
    tag,
    summary: 'Store an org; somebody then authorises at authorizeUrl',
    role: 'admin',
    body: NewSalesforceConnection,
    status: 201,
    answer: CreatedSalesforceConnection,
    errors: [422],
    handle: async ({ services, caller, body }) => {
      const loginUrl = checkedUrl(services, body.loginUrl, 'loginUrl');
      const { connection, started } = await services.db.transaction().execute(async (trx) => {
        const created = await createSalesforceConnection(trx, services.keyring, {
          ...body,
          loginUrl,
          settings: given(body.settings),
        });
        await audit(trx, caller, subject(created, 'created', { after: auditedSalesforce(created) }));
        return {
          connection: created,
          started: await startAuthorization(trx, services.keyring, created.id, services.now()),
        };
      });
      return { ...(await presentSalesforce(services, connection)), authorizeUrl: urlOf(services, connection, started) };
    },
  }),
  route({
    method: 'get',
    path: base,
    name: 'listSalesforceConnections',
    tag,
    summary: 'The orgs, oldest first',
    role: 'viewer',
    query: ListQuery,
    status: 200,
    answer: listOf(SalesforceConnection),
    handle: async ({ services, query }) => {
      const page = await salesforceConnections(services.db, pageRequest(LIST, query, ID_KEY));
      const data = await Promise.all(page.data.map((connection) => presentSalesforce(services, connection)));
      return presentPage(LIST, { data, next: page.next });
    },
  }),
  route({
    method: 'get',
    path: one,
    name: 'getSalesforceConnection',
    tag,
    summary: 'An org: its state, its stream, its allowances',
    role: 'viewer',
    params: IdParam,
    status: 200,
    answer: SalesforceConnection,
    errors: [404],
    handle: async ({ services, params }) => presentSalesforce(services, await existingSalesforce(services, params.id)),
  }),
  route({
    method: 'patch',
    path: one,
    name: 'updateSalesforceConnection',
    tag,
    summary: 'Change an org; another login URL or consumer key has to be authorised again',
    role: 'admin',
    params: IdParam,
    body: SalesforceConnectionChanges,
    status: 200,
    answer: SalesforceConnection,
    errors: [404, 422],
    handle: async ({ services, caller, params, body }) => {
      const before = await existingSalesforce(services, params.id);
      const loginUrl = body.loginUrl === undefined ? undefined : checkedUrl(services, body.loginUrl, 'loginUrl');
      const old = await salesforceApp(services.db, services.keyring, params.id);
      const changed = await services.db.transaction().execute(async (trx) => {
        const after = await updateSalesforceConnection(trx, services.keyring, params.id, {
          ...body,
          loginUrl,
          settings: given(body.settings),
        });
        if (!after) throw notFound('The Salesforce connection');
        await audit(
          trx,
          caller,
          subject(after, 'updated', {
            before: auditedSalesforce(before),
            after: auditedSalesforce(after, body.clientSecret !== undefined),
          }),
        );
        return after;
      });
      await services.connectionChanged('salesforce', params.id);
      if (old?.refreshToken && changed.status === 'awaiting_authorization') await revoke(services, old, old.refreshToken);
      return presentSalesforce(services, changed);
    },
  }),
  route({
    method: 'delete',
    path: one,
    name: 'deleteSalesforceConnection',
    tag,
    summary: 'Forget an org and revoke its token; not while integrations use it',
    role: 'admin',
    params: IdParam,
    status: 204,
    answer: null,
    errors: [404, 409],
    handle: async ({ services, caller, params }) => {
      const before = await existingSalesforce(services, params.id);
      const old = await salesforceApp(services.db, services.keyring, params.id);
      await services.db.transaction().execute(async (trx) => {
        const result = await deleteSalesforceConnection(trx, params.id);
        if (result === 'not_found') throw notFound('The Salesforce connection');
        if (result === 'in_use') throw conflict('in_use', 'Integrations use this connection. Delete them first.');
        await audit(trx, caller, subject(before, 'deleted', { before: auditedSalesforce(before) }));
      });
      await services.connectionChanged('salesforce', params.id);
      if (old?.refreshToken) await revoke(services, old, old.refreshToken);
      return undefined;
    },
  }),
  route({
    method: 'post',
    path: `${one}/authorize`,
    name: 'authorizeSalesforceConnection',
    tag,
    summary: 'A new URL to authorise at; it works once, for ten minutes',
    role: 'admin',
    params: IdParam,
    body: NoBody,
    bodyOptional: true,
    status: 200,
    answer: AuthorizeUrl,
    errors: [404, 422],
    handle: async ({ services, caller, params }) => {
      const connection = await existingSalesforce(services, params.id);
      checkedUrl(services, connection.loginUrl, 'loginUrl');
      const started = await services.db.transaction().execute(async (trx) => {
        await audit(trx, caller, subject(connection, 'authorization_started', {}));
        return startAuthorization(trx, services.keyring, connection.id, services.now());
      });
      return { authorizeUrl: urlOf(services, connection, started) };
    },
  }),
];

const subject = (
  connection: Connection,
  action: string,
  change: { before?: object; after?: object },
): Parameters<typeof audit>[2] => ({
  action: `salesforce_connection.${action}`,
  subjectType: 'salesforce_connection',
  subjectId: connection.id,
  ...change,
});

const urlOf = (services: ApiServices, connection: Connection, started: { state: string; challenge: string }): string =>
  services.oauth.authorizeUrl({
    loginUrl: connection.loginUrl,
    clientId: connection.clientId,
    callbackUrl: callbackUrl(services),
    ...started,
  });

/** A dead token, or an org that is away, must not keep anybody from forgetting it. */
async function revoke(
  services: ApiServices,
  app: { loginUrl: string; clientId: string; clientSecret: string },
  refreshToken: string,
): Promise<void> {
  try {
    await services.oauth.revoke({ loginUrl: app.loginUrl, clientId: app.clientId, clientSecret: app.clientSecret }, refreshToken);
  } catch (error) {
    services.log.warn({ err: error }, 'a Salesforce token could not be revoked');
  }
}
