import { describe, expect, test } from 'vitest';
import { compile, functions } from '../../relay/formula/index.ts';
import type { CompileOptions, Problem, Program } from '../../relay/formula/index.ts';
import { schemaOf } from './support/schema.ts';

const schema = schemaOf('Case', {
  Status: { name: 'Status', type: 'picklist', picklistValues: ['New', 'Closed'] },
  Name: 'string',
  Amount: 'currency',
  CloseDate: 'date',
  CreatedDate: 'datetime',
  Langs__c: 'multipicklist',
  BillingAddress: 'address',
  'Account.Name': 'string',
  'Parent__r.Code__c': 'string',
});

function problemsOf(text: string, options: CompileOptions = {}): Problem[] {
  const compiled = compile(text, schema, options);
  if (compiled.ok) throw new Error(`${text} compiled`);
  return compiled.problems;
}

function programOf(text: string, options: CompileOptions = {}): Program {
  const compiled = compile(text, schema, options);
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('; '));
  return compiled.program;
}

describe('problems', () => {
  test('an unknown field has its place and a suggestion', () => {
    const [found] = problemsOf("AND(\n  Amount > 1,\n  Staus = 'New')");
    expect(found).toMatchObject({
      code: 'formula_unknown_field',
      offset: 21,
      length: 5,
      line: 3,
      column: 3,
      suggestion: 'Status',
    });
    expect(found?.message).toBe('Unknown field Staus. Did you mean Status?');
  });

  test.each([
    ['Account.Nme = 1', 'formula_unknown_field', 'Account.Name'],
    ['Parent.Code__c = 1', 'formula_unknown_field', 'Parent__r.Code__c'],
    ['ISCHANGD(Status)', 'formula_unknown_function', 'ISCHANGED'],
    ['CONTAINS(Status, "x")', 'formula_type', 'TEXT(Status)'],
    ['"a" & Amount = "b"', 'formula_type', 'TEXT(Amount)'],
    ["Amount > '1000'", 'formula_type', '1000'],
    ['CloseDate = CreatedDate', 'formula_type', 'DATEVALUE(CreatedDate)'],
    ['Amount + 1', 'formula_type', undefined],
    ['VLOOKUP(1, 2, 3)', 'formula_unsupported', undefined],
    ['$Label.Greeting = "x"', 'formula_unsupported', undefined],
    ['LEFT(Name) = "x"', 'formula_arguments', undefined],
    ['REGEX(Name, "(")', 'formula_regex', undefined],
    ['Amount > 1 AND Amount < 2', 'formula_syntax', undefined],
    ['', 'formula_syntax', undefined],
    ['BillingAddress = 1', 'formula_type', undefined],
    ['ISCHANGED(Account.Name)', 'formula_type', undefined],
    [`${'('.repeat(500)}1`, 'formula_too_deep', undefined],
    ['1'.repeat(5001), 'formula_too_long', undefined],
  ])('%s', (text, code, suggestion) => {
    const [found] = problemsOf(text);
    expect(found?.code).toBe(code);
    expect(found?.suggestion).toBe(suggestion);
  });

  test('all of them are told, in order', () => {
    expect(problemsOf('AND(Staus = 1, Nmae = 2, NOPE(3))').map(({ suggestion }) => suggestion)).toEqual([
      'Status',
      'Name',
      undefined,
    ]);
  });
});

describe('what a program says of itself', () => {
  test('its paths in canonical spelling', () => {
    const program = programOf("AND(ISCHANGED(STATUS), PRIORVALUE(amount) < 5, account.NAME = 'x', ISBLANK(name))");
    expect(program).toMatchObject({
      returnType: 'boolean',
      changed: ['Status'],
      prior: ['Amount'],
      usesChange: true,
      usesClock: false,
    });
    expect(program.fields.toSorted()).toEqual(['Account.Name', 'Amount', 'Name', 'Status']);
  });

  test('its globals', () => {
    const globals = { '$User.Id': { name: 'Id', type: 'id' } };
    expect(programOf("$user.id = 'x' || TODAY() > CloseDate", { globals })).toMatchObject({
      globals: ['$User.Id'],
      usesClock: true,
    });
    expect(problemsOf("$User.Ip = 'x'", { globals })[0]?.suggestion).toBe('$User.Id');
  });

  test('a picklist value that does not exist is a warning', () => {
    expect(programOf("Status = 'closed'").warnings).toMatchObject([{ suggestion: "'Closed'" }]);
    expect(programOf("ISPICKVAL(Status, 'Closed')").warnings).toEqual([]);
  });
});

test('the catalogue has every function once, each supported or with its reason', () => {
  const names = functions.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const name of [
    'ADDMONTHS',
    'CASE',
    'DISTANCE',
    'INCLUDES',
    'REGEX',
    'VLOOKUP',
    'GETSESSIONID',
    'CURRENCYRATE',
    'NOT',
    'PRIORVALUE',
  ]) {
    expect(names).toContain(name);
  }
  for (const { supported, signature, description } of functions) {
    expect(supported === true || supported.length > 10).toBe(true);
    expect(signature.length * description.length).toBeGreaterThan(0);
  }
});
