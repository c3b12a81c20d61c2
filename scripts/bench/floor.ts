/** What no relay can beat: the same POSTs from a bare loop with the same connections, and nothing remembered. */
import { postIssues, warmZenqms } from './zenqms.ts';

/** @returns Issues a second */
export async function floor(count: number, latencyMs: number): Promise<number> {
  const zenqms = await warmZenqms();
  try {
    await zenqms.control('PATCH', 'settings', { latencyMs });
    return await postIssues(zenqms, count, (place) => `500${String(place).padStart(12, '0')}AAA`);
  } finally {
    await zenqms.stop();
  }
}
