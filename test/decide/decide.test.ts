import { describe, expect, test } from 'vitest';
import { type DecideInput, decide, globalsOf, preDecide } from '../../relay/decide/index.ts';
import type { ChangeEvent } from '../../relay/model/event.ts';
import type { FetchedRecord, ObjectDescribe } from '../../relay/model/salesforce.ts';
import { ACCOUNT, CASE, CONTACT, event } from './describes.ts';
import { program } from './program.ts';

const GLOBALS = globalsOf({
  id: '00D000000000001AAA',
  name: 'Acme',
  user: { id: '005000000000001AAA', username: 'relay@acme.example', profileName: null },
});

interface Given {
  readonly formula: string | null;
  readonly event?: Partial<ChangeEvent>;
  readonly record?: FetchedRecord;
  readonly prior?: Record<string, unknown> | null;
  readonly object?: ObjectDescribe;
  readonly triggerOn?: 'create' | 'update' | 'both';
}

function input({ formula, event: change, record, prior, object = CASE, triggerOn = 'both' }: Given): DecideInput {
  return {
    event: event({ object: object.name, ...change }),
    integration: { triggerOn, filterFormula: formula, timeZone: 'Europe/Berlin' },
    program: formula === null ? null : program(formula, object),
    describe: object,
    record: record ?? {},
    prior: prior ?? null,
    now: new Date('2026-03-02T23:30:00Z'),
    globals: GLOBALS,
  };
}

describe('deciding', () => {
  const rows: [what: string, Given, kind: string, reason: string | undefined, message: RegExp][] = [
    ['no formula', { formula: null }, 'deliver', undefined, /no filter formula/],
    ['wrong trigger', { formula: null, triggerOn: 'create' }, 'skip', 'trigger_not_matched', /updated.*creation only/],
    ['deleted', { formula: null, event: { changeType: 'DELETE' } }, 'skip', 'trigger_not_matched', /deleted/],
    ['restored', { formula: 'TRUE', event: { changeType: 'UNDELETE' } }, 'skip', 'trigger_not_matched', /restored/],
    ['a gap that deletes', { formula: 'TRUE', event: { changeType: 'GAP_DELETE' } }, 'skip', 'trigger_not_matched', /deleted/],
    ['poison', { formula: 'TRUE', event: { poison: 'No record id.' } }, 'error', 'poisoned_event', /No record id/],
    ['overflow', { formula: 'TRUE', event: { changeType: 'GAP_OVERFLOW' } }, 'error', 'gap_overflow', /many records/],
    [
      'true',
      {
        formula: "AND(ISCHANGED(Status), ISPICKVAL(Priority, 'High'))",
        event: { changedFields: ['Status'] },
        record: { Status: 'New', Priority: 'High' },
      },
      'deliver',
      undefined,
      /./,
    ],
    [
      'unchanged',
      {
        formula: "AND(ISCHANGED(Status), ISPICKVAL(Priority, 'High'))",
        event: { changedFields: ['Subject'] },
        record: { Status: 'New', Priority: 'High' },
      },
      'skip',
      'filter_false',
      /ISCHANGED\(Status\) is false.*Status did not change/,
    ],
    [
      'the clause that failed is named',
      {
        formula: "AND(ISCHANGED(Status), ISPICKVAL(Priority, 'High'))",
        event: { changedFields: ['Status'] },
        record: { Status: 'New', Priority: 'Low' },
      },
      'skip',
      'filter_false',
      /ISPICKVAL\(Priority, 'High'\) is false/,
    ],
    [
      'the event decides, not what the record became',
      { formula: "ISPICKVAL(Status, 'Closed')", event: { values: { Status: 'New' } }, record: { Status: 'Closed' } },
      'skip',
      'filter_false',
      /is false/,
    ],
    [
      'and the other way round',
      { formula: "TEXT(Status) = 'New'", event: { values: { Status: 'New' } }, record: { Status: 'Closed' } },
      'deliver',
      undefined,
      /./,
    ],
    ['blank is not true', { formula: 'Amount__c > 5', record: { Amount__c: null } }, 'skip', 'filter_false', /./],
    ['a creation is new', { formula: 'ISNEW()', event: { changeType: 'CREATE' } }, 'deliver', undefined, /./],
    [
      'nothing changed on a creation',
      { formula: 'ISCHANGED(Status)', event: { changeType: 'CREATE' }, record: { Status: 'New' } },
      'skip',
      'filter_false',
      /./,
    ],
    [
      'a gap creation is one',
      { formula: 'ISNEW()', event: { changeType: 'GAP_CREATE', changedFields: null } },
      'deliver',
      undefined,
      /./,
    ],
    [
      'a gap does not tell what changed',
      { formula: 'ISCHANGED(Status)', event: { changeType: 'GAP_UPDATE', changedFields: null }, record: { Status: 'New' } },
      'error',
      'gap_change_unknown',
      /./,
    ],
    [
      'a gap does not matter to a formula that does not ask',
      {
        formula: "ISPICKVAL(Status, 'New')",
        event: { changeType: 'GAP_UPDATE', changedFields: null },
        record: { Status: 'New' },
      },
      'deliver',
      undefined,
      /./,
    ],
    [
      'the value before, never seen',
      { formula: 'PRIORVALUE(Amount__c) < 5', event: { changedFields: ['Amount__c'] }, record: { Amount__c: 9 }, prior: {} },
      'error',
      'gap_change_unknown',
      /./,
    ],
    [
      'the value before, remembered',
      {
        formula: 'PRIORVALUE(Amount__c) < 5',
        event: { changedFields: ['Amount__c'] },
        record: { Amount__c: 9 },
        prior: { Amount__c: 3 },
      },
      'deliver',
      undefined,
      /./,
    ],
    [
      'the value before of an unchanged field is the one it has',
      { formula: 'PRIORVALUE(Amount__c) < 5', event: { changedFields: ['Subject'] }, record: { Amount__c: 3 } },
      'deliver',
      undefined,
      /./,
    ],
    [
      'a nested name changed',
      {
        object: CONTACT,
        formula: "AND(ISCHANGED(FirstName), FirstName = 'Ada')",
        event: { changedFields: ['Name.FirstName'], values: { Name: { FirstName: 'Ada' } } },
        record: { FirstName: 'Eve' },
      },
      'deliver',
      undefined,
      /./,
    ],
    [
      'another part of a nested name did not change',
      {
        object: CONTACT,
        formula: 'ISCHANGED(LastName)',
        event: { changedFields: ['Name.FirstName'], values: { Name: { FirstName: 'Ada' } } },
        record: { LastName: 'Byron' },
      },
      'skip',
      'filter_false',
      /LastName did not change/,
    ],
    [
      'a nested name before',
      {
        object: CONTACT,
        formula: "PRIORVALUE(FirstName) = 'Eve'",
        event: { changedFields: ['Name.FirstName'], values: { Name: { FirstName: 'Ada' } } },
        prior: { 'Name.FirstName': 'Eve' },
      },
      'deliver',
      undefined,
      /./,
    ],
    [
      'an address part changed',
      {
        object: ACCOUNT,
        formula: "ISCHANGED(BillingCity) && BillingCity = 'Bonn'",
        event: { changedFields: ['BillingAddress.City'], values: { BillingAddress: { City: 'Bonn' } } },
      },
      'deliver',
      undefined,
      /./,
    ],
    [
      'date-times compare whatever their form',
      {
        formula: "OccurredAt__c = DATETIMEVALUE('2026-03-01 08:00:00')",
        event: { values: { OccurredAt__c: '2026-03-01T08:00:00.000Z' } },
      },
      'deliver',
      undefined,
      /./,
    ],
    [
      'today is meant in the time zone',
      { formula: 'SlaDate__c = TODAY()', record: { SlaDate__c: '2026-03-03' } },
      'deliver',
      undefined,
      /./,
    ],
    ['a relationship', { formula: "Account.Name = 'Acme'", record: { 'Account.Name': 'Acme' } }, 'deliver', undefined, /./],
    [
      'the authorising user',
      { formula: 'OwnerId = $User.Id', record: { OwnerId: '005000000000001AAA' } },
      'deliver',
      undefined,
      /./,
    ],
    ['an error', { formula: '1 / Units__c > 0', record: { Units__c: 0 } }, 'error', 'formula_error', /can't be worked out/],
    ['a field that was not fetched', { formula: "Subject = 'Leak'" }, 'error', 'formula_error', /Subject/],
    ['a profile that is not known', { formula: "$Profile.Name = 'x'" }, 'error', 'formula_error', /Profile/],
  ];
  test.each(rows)('%s', (_what, given, kind, reason, message) => {
    const decision = decide(input(given));
    expect({ kind: decision.kind, reason: 'reason' in decision ? decision.reason : undefined }).toEqual({ kind, reason });
    expect(decision.message).toMatch(message);
  });

  test('the steps are the trigger and then each clause with its value', () => {
    const decision = decide(
      input({
        formula: "AND(ISCHANGED(Status), ISPICKVAL(Priority, 'High'))",
        event: { changedFields: ['Status'] },
        record: { Status: 'New', Priority: 'Low' },
      }),
    );
    expect(decision.steps[0]).toMatchObject({ step: 'trigger', passed: true });
    const clauses = Object.fromEntries(decision.steps.slice(1).map((step) => [step.step, step.passed]));
    expect(clauses).toMatchObject({ 'ISCHANGED(Status)': true, "ISPICKVAL(Priority, 'High')": false });
  });

  test('a formula that no longer compiles stops its events instead of letting them through', () => {
    const decision = decide({ ...input({ formula: 'ISNEW()' }), program: null });
    expect(decision).toMatchObject({ kind: 'error', reason: 'configuration_broken' });
  });
});

describe('deciding before anything is fetched', () => {
  const rows: [what: string, Given, expected: string | null][] = [
    ['the trigger does not match', { formula: 'TRUE', triggerOn: 'create' }, 'trigger_not_matched'],
    ['no formula: fetch', { formula: null }, null],
    ['unchanged, whatever else', { formula: "AND(ISCHANGED(Status), ISPICKVAL(Priority, 'High'))" }, 'filter_false'],
    [
      'changed: fetch',
      { formula: "AND(ISCHANGED(Status), ISPICKVAL(Priority, 'High'))", event: { changedFields: ['Status'] } },
      null,
    ],
    [
      'the event carries what settles it',
      { formula: "ISPICKVAL(Status, 'Closed')", event: { values: { Status: 'New' } } },
      'filter_false',
    ],
    ['the event does not carry it: fetch', { formula: "ISPICKVAL(Status, 'Closed')" }, null],
    ['true already: fetch', { formula: "ISPICKVAL(Status, 'New')", event: { values: { Status: 'New' } } }, null],
    ['either could be: fetch', { formula: "ISCHANGED(Status) || ISPICKVAL(Priority, 'High')" }, null],
    ['a blank that is not known to be one: fetch', { formula: 'ISBLANK(Subject)' }, null],
    ['a default for a blank: fetch', { formula: "BLANKVALUE(Subject, 'x') = 'y'" }, null],
    ['a gap: fetch', { formula: 'ISCHANGED(Status)', event: { changeType: 'GAP_UPDATE', changedFields: null } }, null],
    ['an error: fetch, and say so then', { formula: '1/0 > 0' }, null],
  ];
  test.each(rows)('%s', (_what, given, expected) => {
    const decision = preDecide(input(given));
    expect(decision && 'reason' in decision ? decision.reason : null).toBe(expected);
    // What is decided early is decided the same with any record.
    if (decision?.kind === 'skip') {
      for (const record of [{}, { Status: 'Closed', Priority: 'High', Subject: 'y' }]) {
        const late = decide({ ...input(given), record });
        expect(late.kind).toBe('skip');
      }
    }
  });
});
