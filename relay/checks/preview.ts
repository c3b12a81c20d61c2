/** Preview: what would happen to one real record, step by step. Nothing is created and nothing is stored. */
import { decide, globalsOf, requiredPaths } from '../decide/index.ts';
import type { Program } from '../formula/index.ts';
import { type Sides, type Validation, neverTrueOn, validateIntegration } from '../integrations/validate/index.ts';
import type { ChangeEvent } from '../model/event.ts';
import type { IntegrationDefinition } from '../model/integration.ts';
import type { Issue, NewIssue } from '../model/issue.ts';
import type { DecisionStep } from '../model/outcome.ts';
import type { FetchedRecord, ObjectDescribe, RecordResult } from '../model/salesforce.ts';

export interface PreviewRequest {
  readonly integration: IntegrationDefinition;
  /** 15 or 18 characters. */
  readonly recordId: string;
  /** null: an update where the trigger or the formula asks for one, else a creation. */
  readonly changeType: 'CREATE' | 'UPDATE' | null;
  /** As REST or the change event spells them; null: the fields that the formula's ISCHANGED and PRIORVALUE look at. */
  readonly changedFields: readonly string[] | null;
}

export interface Preview {
  readonly decision: {
    /** error: in real life the event would wait for a person. */
    readonly outcome: 'deliver' | 'skip' | 'error';
    readonly reason: string;
    readonly message: string;
    readonly steps: readonly DecisionStep[];
  };
  /** What would be sent; null where nothing would. */
  readonly issue: NewIssue | null;
  /** The Issue that the record has already, so that none would be created. */
  readonly duplicateOf: Issue | null;
}

export type Mapped =
  | { readonly kind: 'error'; readonly problems: readonly { readonly message: string }[] }
  | { readonly issue: NewIssue; readonly notes: readonly string[] };

export interface PreviewParts {
  readonly sides: Sides;
  /** The same mapping that deliveries go through. */
  readonly map: (input: {
    readonly definition: IntegrationDefinition;
    readonly describe: ObjectDescribe;
    readonly record: FetchedRecord;
    readonly recordId: string;
    readonly now: Date;
  }) => Promise<Mapped>;
  readonly now: () => Date;
}

/** @throws SalesforceError, ZenqmsError when a side could not be asked after all */
export async function preview(request: PreviewRequest, parts: PreviewParts): Promise<Preview> {
  const checked = await validateIntegration(request.integration, parts.sides);
  const { describe } = checked;
  if (!checked.valid || !describe) return invalid(checked);
  const { definition, program } = checked;
  const { salesforce } = parts.sides;
  const connectionId = definition.salesforceConnectionId;
  const paths = requiredPaths(definition, program, describe, checked.related);
  const found = await salesforce.records(connectionId, describe.name, [request.recordId], paths);
  const result = found.values().next().value;
  if (result?.kind !== 'found') return gone(result);
  const { record } = result;
  const recordId = typeof record['Id'] === 'string' ? record['Id'] : request.recordId;
  const { event, assumed } = eventOf(request, describe, program, recordId);
  const now = parts.now();
  const globals = program && program.globals.length > 0 ? globalsOf(await salesforce.org(connectionId)) : {};
  const decision = decide({ event, integration: definition, program, describe, record, prior: null, now, globals });
  const steps = [...decision.steps, ...assumed];
  if (decision.kind !== 'deliver') {
    const { kind: outcome, reason, message } = decision;
    return { decision: { outcome, reason, message, steps }, issue: null, duplicateOf: null };
  }
  const mapped = await parts.map({ definition, describe, record, recordId, now });
  if (!('issue' in mapped)) {
    const message = mapped.problems.map((problem) => problem.message).join(' ');
    return { decision: { outcome: 'error', reason: 'mapping_error', message, steps }, issue: null, duplicateOf: null };
  }
  const duplicateOf = await existing(definition, recordId, parts.sides);
  steps.push(...mapped.notes.map((message): DecisionStep => ({ step: 'mapping', passed: null, message })));
  if (duplicateOf) steps.push({ step: 'duplicate', passed: false, message: duplicate(duplicateOf) });
  const [reason, message] = duplicateOf ? ['duplicate', duplicate(duplicateOf)] : ['created', decision.message];
  return { decision: { outcome: 'deliver', reason, message, steps }, issue: mapped.issue, duplicateOf };
}

/** The decision stands; whether an Issue exists already is found when it is delivered. */
const duplicate = ({ number }: Issue): string => `The record has the Issue ${number} already: no other would be created.`;

function invalid({ problems }: Validation): Preview {
  const errors = problems.filter((found) => found.severity === 'error');
  const steps = errors.map(({ path, message }): DecisionStep => ({ step: path, passed: false, message }));
  const message = `The integration can't work as it is: ${errors.map((found) => found.message).join(' ')}`;
  return { decision: { outcome: 'error', reason: 'configuration_broken', message, steps }, issue: null, duplicateOf: null };
}

function gone(result: Exclude<RecordResult, { kind: 'found' }> | undefined): Preview {
  if (result?.kind === 'deleted') {
    const message = 'The record has been deleted.';
    return { decision: { outcome: 'skip', reason: 'record_deleted', message, steps: [] }, issue: null, duplicateOf: null };
  }
  const message = result?.message ?? "There is no such record, or the connected user can't see it.";
  return { decision: { outcome: 'error', reason: 'record_not_readable', message, steps: [] }, issue: null, duplicateOf: null };
}

interface Assumed {
  readonly event: ChangeEvent;
  /** What nobody said and was taken for granted. */
  readonly assumed: readonly DecisionStep[];
}

function eventOf(request: PreviewRequest, describe: ObjectDescribe, program: Program | null, recordId: string): Assumed {
  const changeType = request.changeType ?? likely(request, program);
  const changedFields = changeType === 'CREATE' ? [] : (request.changedFields ?? lookedAt(program));
  const event: ChangeEvent = {
    key: `preview/1/${describe.name}/${recordId}`,
    object: describe.name,
    recordId,
    changeType,
    changedFields,
    values: {},
    eventAt: new Date(0).toISOString(),
    source: 'query',
    replayId: null,
    changeOrigin: null,
    commitUser: null,
    transactionKey: null,
    poison: null,
  };
  const guessed = request.changeType === null || (changeType === 'UPDATE' && request.changedFields === null);
  return { event, assumed: guessed ? [assumption(event)] : [] };
}

function likely({ integration, changedFields }: PreviewRequest, program: Program | null): 'CREATE' | 'UPDATE' {
  if (integration.triggerOn !== 'both') return integration.triggerOn === 'create' ? 'CREATE' : 'UPDATE';
  return changedFields !== null || (program && neverTrueOn('create', program)) ? 'UPDATE' : 'CREATE';
}

const lookedAt = (program: Program | null): readonly string[] => [
  ...new Set([...(program?.changed ?? []), ...(program?.prior ?? [])]),
];

function assumption({ changeType, changedFields }: ChangeEvent): DecisionStep {
  const what = changedFields?.length ? `an update that changed ${changedFields.join(', ')}` : 'an update';
  const message = `Looked at as if the record had just ${changeType === 'CREATE' ? 'been created' : `had ${what}`}.`;
  return { step: 'assumed', passed: null, message };
}

/** In the category, or anywhere in the account, as the integration's duplicate scope says. */
async function existing(definition: IntegrationDefinition, recordId: string, { zenqms }: Sides): Promise<Issue | null> {
  const issues = await zenqms.issuesOf(definition.zenqmsConnectionId, recordId);
  const anywhere = definition.duplicateScope === 'account';
  return issues.find((issue) => anywhere || issue.categoryId === definition.categoryId) ?? null;
}
