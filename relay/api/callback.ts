/** The end of an authorisation: Salesforce sends the browser here with a code, or with what went wrong. */
import { HostRefused } from '../connections/hosts.ts';
import { takeState } from '../connections/oauth-states.ts';
import {
  noteSalesforceStatus,
  salesforceApp,
  salesforceConnection,
  saveAuthorization,
} from '../connections/salesforce-connections.ts';
import type { Problem, SalesforceConnection } from '../model/connection.ts';
import { SalesforceError } from '../model/salesforce.ts';
import { audit } from './audit.ts';
import type { Page } from './page.ts';
import { callbackUrl } from './present-salesforce.ts';
import type { ApiServices } from './services.ts';

export interface CallbackAnswer {
  readonly status: 200 | 400 | 503;
  readonly page: Page;
}

const CALLER = { actor: 'salesforce callback', actingUser: null };

/** @param query the callback's own parameters: text from outside */
export async function answerCallback(services: ApiServices, query: URLSearchParams): Promise<CallbackAnswer> {
  const state = query.get('state') ?? '';
  const taken = await takeState(services.db, services.keyring, state, services.now());
  if (taken.kind === 'unknown') {
    return bad('This link can not be used', 'It was used already, or it is not one of ours.', START_AGAIN);
  }
  if (taken.kind === 'expired') {
    return bad('This link has expired', 'More than ten minutes went by between starting and finishing.', START_AGAIN);
  }
  const connection = await salesforceConnection(services.db, taken.connectionId);
  if (!connection) return bad('Not connected', 'The connection was deleted meanwhile.', 'Make it anew, and connect again.');
  const error = query.get('error');
  if (error !== null) return failed(services, connection, error, query.get('error_description'));
  const code = query.get('code');
  if (!code) return failed(services, connection, 'invalid_request', 'The callback came without a code.');
  try {
    return await connect(services, connection, code, taken.verifier);
  } catch (problem) {
    if (problem instanceof HostRefused) return failed(services, connection, 'HOST_NOT_ALLOWED', problem.message);
    if (!(problem instanceof SalesforceError)) throw problem;
    return failed(services, connection, problem.code, problem.message, problem.kind === 'retry' ? 503 : 400);
  }
}

const START_AGAIN = 'Go back to the wizard and choose Connect again.';

async function connect(
  services: ApiServices,
  connection: SalesforceConnection,
  code: string,
  verifier: string,
): Promise<CallbackAnswer> {
  const app = await salesforceApp(services.db, services.keyring, connection.id);
  if (!app) throw new SalesforceError('refused', 'connection_gone', 'The connection was deleted meanwhile.');
  services.checkHost(app.loginUrl);
  const tokens = await services.oauth.exchange(
    { loginUrl: app.loginUrl, clientId: app.clientId, clientSecret: app.clientSecret },
    { code, verifier, callbackUrl: callbackUrl(services) },
  );
  services.checkHost(tokens.instanceUrl);
  if (tokens.scopes && !tokens.scopes.some((scope) => scope === 'api' || scope === 'full')) {
    return failed(services, connection, 'invalid_scope', `The scope api was not granted, only: ${tokens.scopes.join(' ')}`);
  }
  const { org, user } = await services.oauth.identity(tokens);
  const other = await otherOrg(services, connection, org);
  if (other) {
    await note(services, connection, other);
    return bad('Not connected', other.message, other.remedy);
  }
  await services.db.transaction().execute(async (trx) => {
    await saveAuthorization(trx, services.keyring, connection.id, { tokens, org, user });
    await audit(trx, CALLER, {
      action: 'salesforce_connection.authorized',
      subjectType: 'salesforce_connection',
      subjectId: connection.id,
      after: { org: { id: org.id, name: org.name, sandbox: org.sandbox }, user: user.username },
    });
  });
  await services.connectionChanged('salesforce', connection.id);
  const where = org.sandbox ? `the sandbox ${org.name}` : org.name;
  return {
    status: 200,
    page: {
      title: 'Connected',
      good: true,
      message: `The relay is connected to ${where} as ${user.username}.`,
      remedy: 'You can close this window and go back to the wizard.',
      said: null,
    },
  };
}

/** Integrations, positions and claims belong to one org: another one must not slip in under them. */
async function otherOrg(
  services: ApiServices,
  connection: SalesforceConnection,
  org: { id: string; name: string },
): Promise<Problem | null> {
  if (!connection.org || connection.org.id.slice(0, 15) === org.id.slice(0, 15)) return null;
  const used = await services.db
    .selectFrom('integration')
    .select('id')
    .where('salesforce_connection_id', '=', connection.id)
    .limit(1)
    .executeTakeFirst();
  if (!used) return null;
  return {
    code: 'other_org',
    message: `You are logged in to ${org.name}, but the integrations of this connection belong to ${connection.org.name}.`,
    remedy: `Log out of Salesforce in this browser, connect again, and log in to ${connection.org.name}. For another org make another connection.`,
  };
}

async function failed(
  services: ApiServices,
  connection: SalesforceConnection,
  error: string,
  description: string | null,
  status: 400 | 503 = 400,
): Promise<CallbackAnswer> {
  const problem = services.oauth.explain(error, description);
  await note(services, connection, problem);
  const said = [error, description ?? ''].filter((part) => part !== '').join(': ');
  return {
    status,
    page: { title: 'Not connected', good: false, message: problem.message, remedy: problem.remedy, said: said.slice(0, 500) },
  };
}

/** A connection that works is not made to look broken because a second authorisation failed. */
async function note(services: ApiServices, connection: SalesforceConnection, problem: Problem): Promise<void> {
  services.log.warn({ connection: connection.id, code: problem.code }, `the authorisation failed: ${problem.message}`);
  if (connection.status !== 'connected') await noteSalesforceStatus(services.db, connection.id, null, problem);
}

const bad = (title: string, message: string, remedy: string): CallbackAnswer => ({
  status: 400,
  page: { title, good: false, message, remedy, said: null },
});
