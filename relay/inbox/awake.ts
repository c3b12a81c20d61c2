import { type RawBuilder, sql } from 'kysely';

/**
 * The condition that a connection does not rest: as a subquery and not as a join, which could become a hash of all connections (see sameKey).
 * @param table `zenqms_connection` or `salesforce_connection`; @param id the column that names it, with its table if need be
 */
export const awake = (table: string, id: string): RawBuilder<boolean> =>
  sql`(select c.hold_until is null or c.hold_until <= clock_timestamp() from ${sql.table(table)} c where c.id = ${sql.ref(id)})`;
