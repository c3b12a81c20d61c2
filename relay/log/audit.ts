/** Who changed what, when: written in the transaction of the change itself. Secrets are never handed in. */
import type { Db } from '../db/connect.ts';
import { type Page, type PageRequest, toPage } from '../db/page.ts';

export interface Actor {
  /** `admin` (ADMIN_TOKEN), `token:<name>`, `salesforce callback`, or `relay` for what it does by itself. */
  readonly actor: string;
  /** X-Acting-User: the Salesforce user behind a request of the package. */
  readonly actingUser: string | null;
}

export interface AuditEntry extends Actor {
  /** `integration.paused` */
  readonly action: string;
  readonly subjectType: 'salesforce_connection' | 'zenqms_connection' | 'integration' | 'execution' | 'token';
  readonly subjectId: string | null;
  readonly before?: object | null;
  readonly after?: object | null;
  readonly message?: string | null;
}

export interface AuditRow {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly actingUser: string | null;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string | null;
  readonly before: unknown;
  readonly after: unknown;
  readonly message: string | null;
}

export async function writeAudit(db: Db, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit')
    .values({
      at: new Date(),
      actor: entry.actor,
      acting_user: entry.actingUser,
      action: entry.action,
      subject_type: entry.subjectType,
      subject_id: entry.subjectId,
      before: entry.before ? JSON.stringify(entry.before) : null,
      after: entry.after ? JSON.stringify(entry.after) : null,
      message: entry.message ?? null,
    })
    .execute();
}

/** Newest first. */
export async function searchAudit(
  db: Db,
  filter: { readonly subjectType?: string | undefined; readonly subjectId?: string | undefined },
  page: PageRequest,
): Promise<Page<AuditRow>> {
  let query = db
    .selectFrom('audit')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (filter.subjectType !== undefined) query = query.where('subject_type', '=', filter.subjectType);
  if (filter.subjectId !== undefined) query = query.where('subject_id', '=', filter.subjectId);
  if (page.after !== null) query = query.where('id', '<', page.after);
  return toPage(
    await query.execute(),
    page.limit,
    (row) => row.id,
    (row): AuditRow => ({
      id: row.id,
      at: row.at.toISOString(),
      actor: row.actor,
      actingUser: row.acting_user,
      action: row.action,
      subjectType: row.subject_type,
      subjectId: row.subject_id,
      before: row.before,
      after: row.after,
      message: row.message,
    }),
  );
}
