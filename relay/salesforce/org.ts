/** Which org this is, and as whom the relay is connected. */
import { z } from 'zod';
import { type OrgInfo, SalesforceError } from '../model/salesforce.ts';
import type { Describes } from './describe.ts';
import { isRecordId, toId18 } from './ids.ts';
import { type Row, query, unlessRefused } from './query.ts';
import type { Session } from './session.ts';
import { quote } from './soql.ts';

export type Org = OrgInfo & {
  readonly user: { readonly id: string; readonly username: string; readonly profileName: string | null };
};

/** The identity URL's own host is never called: its last two parts are the ids, and the rest is asked of the org itself. */
export async function identity(session: Session, describes: Describes): Promise<Org> {
  const ids = idsOf(session.identityUrl()) ?? (await idsFromOrg(session));
  const [organization, user, multiCurrency] = await Promise.all([
    first(session, 'SELECT Id, Name, IsSandbox FROM Organization'),
    ids ? first(session, `SELECT Id, Username, Profile.Name FROM User WHERE Id = ${quote(ids.userId)}`) : null,
    describes.multiCurrency(),
  ]);
  const instanceUrl = session.instanceUrl();
  const { host } = new URL(instanceUrl);
  const id = organization?.['Id'] ?? ids?.orgId;
  if (typeof id !== 'string') throw new SalesforceError('retry', 'UNKNOWN_ORG', 'The org did not say which one it is.');
  const profile = user?.['Profile'];
  const username = string(user?.['Username']) ?? ids?.username ?? (ids && (await usernameOf(session, ids)));
  return {
    id: toId18(id),
    name: string(organization?.['Name']) ?? host,
    instanceUrl,
    sandbox: typeof organization?.['IsSandbox'] === 'boolean' ? organization['IsSandbox'] : host.includes('.sandbox.'),
    multiCurrency,
    user: {
      id: toId18(string(user?.['Id']) ?? ids?.userId ?? ''),
      username: username ?? '',
      profileName: typeof profile === 'object' && profile !== null ? string((profile as Row)['Name']) : null,
    },
  };
}

interface Ids {
  readonly orgId: string;
  readonly userId: string;
  readonly username: string | null;
}

function idsOf(url: string | null): Ids | null {
  const [orgId, userId] =
    url
      ?.split(/[?#]/)[0]
      ?.split('/')
      .filter((part) => part !== '')
      .slice(-2) ?? [];
  return isRecordId(orgId) && isRecordId(userId) ? { orgId, userId, username: null } : null;
}

const Root = z.object({ identity: z.string() });
const UserInfo = z.object({ user_id: z.string(), organization_id: z.string(), preferred_username: z.string().nullish() });

/** The version's root names the identity URL; userinfo answers apps that were granted an identity scope. */
async function idsFromOrg(session: Session): Promise<Ids | null> {
  const root = Root.safeParse(
    await unlessRefused(session.request({ method: 'GET', path: `/services/data/v${await session.version()}` })),
  );
  const ids = root.success ? idsOf(root.data.identity) : null;
  if (ids) return ids;
  const info = UserInfo.safeParse(await unlessRefused(session.request({ method: 'GET', path: '/services/oauth2/userinfo' })));
  if (!info.success) return null;
  return { orgId: info.data.organization_id, userId: info.data.user_id, username: info.data.preferred_username ?? null };
}

const Identity = z.object({ username: z.string() });

/** The identity service answers at the org's own address too, and to users who may not query users. */
async function usernameOf(session: Session, { orgId, userId }: Ids): Promise<string | null> {
  const path = `${session.instanceUrl()}/id/${orgId}/${userId}`;
  return Identity.safeParse(await unlessRefused(session.request({ method: 'GET', path }))).data?.username ?? null;
}

/** A user without access to these objects is still connected: what can't be read is left out. */
async function first(session: Session, soql: string): Promise<Row | null> {
  const rows = await unlessRefused(query(session, soql, { maxRows: 1 }));
  return rows?.[0] ?? null;
}

const string = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
