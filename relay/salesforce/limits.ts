/** How much of its allowances the org has used. */
import { z } from 'zod';
import type { OrgLimits } from '../model/catalog.ts';
import { read } from './answer.ts';
import type { Session } from './session.ts';

const Limit = z.object({ Max: z.number(), Remaining: z.number() }).optional();
const Limits = z.object({ DailyApiRequests: Limit, DailyDeliveredPlatformEvents: Limit });

/** Asking costs no API call (Limits resource); the usage that rides on every answer is fresher than its figure. */
export async function readLimits(session: Session): Promise<OrgLimits> {
  const { DailyApiRequests: api, DailyDeliveredPlatformEvents: events } = read(
    Limits,
    await session.request({ method: 'GET', path: '/limits' }),
  );
  const usage = session.apiUsage();
  return {
    apiUsed: usage?.used ?? (api ? api.Max - api.Remaining : 0),
    apiMax: usage?.limit ?? api?.Max ?? 0,
    eventsDelivered: events ? events.Max - events.Remaining : 0,
    eventsMax: events?.Max ?? 0,
  };
}
