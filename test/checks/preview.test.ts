import { describe, expect, test } from 'vitest';
import { type PreviewParts, type PreviewRequest, preview } from '../../relay/checks/preview.ts';
import type { IntegrationDefinition } from '../../relay/model/integration.ts';
import type { Issue } from '../../relay/model/issue.ts';
import { SalesforceError } from '../../relay/model/salesforce.ts';
import { RECORD, type World, draft, sides, world } from '../integrations/validate/fakes.ts';

const CASE_RECORD = {
  Subject: 'Pump leaks',
  Description: 'It leaks.',
  Status: 'Working',
  Priority: 'High',
  OwnerId: '005000000000001AAA',
};

const ISSUE: Issue = {
  id: 'i-1',
  number: 'COMPLAINT-7',
  categoryId: 'cat-1',
  title: 'Pump leaks',
  status: 'open',
  externalId: RECORD,
  createdAt: '2026-03-01T00:00:00Z',
};

const here = (more: Partial<World> = {}): World =>
  world({ records: { [RECORD]: { kind: 'found', record: CASE_RECORD } }, ...more });

function run(
  definition: Partial<IntegrationDefinition>,
  request: Partial<PreviewRequest> = {},
  of = here(),
  map?: PreviewParts['map'],
) {
  return preview(
    { integration: draft(definition), recordId: RECORD, changeType: null, changedFields: null, ...request },
    {
      sides: sides(of),
      now: () => new Date('2026-03-02T10:00:00Z'),
      map:
        map ??
        (async ({ record, recordId, definition: { categoryId, assigneeId } }) => ({
          issue: {
            categoryId,
            assigneeId,
            firstStageAssigneeId: assigneeId,
            title: String(record['Subject']),
            dueDate: '2026-04-01',
            externalId: recordId,
            customFields: [],
          },
          notes: ['The due date is today.'],
        })),
    },
  );
}

const FILTER = "AND(ISCHANGED(Status), ISPICKVAL(Priority, 'High'))";

describe('what would happen', () => {
  const rows: [what: string, Partial<IntegrationDefinition>, Partial<PreviewRequest>, outcome: string, reason: string][] = [
    ['no formula', {}, {}, 'deliver', 'created'],
    ['the formula asks for a change, so a change is assumed', { filterFormula: FILTER }, {}, 'deliver', 'created'],
    ['a change that was named', { filterFormula: FILTER }, { changedFields: ['Status'] }, 'deliver', 'created'],
    ['another change', { filterFormula: FILTER }, { changedFields: ['Subject'] }, 'skip', 'filter_false'],
    ['a creation changes nothing', { filterFormula: FILTER }, { changeType: 'CREATE' }, 'skip', 'filter_false'],
    ['new or changed: a creation is assumed', { filterFormula: 'OR(ISNEW(), ISCHANGED(Status))' }, {}, 'deliver', 'created'],
    ['the wrong trigger', { triggerOn: 'create' }, { changeType: 'UPDATE' }, 'skip', 'trigger_not_matched'],
    [
      'the value before is not known',
      { filterFormula: "ISPICKVAL(PRIORVALUE(Status), 'New')" },
      { changeType: 'UPDATE', changedFields: ['Status'] },
      'error',
      'gap_change_unknown',
    ],
    ['an error in the formula', { filterFormula: '1 / (LEN(Subject) - 10) > 0' }, {}, 'error', 'formula_error'],
    ['the authorising user', { filterFormula: 'OwnerId = $User.Id' }, {}, 'deliver', 'created'],
    ['an invalid integration', { categoryId: 'x' }, {}, 'error', 'configuration_broken'],
    ['an unknown record', {}, { recordId: '500000000000009AAA' }, 'error', 'record_not_readable'],
  ];
  test.each(rows)('%s', async (_what, definition, request, outcome, reason) => {
    const result = await run(definition, request);
    expect(result.decision).toMatchObject({ outcome, reason });
    expect(result.issue === null).toBe(outcome !== 'deliver');
    expect(result.decision.message).not.toBe('');
  });

  test('step by step, with what was assumed', async () => {
    const { decision } = await run({ filterFormula: FILTER });
    expect(decision.steps[0]).toMatchObject({ step: 'trigger', passed: true });
    expect(decision.steps).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ step: 'ISCHANGED(Status)', passed: true }),
        expect.objectContaining({ step: "ISPICKVAL(Priority, 'High')", passed: true }),
        { step: 'assumed', passed: null, message: 'Looked at as if the record had just had an update that changed Status.' },
        { step: 'mapping', passed: null, message: 'The due date is today.' },
      ]),
    );
  });

  test('nothing is assumed where everything was said', async () => {
    const { decision } = await run({}, { changeType: 'UPDATE', changedFields: ['Status'] });
    expect(decision.steps.map((step) => step.step)).not.toContain('assumed');
  });
});

test('a deleted record', async () => {
  const result = await run({}, {}, here({ records: { [RECORD]: { kind: 'deleted' } } }));
  expect(result.decision).toMatchObject({ outcome: 'skip', reason: 'record_deleted' });
});

describe('an Issue that exists already', () => {
  const rows: [what: string, Issue, IntegrationDefinition['duplicateScope'], found: boolean][] = [
    ['in the category', ISSUE, 'category', true],
    ['in another one', { ...ISSUE, categoryId: 'cat-2' }, 'category', false],
    ['in another one, for an integration that looks at the account', { ...ISSUE, categoryId: 'cat-2' }, 'account', true],
    ['of another record', { ...ISSUE, externalId: '500000000000002AAA' }, 'account', false],
  ];
  test.each(rows)('%s', async (_what, issue, duplicateScope, found) => {
    const result = await run({ duplicateScope }, {}, here({ issues: [issue] }));
    expect(result.duplicateOf).toEqual(found ? issue : null);
    expect(result.decision).toMatchObject({ outcome: 'deliver', reason: found ? 'duplicate' : 'created' });
    expect(result.issue).not.toBeNull();
  });
});

test('what the mapping refuses', async () => {
  const refuse = async () => ({ kind: 'error', problems: [{ message: 'No text.' }, { message: 'No date.' }] }) as const;
  const result = await run({}, {}, here(), refuse);
  expect(result).toMatchObject({
    issue: null,
    decision: { outcome: 'error', reason: 'mapping_error', message: 'No text. No date.' },
  });
});

test('a side that fails in between is not hidden', async () => {
  const failing = { 'salesforce.records': new SalesforceError('retry', 'timeout', 'no answer') };
  await expect(run({}, {}, here({ failing }))).rejects.toThrow('no answer');
});
