/** Tokens, the audit trail, help for the formula language. */
import { createToken, deleteToken, tokens } from '../../connections/tokens.ts';
import { searchAudit } from '../../log/audit.ts';
import { audit } from '../audit.ts';
import { ID_KEY, pageOf, pageRequest, presentPage } from '../cursor.ts';
import { notFound } from '../errors.ts';
import { type Route, route } from '../route.ts';
import { IdParam, ListQuery, listOf } from '../schemas/common.ts';
import { AuditQuery, AuditRow, CreatedToken, FormulaFunction, NewToken, Token } from '../schemas/log.ts';

const tag = 'Administration';

export const administrationRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/tokens',
    name: 'createToken',
    tag,
    summary: 'A new token, shown this once',
    role: 'admin',
    body: NewToken,
    status: 201,
    answer: CreatedToken,
    handle: ({ services, caller, body }) =>
      services.db.transaction().execute(async (trx) => {
        const created = await createToken(trx, body);
        const after = { name: created.name, role: created.role };
        await audit(trx, caller, { action: 'token.created', subjectType: 'token', subjectId: created.id, after });
        return created;
      }),
  }),
  route({
    method: 'get',
    path: '/tokens',
    name: 'listTokens',
    tag,
    summary: 'Who may call, and when they last did; never the tokens themselves',
    role: 'viewer',
    query: ListQuery,
    status: 200,
    answer: listOf(Token),
    handle: async ({ services, query }) => presentPage('tokens', await tokens(services.db, pageRequest('tokens', query, ID_KEY))),
  }),
  route({
    method: 'delete',
    path: '/tokens/{id}',
    name: 'deleteToken',
    tag,
    summary: 'From now on it is refused',
    role: 'admin',
    params: IdParam,
    status: 204,
    answer: null,
    errors: [404],
    handle: ({ services, caller, params }) =>
      services.db.transaction().execute(async (trx) => {
        const gone = ID_KEY.test(params.id) ? await deleteToken(trx, params.id) : null;
        if (!gone) throw notFound('The token');
        const before = { name: gone.name, role: gone.role };
        await audit(trx, caller, { action: 'token.deleted', subjectType: 'token', subjectId: gone.id, before });
        return undefined;
      }),
  }),
  route({
    method: 'get',
    path: '/audit',
    name: 'listAudit',
    tag,
    summary: 'Who changed what, with before and after, without secrets; newest first',
    role: 'viewer',
    query: AuditQuery,
    status: 200,
    answer: listOf(AuditRow),
    handle: async ({ services, query }) =>
      presentPage('audit', await searchAudit(services.db, query, pageRequest('audit', query, /^\d{1,18}$/))),
  }),
  route({
    method: 'get',
    path: '/formula/functions',
    name: 'listFormulaFunctions',
    tag,
    summary: 'The functions of the formula language, and why some are refused',
    role: 'viewer',
    query: ListQuery,
    status: 200,
    answer: listOf(FormulaFunction),
    handle: async ({ services, query }) => {
      const page = pageOf('functions', services.formulaFunctions, query);
      return {
        data: page.data.map(({ name, category, signature, description, supported }) => ({
          name,
          category,
          signature,
          description,
          supported: supported === true,
          reason: supported === true ? null : supported,
        })),
        next: page.next,
      };
    },
  }),
];
