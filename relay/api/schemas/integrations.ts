/** Integrations: what an admin writes, and what is said about it. */
import { z } from 'zod';
import { isRecordId, toId18 } from '../../model/record-id.ts';
import { DecisionStep, GivenTime, Id, IntegrationProblem, Name, Time } from './common.ts';

const Reference = z.string().trim().min(1, 'must not be empty').max(200);
/** A field or a relationship path. Empty ones are let through to validation, which says at which row something is missing. */
const FieldPath = z.string().trim().max(400);
const Days = z.int().min(-36_500).max(36_500);

const DueDate = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('today'), daysToAdd: Days }),
  z.strictObject({ from: z.literal('field'), field: FieldPath, daysToAdd: Days }),
]);

const definition = {
  name: Name,
  salesforceConnectionId: Reference,
  zenqmsConnectionId: Reference,
  object: z.string().trim().min(1, 'must not be empty').max(120),
  triggerOn: z.enum(['create', 'update', 'both']).default('both'),
  filterFormula: z.string().max(20_000).nullable().default(null),
  categoryId: Reference,
  assigneeId: Reference,
  title: z
    .strictObject({ field: FieldPath })
    .nullable()
    .default(null)
    .meta({ description: "null: the record's Name, else its Subject" }),
  dueDate: DueDate,
  timeZone: z.string().trim().min(1).max(64).default('UTC'),
  duplicateScope: z.enum(['category', 'account']).default('category'),
  fieldMappings: z
    .array(z.strictObject({ salesforceField: FieldPath, zenqmsFieldId: z.string().trim().max(200) }))
    .max(500)
    .readonly()
    .default([]),
  bulkLimit: z
    .int()
    .min(1)
    .max(1_000_000)
    .nullable()
    .default(null)
    .meta({ description: 'Events of one bulk job within ten minutes above which the rest waits for approval; null: no limit' }),
};

export const IntegrationDefinition = z.strictObject(definition).meta({ id: 'IntegrationDefinition' });

export const NewIntegration = z
  .strictObject({ ...definition, status: z.enum(['active', 'paused']).default('active') })
  .meta({ id: 'NewIntegration' });

/** A draft may carry what a stored integration or a save carries; it is looked at as if it were new. */
export const DraftIntegration = z
  .strictObject({
    ...definition,
    status: z.enum(['active', 'paused', 'starting']).optional(),
    revision: z.int().min(1).optional(),
  })
  .meta({ id: 'DraftIntegration' });

export const SavedIntegration = z
  .strictObject({
    ...definition,
    revision: z.int().min(1).max(2_000_000_000).meta({ description: 'the one that was read; 409 if someone saved first' }),
    status: z
      .enum(['active', 'paused', 'starting'])
      .optional()
      .meta({ description: 'may be sent back as it was read; see pause and resume' }),
  })
  .meta({ id: 'SavedIntegration' });

const shown = {
  ...definition,
  dueDate: z.union([
    z.object({ from: z.literal('today'), daysToAdd: z.int() }),
    z.object({ from: z.literal('field'), field: z.string(), daysToAdd: z.int() }),
  ]),
  title: z.object({ field: z.string() }).nullable(),
  triggerOn: z.enum(['create', 'update', 'both']),
  filterFormula: z.string().nullable(),
  timeZone: z.string(),
  duplicateScope: z.enum(['category', 'account']),
  fieldMappings: z.array(z.object({ salesforceField: z.string(), zenqmsFieldId: z.string() })).readonly(),
  bulkLimit: z.int().nullable(),
};

export const ShownDefinition = z.object(shown).meta({ id: 'ShownDefinition' });

export const Integration = z
  .object({
    ...shown,
    id: Id,
    revision: z.int(),
    status: z.enum(['active', 'paused', 'starting']),
    activatedAt: Time,
    pausedAt: Time.nullable(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Integration' });

export const Revision = z
  .object({
    revision: z.int(),
    action: z.string(),
    actor: z.string(),
    actingUser: z.string().nullable(),
    at: Time,
    definition: ShownDefinition,
  })
  .meta({ id: 'Revision' });

export const Validation = z
  .object({ valid: z.boolean(), problems: z.array(IntegrationProblem).readonly() })
  .meta({ id: 'Validation' });

export const RecordId = z
  .string()
  .trim()
  .refine(isRecordId, 'must be a record id of 15 or 18 characters')
  .transform(toId18)
  .meta({ pattern: '^[A-Za-z0-9]{15}([A-Za-z0-9]{3})?$', example: '5003000000D8cuIAAR' });

export const PreviewRequest = z
  .strictObject({
    integration: DraftIntegration,
    recordId: RecordId,
    changeType: z.enum(['CREATE', 'UPDATE', 'create', 'update']).nullable().optional(),
    changedFields: z.array(z.string().trim().min(1).max(200)).max(1000).nullable().optional(),
  })
  .meta({ id: 'PreviewRequest' });

export const Preview = z
  .object({
    decision: z.object({
      outcome: z.enum(['deliver', 'skip', 'error']),
      reason: z.string(),
      message: z.string(),
      steps: z.array(DecisionStep).readonly(),
    }),
    issue: z
      .object({
        categoryId: z.string(),
        title: z.string(),
        dueDate: z.string(),
        assigneeId: z.string(),
        firstStageAssigneeId: z.string(),
        externalId: z.string(),
        customFields: z.array(z.object({ fieldId: z.string(), value: z.string() })).readonly(),
      })
      .nullable(),
    duplicateOf: z
      .object({
        id: z.string(),
        number: z.string(),
        categoryId: z.string(),
        title: z.string(),
        status: z.string(),
        externalId: z.string().nullable(),
        createdAt: z.string(),
      })
      .nullable(),
  })
  .meta({ id: 'Preview' });

export const ResumeRequest = z.strictObject({ from: z.enum(['now', 'pause']).default('now') }).meta({ id: 'ResumeRequest' });
export const CatchUpRequest = z.strictObject({ since: GivenTime }).meta({ id: 'CatchUpRequest' });

export const CatchUp = z
  .object({
    id: Id,
    cause: z.string(),
    since: Time,
    until: Time,
    cursorAt: Time.nullable(),
    state: z.string(),
    found: z.int(),
    added: z.int(),
    message: z.string().nullable(),
    createdAt: Time,
    finishedAt: Time.nullable(),
  })
  .meta({ id: 'CatchUp' });

const Count = z.int().min(0);

export const Status = z
  .object({
    status: z.enum(['active', 'paused', 'starting']),
    waiting: Count,
    running: Count,
    held: Count,
    needsAttention: Count,
    counts: z.object({ created: Count, skipped: Count, error: Count }),
    lastEventAt: Time.nullable(),
    lastCreatedAt: Time.nullable(),
    lagSeconds: z.number(),
    problems: z
      .array(z.object({ code: z.string(), path: z.string(), message: z.string(), remedy: z.string(), blocking: z.boolean() }))
      .readonly(),
    problemsCheckedAt: Time.nullable(),
  })
  .meta({ id: 'Status' });

export const Held = z
  .object({ count: Count, oldestReceivedAt: Time.nullable(), newestReceivedAt: Time.nullable() })
  .meta({ id: 'Held' });

export const Reconciliation = z
  .object({
    day: z.string(),
    matched: Count,
    issues: Count,
    explained: Count,
    missing: Count,
    details: z.array(z.unknown()).readonly(),
    checkedAt: Time,
  })
  .meta({ id: 'Reconciliation' });
