/** What the connected user may do with an object, for the checks before an integration is made. */
import type { AccessState } from '../model/catalog.ts';
import type { Describes } from './describe.ts';
import { unlessRefused } from './org.ts';
import { type Row, query } from './query.ts';
import type { Session } from './session.ts';
import { idList, quote } from './soql.ts';

/** Objects whose change events hang on a permission of the user as a whole (CDC guide, "Required permissions"). */
const BY_USER_PERMISSION: Readonly<Record<string, string>> = {
  User: 'PermissionsViewAllUsers',
  Task: 'PermissionsViewAllData',
  Event: 'PermissionsViewAllData',
};

/** A custom channel drops the events of an object silently when the user has no View All on it: `viewAll` must not be guessed. */
export async function readAccess(session: Session, describes: Describes, userId: string, object: string): Promise<AccessState> {
  const [describe, rights, sets] = await Promise.all([
    describes.describe(object),
    userRights(session),
    permissionSets(session, userId),
  ]);
  const viewAllData = rights?.['PermissionsViewAllData'] === true;
  const special = describe ? BY_USER_PERMISSION[describe.name] : undefined;
  const own =
    special === undefined
      ? viewAllData || (await viewAllRecords(session, describe?.name ?? object, sets))
      : viewAllData || rights?.[special] === true;
  return {
    readable: describe !== null,
    viewAll: own,
    customizeApplication: rights?.['PermissionsCustomizeApplication'] === true,
    scopes: session.scopes() ?? ['api', 'refresh_token'],
  };
}

/** The sum of the user's profile and permission sets, as Salesforce adds it up. */
async function userRights(session: Session): Promise<Row | null> {
  const fields = ['PermissionsViewAllData', 'PermissionsViewAllUsers', 'PermissionsCustomizeApplication'];
  const rows = await unlessRefused(query(session, `SELECT ${fields.join(', ')} FROM UserPermissionAccess LIMIT 1`));
  return rows?.[0] ?? null;
}

async function permissionSets(session: Session, userId: string): Promise<string[]> {
  const rows = await unlessRefused(
    query(session, `SELECT PermissionSetId FROM PermissionSetAssignment WHERE AssigneeId = ${quote(userId)}`),
  );
  return (rows ?? []).flatMap((row) => (typeof row['PermissionSetId'] === 'string' ? [row['PermissionSetId']] : []));
}

async function viewAllRecords(session: Session, object: string, sets: readonly string[]): Promise<boolean> {
  for (let at = 0; at < sets.length; at += 200) {
    const soql =
      'SELECT ParentId, PermissionsViewAllRecords FROM ObjectPermissions ' +
      `WHERE SobjectType = ${quote(object)} AND ParentId IN ${idList(sets.slice(at, at + 200))}`;
    const rows = await unlessRefused(query(session, soql));
    if (rows?.some((row) => row['PermissionsViewAllRecords'] === true)) return true;
  }
  return false;
}
