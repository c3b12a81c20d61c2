/** What Kysely's migrator asks of Postgres, about our own schema only. */
import { type DatabaseIntrospector, type Kysely, PostgresDialect, PostgresIntrospector, sql, type TableMetadata } from 'kysely';

/**
 * Kysely lists each column of each table of the database to find its two. That fails as soon as any of them is dropped meanwhile, by
 * whomever: it looks each up by its name again (pg_get_serial_sequence). A relay must start while somebody drops an old month.
 */
class OwnSchemaIntrospector extends PostgresIntrospector {
  readonly #db: Kysely<unknown>;

  constructor(db: Kysely<unknown>) {
    super(db);
    this.#db = db;
  }

  /** @returns the tables of the current schema, the migrator's own included, without their columns */
  override async getTables(): Promise<TableMetadata[]> {
    const { rows } = await sql<{ schema: string; name: string }>`
      select schema.nspname as schema, class.relname as name
      from pg_catalog.pg_class class join pg_catalog.pg_namespace schema on schema.oid = class.relnamespace
      where schema.nspname = current_schema() and class.relkind in ('r', 'p')
    `.execute(this.#db);
    return rows.map((row) => ({ ...row, isView: false, isForeign: false, columns: [] }));
  }
}

export class OwnSchemaDialect extends PostgresDialect {
  override createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new OwnSchemaIntrospector(db);
  }
}
