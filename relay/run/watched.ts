/** A session whose calls tell the holds that the org answers: what was wrong with the connection ends with the first call that goes well. */
import type { Session } from '../salesforce/session.ts';
import type { Holds } from './holds.ts';

export function watched(
  get: (connectionId: string) => Promise<Session>,
  holds: Pick<Holds, 'well' | 'troubled'>,
): (connectionId: string) => Promise<Session> {
  // One for each session: what is kept by session must be found again.
  const known = new WeakMap<Session, Session>();
  return async (connectionId) => {
    const session = await get(connectionId);
    const there = known.get(session);
    if (there) return there;
    // What an earlier life of the relay, or another relay, has noted is not known here.
    holds.troubled(connectionId);
    const own: Session = {
      ...session,
      request: async (request) => {
        const answer = await session.request(request);
        holds.well(connectionId);
        return answer;
      },
    };
    known.set(session, own);
    return own;
  };
}
