/** A Salesforce connection as the API shows it: what is stored, what its stream does, and how much of the org's allowance is used. */
import type { z } from 'zod';
import type { SalesforceConnection } from '../model/connection.ts';
import type { SalesforceConnection as Shape } from './schemas/connections.ts';
import type { ApiServices } from './services.ts';

export const CALLBACK_PATH = '/oauth/salesforce/callback';
export const callbackUrl = (services: Pick<ApiServices, 'publicUrl'>): string => `${services.publicUrl()}${CALLBACK_PATH}`;

/** A list must not wait for the slowest org. */
const LIMITS_WITHIN_MS = 3_000;

export async function presentSalesforce(services: ApiServices, connection: SalesforceConnection): Promise<z.input<typeof Shape>> {
  const [stream, limits] = await Promise.all([services.streamState(connection.id), limitsOf(services, connection)]);
  return {
    id: connection.id,
    name: connection.name,
    loginUrl: connection.loginUrl,
    clientId: connection.clientId,
    status: connection.status,
    callbackUrl: callbackUrl(services),
    problem: connection.problem,
    org: connection.org,
    user: connection.user,
    limits,
    stream: {
      state: stream.state,
      problem: stream.problem,
      positionAge: stream.positionAge,
      lastMessageAt: stream.lastMessageAt?.toISOString() ?? null,
      hoursUntilLoss: stream.hoursUntilLoss,
    },
    settings: connection.settings,
    createdAt: connection.createdAt,
  };
}

/** null where they can't be had: before the authorisation, or while the org does not answer. */
async function limitsOf(services: ApiServices, { id, status }: SalesforceConnection): Promise<z.input<typeof Shape>['limits']> {
  if (status !== 'connected') return null;
  const asked = services.salesforce.limits(id).catch((error: unknown) => {
    services.log.debug({ err: error, connection: id }, 'the limits of the org could not be had');
    return null;
  });
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), LIMITS_WITHIN_MS);
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}
