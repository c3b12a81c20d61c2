/** What the connected user may do with an object, for the checks before an integration is made. */
import type { AccessState } from '../model/catalog.ts';
import type { ObjectDescribe } from '../model/salesforce.ts';
import { channelState } from './channel.ts';
import { changeEventOf, type Describes } from './describe.ts';
import { cometdClient } from './cometd.ts';
import { type Row, query, unlessRefused } from './query.ts';
import type { Session } from './session.ts';
import { idList, quote } from './soql.ts';

/** Objects whose change events hang on a permission of the user as a whole (CDC guide, "Required permissions"). */
const BY_USER_PERMISSION: Readonly<Record<string, string>> = {
  User: 'PermissionsViewAllUsers',
  Task: 'PermissionsViewAllData',
  Event: 'PermissionsViewAllData',
};

/** A custom channel drops the events of an object silently when the user has no View All on it, so `viewAll` is never guessed. */
export async function readAccess(session: Session, describes: Describes, userId: string, object: string): Promise<AccessState> {
  const [describe, rights] = await Promise.all([describes.describe(object), userRights(session)]);
  return {
    readable: describe !== null,
    viewAll: describe !== null && (await viewAll(session, describe, rights, userId)),
    // Whoever may not look at the channels can't make one; whoever may learns it from the attempt.
    customizeApplication: rights
      ? rights['PermissionsCustomizeApplication'] === true
      : (await unlessRefused(channelState(session))) !== null,
    // Calls succeed, so the first was granted; tokens are refreshed, so the second was.
    scopes: session.scopes() ?? ['api', 'refresh_token'],
  };
}

async function viewAll(session: Session, describe: ObjectDescribe, rights: Row | null, userId: string): Promise<boolean> {
  // Reading permissions takes one of its own; without it the stream itself is asked.
  if (!rights) return maySubscribe(session, describe.name);
  if (rights['PermissionsViewAllData'] === true) return true;
  const special = BY_USER_PERMISSION[describe.name];
  if (special !== undefined) return rights[special] === true;
  return (await viewAllRecords(session, describe.name, userId)) ?? maySubscribe(session, describe.name);
}

/** The sum of the user's profile and permission sets, as Salesforce adds it up. */
async function userRights(session: Session): Promise<Row | null> {
  const fields = ['PermissionsViewAllData', 'PermissionsViewAllUsers', 'PermissionsCustomizeApplication'];
  const rows = await unlessRefused(query(session, `SELECT ${fields.join(', ')} FROM UserPermissionAccess LIMIT 1`));
  return rows?.[0] ?? null;
}

/** null: the connected user may not read that. */
async function viewAllRecords(session: Session, object: string, userId: string): Promise<boolean | null> {
  const assigned = await unlessRefused(
    query(session, `SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = ${quote(userId)}`),
  );
  if (assigned === null) return null;
  const sets = assigned.flatMap((row) => (typeof row['PermissionSetId'] === 'string' ? [row['PermissionSetId']] : []));
  for (let at = 0; at < sets.length; at += 200) {
    const soql =
      'SELECT ParentId, PermissionsViewAllRecords FROM ObjectPermissions ' +
      `WHERE SobjectType = ${quote(object)} AND ParentId IN ${idList(sets.slice(at, at + 200))}`;
    const rows = await unlessRefused(query(session, soql));
    if (rows === null) return null;
    if (rows.some((row) => row['PermissionsViewAllRecords'] === true)) return true;
  }
  return false;
}

/** A channel of one object refuses whom a custom channel would keep waiting in silence. */
async function maySubscribe(session: Session, object: string): Promise<boolean> {
  const client = cometdClient({
    instanceUrl: session.instanceUrl(),
    version: await session.version(),
    accessToken: await session.accessToken(),
    userAgent: session.userAgent,
    checkHost: session.checkHost,
    signal: AbortSignal.timeout(3 * session.timeoutMs),
    now: Date.now,
  });
  try {
    await client.handshake(session.timeoutMs);
    const { fault } = await client.subscribe(`/data/${changeEventOf(object)}`, '-1', session.timeoutMs);
    await client.disconnect(session.timeoutMs);
    return fault === null || !/not allowed|view all|permission|denied|restricted/i.test(fault.message);
  } finally {
    await client.close();
  }
}
