import { describe, expect, it } from 'vitest';
import { readSchema } from '../../scripts/check/schema.ts';
import { queriesIn, soqlNames } from '../../scripts/check/soql.ts';
import { META, MODULES, apexClass, problemsOf, projectOf } from './support.ts';

const project = projectOf({
  ...apexClass('Bad', 'public class Bad { List<Case> all = [SELECT Subjekt FROM Case]; }'),
  'force-app/main/default/objects/Sla__c/Sla__c.object-meta.xml': `<CustomObject ${META}/>`,
  'force-app/main/default/objects/Sla__c/fields/Days__c.field-meta.xml': `<CustomField ${META}><fullName>Days__c</fullName></CustomField>`,
  'force-app/main/default/objects/Sla__c/fields/Case__c.field-meta.xml': `<CustomField ${META}><referenceTo>Case</referenceTo></CustomField>`,
});
const schema = readSchema(MODULES, project.root);
const problems = (query: string) => queriesIn(`public class Q { void q() { Object o = [${query}]; } }`, 'Q.cls', schema).problems;

describe('names in SOQL', () => {
  it.each([
    'SELECT Id, Subject, Account.Name, Owner.Email FROM Case WHERE Priority = :level ORDER BY CreatedDate',
    'SELECT Id, (SELECT Id, LastName FROM Contacts WHERE Email != null) FROM Account',
    'SELECT c.Subject, c.Account.Name FROM Case c WHERE c.Id IN :ids',
    'SELECT COUNT(Id) total, Status FROM Case GROUP BY Status ORDER BY COUNT(Id)',
    'SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact)',
    'SELECT Days__c, Case__r.Subject, Name, CreatedDate FROM Sla__c',
  ])('are all there: %s', (query) => {
    expect(problems(query)).toEqual([]);
  });

  it.each([
    ['SELECT Subjekt FROM Case', 'case has no field Subjekt'],
    ['SELECT Id FROM Kase', 'nothing can be selected from Kase'],
    ['SELECT Acount.Name FROM Case', 'case has no parent Acount'],
    ['SELECT Account.Nome FROM Case', 'account has no field Nome'],
    ['SELECT Account FROM Case', 'case has no field Account'],
    ["SELECT Id FROM Case WHERE Priorty = 'High'", 'case has no field Priorty'],
    ['SELECT Id FROM Case ORDER BY Createdate', 'case has no field Createdate'],
    ['SELECT Id, (SELECT Id FROM Contactz) FROM Account', 'nothing can be selected from Contactz'],
    ['SELECT Id, (SELECT Lastnam FROM Contacts) FROM Account', 'contact has no field Lastnam'],
    ['SELECT Id FROM Account WHERE Id IN (SELECT AcountId FROM Contact)', 'contact has no field AcountId'],
    ['SELECT Dayz__c FROM Sla__c', 'sla__c has no field Dayz__c'],
    ['SELECT MAX(Createdate) FROM Case', 'case has no field Createdate'],
  ])('are missed: %s', (query, problem) => {
    expect(problems(query)).toEqual([expect.stringContaining(problem)]);
  });

  it('are read from every class of the package', async () => {
    expect(await problemsOf(soqlNames, project)).toEqual(['force-app/main/default/classes/Bad.cls:1: case has no field Subjekt']);
  });
});
