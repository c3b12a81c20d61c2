/** What the rest of the relay may ask of an org, with answers kept for minutes. */
import type { ChannelState, OrgLimits, SalesforceCatalog } from '../model/catalog.ts';
import { SalesforceError } from '../model/salesforce.ts';
import { readAccess } from './access.ts';
import { channelState } from './channel.ts';
import { type Describes, describesOf, kept } from './describe.ts';
import { readLimits } from './limits.ts';
import { type Org, identity } from './org.ts';
import { fetchRecords } from './records.ts';
import type { Session } from './session.ts';

export interface CatalogOptions {
  readonly session: (connectionId: string) => Promise<Session>;
  readonly now?: () => number;
}

interface OrgAnswers {
  readonly describes: Describes;
  readonly org: ReturnType<typeof kept<Org>>;
  readonly limits: ReturnType<typeof kept<OrgLimits>>;
  readonly channel: ReturnType<typeof kept<ChannelState>>;
}

/** Limits and channels change while an admin looks at them. */
const SHORT_MS = 15_000;

export function salesforceCatalog(options: CatalogOptions): SalesforceCatalog {
  const now = options.now ?? Date.now;
  // With a new authorisation comes a new session, and nothing of the old one's is believed.
  const answers = new WeakMap<Session, OrgAnswers>();
  const of = (session: Session): OrgAnswers => {
    let known = answers.get(session);
    if (!known) {
      const describes = describesOf(session, now);
      known = {
        describes,
        org: kept(() => identity(session, describes), now),
        limits: kept(() => readLimits(session), now, SHORT_MS),
        channel: kept(() => channelState(session), now, SHORT_MS),
      };
      answers.set(session, known);
    }
    return known;
  };
  const asked = async (connectionId: string): Promise<{ session: Session; known: OrgAnswers }> => {
    const session = await options.session(connectionId);
    return { session, known: of(session) };
  };
  return {
    org: async (id) => (await asked(id)).known.org.get(false),
    objects: async (id, how) => (await asked(id)).known.describes.objects(how),
    describe: async (id, object, how) => (await asked(id)).known.describes.describe(object, how),
    limits: async (id) => (await asked(id)).known.limits.get(false),
    channel: async (id) => (await asked(id)).known.channel.get(false),
    access: async (id, object) => {
      const { session, known } = await asked(id);
      const { user } = await known.org.get(false);
      return readAccess(session, known.describes, user.id, object);
    },
    records: async (id, object, ids, paths) => {
      const { session, known } = await asked(id);
      const describe = await known.describes.describe(object);
      if (!describe) {
        throw new SalesforceError(
          'refused',
          'INVALID_TYPE',
          `The object ${object} is gone, or the connected user can't see it any more.`,
        );
      }
      return fetchRecords(session, describe, ids, paths, (name) => known.describes.describe(name));
    },
  };
}
