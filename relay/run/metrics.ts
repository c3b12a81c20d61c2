/** Prometheus metrics: what an operator is woken by. */
import { sql } from 'kysely';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Db } from '../db/connect.ts';
import type { Settlement } from '../inbox/settle.ts';
import { hoursUntilLoss } from './retention.ts';

export interface Metrics {
  readonly registry: Registry;
  settled(settlements: readonly Settlement[]): void;
  positionLost(connectionId: string): void;
  mismatch(integrationId: string, missing: number): void;
  render(): Promise<string>;
}

export function metrics(
  db: Db,
  facts: { inHand: () => number; limits: () => readonly { connectionId: string; limit: number; inUse: number }[] },
): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const outcomes = new Counter({
    name: 'relay_outcomes_total',
    help: 'Events that ended, by outcome and reason',
    labelNames: ['outcome', 'reason'],
    registers,
  });
  const retries = new Counter({
    name: 'relay_retries_total',
    help: 'Tries in vain, by reason',
    labelNames: ['reason'],
    registers,
  });
  const latency = new Histogram({
    name: 'relay_event_to_issue_seconds',
    help: 'From the commit in Salesforce to the Issue in ZenQMS',
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600],
    registers,
  });
  const lost = new Counter({
    name: 'relay_positions_lost_total',
    help: 'Stream positions that aged out',
    labelNames: ['connection'],
    registers,
  });
  const missing = new Counter({
    name: 'relay_reconciliation_missing_total',
    help: 'Records that the stream had not brought',
    labelNames: ['integration'],
    registers,
  });
  const inHand = new Gauge({ name: 'relay_deliveries_in_hand', help: 'Deliveries under way in this relay', registers });
  const backlog = new Gauge({ name: 'relay_deliveries', help: 'Deliveries by state', labelNames: ['state'], registers });
  const streams = new Gauge({
    name: 'relay_stream_streaming',
    help: '1 while the org is listened to',
    labelNames: ['connection'],
    registers,
  });
  const age = new Gauge({
    name: 'relay_stream_position_age_seconds',
    help: 'Age of what was last stored',
    labelNames: ['connection'],
    registers,
  });
  const untilLoss = new Gauge({
    name: 'relay_stream_hours_until_loss',
    help: 'Until the first event is lost that nobody has read; 72 while the org is listened to',
    labelNames: ['connection'],
    registers,
  });
  const limit = new Gauge({
    name: 'relay_zenqms_connections_limit',
    help: 'Requests that may be under way',
    labelNames: ['connection'],
    registers,
  });

  const look = async (): Promise<void> => {
    inHand.set(facts.inHand());
    for (const each of facts.limits()) limit.set({ connection: each.connectionId }, each.limit);
    const states = await sql<{ state: string; n: number }>`
      select case when lease_until > clock_timestamp() then 'leased' else state end as state, count(*)::int as n
        from delivery group by 1`.execute(db);
    backlog.reset();
    for (const { state, n } of states.rows) backlog.set({ state }, n);
    const rows = await sql<{ id: string; streaming: boolean; age: number | null }>`
      select s.connection_id as id, s.state = 'streaming' and s.lease_until > clock_timestamp() as streaming,
             (select extract(epoch from clock_timestamp() - max(coalesce(p.event_at, p.stored_at)))::float8
                from stream_position p where p.connection_id = s.connection_id) as age
        from stream s`.execute(db);
    // Of a connection that was deleted nothing must be left.
    for (const gauge of [streams, age, untilLoss]) gauge.reset();
    for (const row of rows.rows) {
      streams.set({ connection: row.id }, row.streaming ? 1 : 0);
      if (row.age !== null) age.set({ connection: row.id }, row.age);
      const hours = hoursUntilLoss(row.streaming, row.age);
      if (hours !== null) untilLoss.set({ connection: row.id }, hours);
    }
  };

  return {
    registry,
    settled: (settlements) => {
      const now = Date.now();
      // Counted first: a counter with labels is looked up by them, which is dear for each of many.
      const ends = new Map<string, { settlement: Settlement; count: number }>();
      for (const settlement of settlements) {
        if (settlement.kind === 'returned') continue;
        const key = settlement.kind === 'finished' ? `${settlement.outcome} ${settlement.reason}` : settlement.reason;
        const known = ends.get(key);
        if (known) known.count += 1;
        else ends.set(key, { settlement, count: 1 });
        if (settlement.kind === 'finished' && settlement.outcome === 'created')
          latency.observe(Math.max(0, (now - Date.parse(settlement.delivery.event.eventAt)) / 1000));
      }
      for (const { settlement, count } of ends.values()) {
        if (settlement.kind === 'finished') outcomes.inc({ outcome: settlement.outcome, reason: settlement.reason }, count);
        else if (settlement.kind === 'retried') retries.inc({ reason: settlement.reason }, count);
      }
    },
    positionLost: (connection) => lost.inc({ connection }),
    mismatch: (integration, count) => missing.inc({ integration }, count),
    render: async () => {
      await look().catch(() => undefined);
      return registry.metrics();
    },
  };
}
