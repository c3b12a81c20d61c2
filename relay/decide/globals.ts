/** The formula globals that a relay can know: the authorising user, its profile and the org. All others are refused at compile. */
import type { FieldInfo } from '../formula/index.ts';

const text = (name: string, type = 'string'): FieldInfo => ({ name, type, nillable: false });

/** For CompileOptions.globals. */
export const GLOBAL_FIELDS: Readonly<Record<string, FieldInfo>> = {
  '$User.Id': text('Id', 'id'),
  '$User.Username': text('Username'),
  '$Profile.Name': text('Name'),
  '$Organization.Id': text('Id', 'id'),
  '$Organization.Name': text('Name'),
};

/** Values by the names of GLOBAL_FIELDS; a missing one is not known. */
export type Globals = Readonly<Record<string, unknown>>;

export function globalsOf(org: {
  readonly id: string;
  readonly name: string;
  readonly user: { readonly id: string; readonly username: string; readonly profileName?: string | null };
}): Globals {
  return {
    '$User.Id': org.user.id,
    '$User.Username': org.user.username,
    ...(org.user.profileName ? { '$Profile.Name': org.user.profileName } : {}),
    '$Organization.Id': org.id,
    '$Organization.Name': org.name,
  };
}
