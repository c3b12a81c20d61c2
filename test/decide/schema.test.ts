import { describe, expect, test } from 'vitest';
import { formulaSchema, lookUpPath } from '../../relay/decide/schema.ts';
import { CASE, related } from './describes.ts';

describe('paths that a formula or a mapping may name', () => {
  const found: [path: string, canonical: string, type: string][] = [
    ['Status', 'Status', 'picklist'],
    ['status', 'Status', 'picklist'],
    ['SLADATE__C', 'SlaDate__c', 'date'],
    ['Account.Name', 'Account.Name', 'string'],
    ['account.billingcity', 'Account.BillingCity', 'string'],
    ['Account.Parent.Owner.Name', 'Account.Parent.Owner.Name', 'string'],
    ['plant__r.code__c', 'Plant__r.Code__c', 'string'],
    ['owner.name', 'Owner.Name', 'string'],
    ['Owner.Email', 'Owner.Email', 'email'],
  ];
  test.each(found)('%s is %s, a %s', (path, canonical, type) => {
    expect(lookUpPath(CASE, related, path)).toMatchObject({ path: canonical, field: { type } });
  });

  const unknown: [path: string, at: number, among: string][] = [
    ['Staus', 0, 'Status'],
    ['Acount.Name', 0, 'Account'],
    ['Account.Nam', 1, 'Name'],
    ['Status.Name', 0, 'Account'],
    ['Owner.Department', 1, 'Name'],
    ['', 0, 'Status'],
  ];
  test.each(unknown)('%s is unknown at %d, and %s is offered', (path, at, among) => {
    const answer = formulaSchema(CASE, related).field(path.split('.'));
    expect(answer).toMatchObject({ kind: 'unknown', at });
    expect(answer.kind === 'unknown' && answer.candidates).toContain(among);
  });

  test('a related object that the connected user cannot see is said so', () => {
    const answer = formulaSchema(CASE, () => undefined).field(['Account', 'Name']);
    expect(answer).toMatchObject({ kind: 'ambiguous', message: expect.stringContaining("Account can't be read") as string });
  });

  test('more than five relationships are refused', () => {
    const path = ['Account', 'Parent', 'Parent', 'Parent', 'Parent', 'Parent', 'Name'];
    expect(formulaSchema(CASE, related).field(path).kind).toBe('ambiguous');
    expect(formulaSchema(CASE, related).field(path.slice(1)).kind).toBe('unknown');
    expect(formulaSchema(CASE, related).field(['Account', ...path.slice(2)]).kind).toBe('field');
  });

  test('picklist values go along, and only those of picklists', () => {
    expect(lookUpPath(CASE, related, 'Priority')?.field.picklistValues).toEqual(['High', 'Medium', 'Low']);
    expect(lookUpPath(CASE, related, 'Subject')?.field).not.toHaveProperty('picklistValues');
  });
});
