/** What the audit trail keeps of a connection, and how a route writes to it. */
import type { Db } from '../db/connect.ts';
import { type AuditEntry, writeAudit } from '../log/audit.ts';
import type { SalesforceConnection, ZenqmsConnection } from '../model/connection.ts';
import type { Caller } from './auth.ts';

export const audit = (
  db: Db,
  caller: Pick<Caller, 'actor' | 'actingUser'>,
  entry: Omit<AuditEntry, 'actor' | 'actingUser'>,
): Promise<void> => writeAudit(db, { ...entry, actor: caller.actor, actingUser: caller.actingUser });

/** None of these holds a secret; that one was changed is said by `secretChanged`. */
export const auditedSalesforce = (connection: SalesforceConnection, secretChanged = false): object => ({
  name: connection.name,
  loginUrl: connection.loginUrl,
  clientId: connection.clientId,
  settings: connection.settings,
  ...(secretChanged ? { secretChanged } : {}),
});

export const auditedZenqms = (connection: ZenqmsConnection, secretChanged = false): object => ({
  name: connection.name,
  baseUrl: connection.baseUrl,
  accountId: connection.accountId,
  settings: connection.settings,
  ...(secretChanged ? { secretChanged } : {}),
});
