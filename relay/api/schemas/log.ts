/** The execution log, the audit trail, tokens, the formula language's functions. */
import { z } from 'zod';
import { REASONS } from '../../model/outcome.ts';
import { ROLES } from '../../connections/tokens.ts';
import { DecisionStep, GivenTime, Id, ListParameters, Name, Time } from './common.ts';
import { RecordId } from './integrations.ts';

const Outcome = z.enum(['created', 'skipped', 'error']);
const Count = z.int().min(0);

export const ExecutionQuery = z.strictObject({
  ...ListParameters,
  integrationId: z.string().max(64).optional(),
  outcome: Outcome.optional(),
  reason: z.enum(REASONS).optional(),
  recordId: RecordId.optional(),
  since: GivenTime.optional().meta({ description: 'received at or after' }),
  until: GivenTime.optional().meta({ description: 'received before' }),
});

const execution = {
  id: Id,
  integrationId: z.string(),
  object: z.string(),
  recordId: z.string(),
  changeType: z.string(),
  outcome: Outcome,
  reason: z.string(),
  message: z.string(),
  issueId: z.string().nullable(),
  issueNumber: z.string().nullable(),
  attempts: Count,
  eventAt: Time,
  receivedAt: Time,
  finishedAt: Time.nullable(),
  nextTryAt: Time.nullable(),
};

export const Execution = z.object(execution).meta({ id: 'Execution' });

const detail = {
  ...execution,
  steps: z.array(DecisionStep).readonly(),
  attemptLog: z
    .array(
      z.object({
        at: Time,
        step: z.string(),
        durationMs: z.number(),
        httpStatus: z.int().nullable(),
        code: z.string(),
        message: z.string(),
      }),
    )
    .readonly(),
};

export const ExecutionDetail = z.object(detail).meta({ id: 'ExecutionDetail' });

export const RetryRequest = z.strictObject({ force: z.boolean().default(false) }).meta({ id: 'RetryRequest' });

export const RetriedExecution = z
  .object({ ...detail, retry: z.enum(['retrying', 'already_waiting']) })
  .meta({ id: 'RetriedExecution', description: 'The row as it is until the new try ends' });

export const BulkRetryRequest = z
  .strictObject({
    integrationId: z.string().min(1).max(64),
    outcome: z.literal('error').default('error'),
    since: GivenTime.optional(),
  })
  .meta({ id: 'BulkRetryRequest' });

export const Retried = z.object({ retried: Count }).meta({ id: 'Retried' });
export const Released = z.object({ released: Count }).meta({ id: 'Released' });
export const Discarded = z.object({ discarded: Count }).meta({ id: 'Discarded' });

export const AuditQuery = z.strictObject({
  ...ListParameters,
  subjectType: z.enum(['salesforce_connection', 'zenqms_connection', 'integration', 'execution', 'token']).optional(),
  subjectId: z.string().max(64).optional(),
});

export const AuditRow = z
  .object({
    id: Id,
    at: Time,
    actor: z.string(),
    actingUser: z.string().nullable(),
    action: z.string(),
    subjectType: z.string(),
    subjectId: z.string().nullable(),
    before: z.unknown(),
    after: z.unknown(),
    message: z.string().nullable(),
  })
  .meta({ id: 'AuditRow' });

export const NewToken = z.strictObject({ name: Name, role: z.enum(ROLES) }).meta({ id: 'NewToken' });

const token = { id: Id, name: z.string(), role: z.enum(ROLES), createdAt: Time, lastUsedAt: Time.nullable() };
export const Token = z.object(token).meta({ id: 'Token' });
export const CreatedToken = z
  .object({ ...token, token: z.string().meta({ description: 'shown this once' }) })
  .meta({ id: 'CreatedToken' });

export const FormulaFunction = z
  .object({
    name: z.string(),
    category: z.enum(['date', 'logical', 'math', 'text', 'advanced']),
    signature: z.string(),
    description: z.string(),
    supported: z.boolean(),
    reason: z.string().nullable().meta({ description: 'Why it is refused' }),
  })
  .meta({ id: 'FormulaFunction' });
