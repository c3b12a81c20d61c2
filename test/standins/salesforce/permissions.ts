/** What the connected user is allowed, as the setup objects tell it: UserPermissionAccess, PermissionSetAssignment, ObjectPermissions. */
import type { Org } from './org.ts';

const SET = '0PS5x000001AAAAGA4';

type Row = Record<string, unknown>;

/** @returns null where the object is none of these */
export function permissionRows(org: Org, object: string, soql: string): Row[] | null {
  const { access } = org;
  switch (object.toLowerCase()) {
    case 'userpermissionaccess': {
      const everything = access.viewAllData && access.withoutViewAll.size === 0;
      return [
        {
          PermissionsViewAllData: everything,
          PermissionsViewAllUsers: !access.withoutViewAll.has('User'),
          PermissionsCustomizeApplication: access.customizeApplication,
        },
      ];
    }
    case 'permissionsetassignment':
      return [{ PermissionSetId: SET, AssigneeId: org.user.id }].filter(() => soql.includes(org.user.id));
    case 'objectpermissions': {
      const wanted = /SobjectType\s*=\s*'(\w+)'/i.exec(soql)?.[1] ?? '';
      return [
        {
          ParentId: SET,
          SobjectType: wanted,
          PermissionsRead: !access.unreadableObjects.has(wanted.toLowerCase()),
          PermissionsViewAllRecords: !access.withoutViewAll.has(wanted),
        },
      ].filter(() => soql.includes(SET));
    }
    default:
      return null;
  }
}
