import { describe, expect, test } from 'vitest';
import { priorPaths, requiredPaths } from '../../relay/decide/index.ts';
import { ACCOUNT, CASE, CONTACT } from './describes.ts';
import { program } from './program.ts';

describe('what has to be fetched', () => {
  const plain = { title: null, dueDate: { from: 'today', daysToAdd: 30 }, fieldMappings: [] } as const;

  test('every path once, spelt as it will be looked up', () => {
    const paths = requiredPaths(
      {
        title: { field: 'subject' },
        dueDate: { from: 'field', field: 'SlaDate__c', daysToAdd: 0 },
        fieldMappings: [
          { salesforceField: 'priority', zenqmsFieldId: 'a' },
          { salesforceField: 'Account.Name', zenqmsFieldId: 'b' },
          { salesforceField: 'Amount__c', zenqmsFieldId: 'c' },
        ],
      },
      program("ISPICKVAL(Priority, 'High') && account.name = 'Acme'"),
      CASE,
    );
    expect(new Set(paths)).toEqual(
      new Set([
        'Id',
        'Priority',
        'priority',
        'subject',
        'Account.Name',
        'LastModifiedDate',
        'Amount__c',
        'Subject',
        'CaseNumber',
        'SlaDate__c',
        'CurrencyIsoCode',
      ]),
    );
    expect(paths.length).toBe(new Set(paths).size);
  });

  test('no more than that', () => {
    expect(requiredPaths(plain, null, CASE)).toEqual(['Id', 'Subject', 'CaseNumber']);
    expect(requiredPaths(plain, null, ACCOUNT)).toEqual(['Id', 'Name']);
  });

  test('the parts of a name that a formula reads', () => {
    expect(requiredPaths(plain, program("Name = 'Ada Byron'", CONTACT), CONTACT)).toEqual(
      expect.arrayContaining(['Name', 'FirstName', 'LastName']),
    );
  });

  test('what must be remembered is spelt as the event spells it', () => {
    expect(priorPaths(program("PRIORVALUE(FirstName) = 'Eve'", CONTACT), CONTACT)).toEqual(['Name.FirstName']);
    expect(priorPaths(program('PRIORVALUE(Amount__c) < 5'), CASE)).toEqual(['Amount__c']);
    expect(priorPaths(null, CASE)).toEqual([]);
  });
});
