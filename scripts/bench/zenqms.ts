/** The ZenQMS that is measured against: its stand-in, and POSTs without anything around them. */
import { Pool } from 'undici';
import { type StandIn, standIn } from './processes.ts';

/** To one ZenQMS account, for the relay, its peers and the floor alike. */
export const CONNECTIONS = 32;

export const WARM_UP = 16_000;

/**
 * ZenQMS has long been running when an event comes: what its stand-in compiles in its first thousands of requests is neither the
 * relay's nor a peer's. Its counters begin at nothing.
 */
export async function warmZenqms(): Promise<StandIn> {
  const zenqms = await standIn('zenqms');
  await postIssues(zenqms, WARM_UP, (place) => `00Q${String(place).padStart(12, '0')}AAA`);
  await zenqms.control('DELETE', 'counters');
  return zenqms;
}

/** @returns Issues a second @throws with the answer when one is not created */
export async function postIssues(zenqms: StandIn, count: number, recordOf: (place: number) => string): Promise<number> {
  const pool = new Pool(zenqms.said['url'] ?? '', { connections: CONNECTIONS, pipelining: 1 });
  try {
    let next = 0;
    const began = performance.now();
    await Promise.all(
      Array.from({ length: CONNECTIONS }, async () => {
        while (next < count) {
          const place = next++;
          const { statusCode, body } = await pool.request({
            method: 'POST',
            path: '/v2/issues',
            headers: { authorization: `Bearer ${zenqms.said['token']}`, 'content-type': 'application/json' },
            body: JSON.stringify(issue(place, recordOf(place))),
          });
          const text = await body.text();
          if (statusCode !== 201) throw new Error(`a bare POST was answered ${statusCode}: ${text}`);
        }
      }),
    );
    return (count * 1000) / (performance.now() - began);
  } finally {
    await pool.close();
  }
}

const issue = (place: number, recordId: string): object => ({
  category_id: 'cat_ncr',
  assignee_id: 'usr_0001',
  first_stage_assignee_id: 'usr_0001',
  title: `Pump ${place} stops`,
  due_date: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10),
  external_system: 'Salesforce',
  external_id: recordId,
  custom_fields: [],
});
