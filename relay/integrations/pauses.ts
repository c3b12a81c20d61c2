/** Pausing and resuming. A pause is a stretch of time that stays on record, with what was decided about the events inside it. */
import type { Db } from '../db/connect.ts';
import { type StoredIntegration, toIntegration } from './store.ts';

export type ResumeFrom = 'now' | 'pause';

export type PauseAnswer =
  | { readonly kind: 'done'; readonly integration: StoredIntegration }
  /** It was so already: nothing was changed. */
  | { readonly kind: 'already'; readonly integration: StoredIntegration }
  | { readonly kind: 'not_found' };

/** Must run inside a transaction, together with parking the work that waits. */
export async function pauseIntegration(trx: Db, id: string, now: Date): Promise<PauseAnswer> {
  const old = await trx.selectFrom('integration').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!old) return { kind: 'not_found' };
  if (old.status === 'paused') return { kind: 'already', integration: toIntegration(old) };
  await trx.insertInto('integration_pause').values({ integration_id: id, paused_at: now }).execute();
  const row = await trx
    .updateTable('integration')
    .set({ status: 'paused', paused_at: now })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { kind: 'done', integration: toIntegration(row) };
}

export type ResumeAnswer =
  | Exclude<PauseAnswer, { kind: 'done' }>
  | { readonly kind: 'done'; readonly integration: StoredIntegration; readonly pausedAt: Date };

/**
 * Must run inside a transaction, together with letting the parked work go: whether an event of the pause is worked off or logged as
 * skipped follows from the pause as it is closed here. `starting` until the stream brings its object again.
 */
export async function resumeIntegration(trx: Db, id: string, from: ResumeFrom, now: Date): Promise<ResumeAnswer> {
  const old = await trx.selectFrom('integration').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!old) return { kind: 'not_found' };
  if (old.status !== 'paused') return { kind: 'already', integration: toIntegration(old) };
  await trx
    .updateTable('integration_pause')
    .set({ resumed_at: now, resume_from: from })
    .where('integration_id', '=', id)
    .where('resumed_at', 'is', null)
    .execute();
  const row = await trx
    .updateTable('integration')
    .set({ status: 'starting', paused_at: null })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { kind: 'done', integration: toIntegration(row), pausedAt: old.paused_at ?? now };
}
