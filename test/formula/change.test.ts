import { describe, expect, test } from 'vitest';
import { compile, decidingClause, decidingSentence } from '../../relay/formula/index.ts';
import type { Context } from '../../relay/formula/index.ts';
import { schemaOf } from './support/schema.ts';

const schema = schemaOf('Contact', {
  Status: 'picklist',
  Amount: 'currency',
  Active__c: 'boolean',
  FirstName: { name: 'FirstName', type: 'string', compoundFieldName: 'Name' },
  Name: 'string',
  MailingCity: { name: 'MailingCity', type: 'string', compoundFieldName: 'MailingAddress' },
});
const RECORD: Record<string, unknown> = {
  Status: 'Closed',
  Amount: '500.50',
  Active__c: true,
  FirstName: 'Ada',
  Name: 'Ada B',
  MailingCity: 'Bonn',
};

function context(more: Partial<Context> = {}): Context {
  return {
    values: (path) => RECORD[path],
    changeType: 'UPDATE',
    isNew: undefined,
    changedFields: new Set(['Status']),
    prior: () => ({ known: true, value: 'New' }),
    now: new Date('2024-06-15T12:00:00Z'),
    timeZone: 'UTC',
    ...more,
  };
}

function program(text: string) {
  const compiled = compile(text, schema);
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message);
  return compiled.program;
}

const run = (text: string, more: Partial<Context> = {}) => {
  const outcome = program(text).evaluate(context(more));
  return outcome.kind === 'value' ? outcome.value : outcome.kind === 'unknown' ? outcome.reason : outcome.code;
};

const gap: Partial<Context> = { changedFields: undefined };
const overflow: Partial<Context> = { changeType: 'UNKNOWN', changedFields: undefined };
const created: Partial<Context> = { changeType: 'CREATE' };

describe('the change', () => {
  test.each([
    ['ISCHANGED(Status)', {}, true],
    ['ISCHANGED(Amount)', {}, false],
    ['ISCHANGED(Status)', created, false],
    ['ISCHANGED(Status)', { ...created, ...gap }, false],
    ['ISNEW()', {}, false],
    ['ISNEW()', created, true],
    ['ISNEW()', overflow, 'change_unknown'],
    ["PRIORVALUE(Status) = 'New'", {}, true],
    ["PRIORVALUE(Status) = 'Closed'", created, true],
    ['PRIORVALUE(Amount) = 500.5', {}, true],
    ["PRIORVALUE(Status) = 'New'", { prior: () => ({ known: false }) as const }, 'prior_unknown'],
    ["PRIORVALUE(Status) = 'New'", gap, 'prior_unknown'],
    ['ISCHANGED(Status)', gap, 'change_unknown'],
    ['ISCHANGED(FirstName)', { changedFields: new Set(['Name.FirstName']) }, true],
    ['ISCHANGED(Name)', { changedFields: new Set(['Name.FirstName']) }, true],
    ['ISCHANGED(MailingCity)', { changedFields: new Set(['MailingAddress.City']) }, true],
    ['ISCHANGED(MailingCity)', { changedFields: new Set(['MailingAddress.Street']) }, false],
    ["$Record.Status = 'Closed' && ISPICKVAL($Record__Prior.Status, 'New')", {}, true],
    ['Amount > 1', { values: () => undefined }, 'value_unknown'],
    ['Amount > 1', { values: () => 'many' }, 'bad_record_value'],
  ] as [string, Partial<Context>, unknown][])('%s %o', (text, more, expected) => {
    expect(run(text, more)).toBe(expected);
  });
});

describe('an unknown operand', () => {
  test.each([
    ['AND(ISCHANGED(Status), FALSE)', false],
    ['AND(FALSE, ISCHANGED(Status))', false],
    ['AND(ISCHANGED(Status), TRUE)', 'change_unknown'],
    ['OR(ISCHANGED(Status), Active__c)', true],
    ['OR(ISCHANGED(Status), Amount > 1000)', 'change_unknown'],
    ['AND(ISCHANGED(Status), 1 / (Amount - Amount) > 1)', 'change_unknown'],
    ['AND(10 / PRIORVALUE(Amount) > 1, FALSE)', 'prior_unknown'],
    ['NOT(ISCHANGED(Status))', 'change_unknown'],
    ['IFERROR(ISCHANGED(Status), FALSE)', 'change_unknown'],
    ['IF(Active__c, FALSE, ISCHANGED(Status))', false],
  ])('%s', (text, expected) => {
    expect(run(text, gap)).toBe(expected);
  });
});

describe('explain', () => {
  test('names the clause that failed', () => {
    const clauses = program("AND(ISPICKVAL(Status, 'Closed'), OR(ISCHANGED(Amount), Amount > 1000), ISNEW())").explain(context());
    expect(clauses.map(({ depth, value }) => [depth, value])).toEqual([
      [0, 'true'],
      [0, 'false'],
      [1, 'false'],
      [1, 'false'],
      [0, 'not evaluated'],
    ]);
    expect(decidingSentence(clauses)).toBe(
      'ISCHANGED(Amount) is false: Amount did not change; Amount > 1000 is false: Amount is 500.5',
    );
    expect(decidingClause(clauses)?.text).toBe('ISCHANGED(Amount)');
  });

  test('of one clause', () => {
    expect(decidingSentence(program('ISCHANGED(Amount)').explain(context()))).toBe(
      'ISCHANGED(Amount) is false: Amount did not change',
    );
    expect(decidingSentence(program('Amount > PRIORVALUE(Amount)').explain(context()))).toBe(
      'Amount > PRIORVALUE(Amount) is false: Amount is 500.5 and the prior Amount is 500.5',
    );
  });

  test('of an unknown and an error', () => {
    expect(decidingSentence(program('AND(ISCHANGED(Status), Active__c)').explain(context(gap)))).toContain(
      'ISCHANGED(Status) is unknown',
    );
    expect(decidingSentence(program('AND(Active__c, 1 / (Amount - Amount) > 1)').explain(context()))).toContain(
      'Division by zero',
    );
  });
});
