/** What a path names must be there. */
import { salesforceConnection } from '../connections/salesforce-connections.ts';
import { zenqmsConnection } from '../connections/zenqms-connections.ts';
import { type StoredIntegration, findIntegration } from '../integrations/store.ts';
import type { SalesforceConnection, ZenqmsConnection } from '../model/connection.ts';
import { ID_KEY } from './cursor.ts';
import { notFound } from './errors.ts';
import type { ApiServices } from './services.ts';

/** @throws ApiError 404 */
export async function existingSalesforce(services: ApiServices, id: string): Promise<SalesforceConnection> {
  const connection = ID_KEY.test(id) ? await salesforceConnection(services.db, id) : null;
  if (!connection) throw notFound('The Salesforce connection');
  return connection;
}

/** @throws ApiError 404 */
export async function existingZenqms(services: ApiServices, id: string): Promise<ZenqmsConnection> {
  const connection = ID_KEY.test(id) ? await zenqmsConnection(services.db, id) : null;
  if (!connection) throw notFound('The ZenQMS connection');
  return connection;
}

/** @throws ApiError 404 */
export async function existingIntegration(services: ApiServices, id: string): Promise<StoredIntegration> {
  const integration = ID_KEY.test(id) ? await findIntegration(services.db, id) : null;
  if (!integration) throw notFound('The integration');
  return integration;
}
