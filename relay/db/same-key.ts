/**
 * The condition that rows of two sides have the same key, said so that there is one way to join them: each row is looked up by the
 * index that begins with these columns. Of a plain `=` the planner may make a hash of the whole table; that is the cheapest while
 * the table is small, and a prepared plan stays what it was when the table has grown. Neither an array of one value nor `between` can
 * be hashed. The array stands first only, because for a later column the planner may leave it out of the index's condition; and
 * comparing whole rows with each other would be shorter, but Postgres reads on to the end of the first column for that.
 */
import { type RawBuilder, sql } from 'kysely';

/** @param left columns, `c.account_id`; @param right what they are compared with, in the same order */
export function sameKey([first, ...rest]: readonly [string, ...string[]], right: readonly string[]): RawBuilder<boolean> {
  const conditions = rest.map((column, place) => `${column} between ${right[place + 1]} and ${right[place + 1]}`);
  return sql.raw<boolean>([`${first} = any(array[${right[0]}])`, ...conditions].join(' and '));
}
