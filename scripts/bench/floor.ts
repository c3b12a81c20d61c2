/** What no relay can beat: the same POSTs from a bare loop with the same connections, and nothing remembered. */
import { Pool } from 'undici';
import { CONNECTIONS } from './field.ts';
import { standIn } from './processes.ts';

/** @returns Issues a second */
export async function floor(count: number, latencyMs: number): Promise<number> {
  const zenqms = await standIn('zenqms');
  const pool = new Pool(zenqms.said['url'] ?? '', { connections: CONNECTIONS, pipelining: 1 });
  try {
    await zenqms.control('PATCH', 'settings', { latencyMs });
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
            body: JSON.stringify(issue(place)),
          });
          const text = await body.text();
          if (statusCode !== 201) throw new Error(`the floor's POST was answered ${statusCode}: ${text}`);
        }
      }),
    );
    return (count * 1000) / (performance.now() - began);
  } finally {
    await pool.close();
    await zenqms.stop();
  }
}

const issue = (place: number): object => ({
  category_id: 'cat_ncr',
  assignee_id: 'usr_0001',
  first_stage_assignee_id: 'usr_0001',
  title: `Pump ${place} stops`,
  due_date: new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10),
  external_system: 'Salesforce',
  external_id: `500${String(place).padStart(12, '0')}AAA`,
  custom_fields: [],
});
