import { describe, expect, test } from 'vitest';
import { validateIntegration } from '../../../relay/integrations/validate/index.ts';
import type { IntegrationDefinition } from '../../../relay/model/integration.ts';
import { CASE, field } from '../../decide/describes.ts';
import { type World, draft, sides, world } from './fakes.ts';

const validate = (more: Partial<IntegrationDefinition> = {}, of: Partial<World> = {}) =>
  validateIntegration(draft(more), sides(world(of)));

const text = { salesforceField: 'Description', zenqmsFieldId: 'f-text' };
const map = (salesforceField: string, zenqmsFieldId: string) => ({ fieldMappings: [text, { salesforceField, zenqmsFieldId }] });

describe('warnings leave it valid', () => {
  const rows: [what: string, Partial<IntegrationDefinition>, path: string, code: string, message: RegExp][] = [
    [
      'options that can never match',
      map('Priority', 'f-risk'),
      'fieldMappings[1]',
      'selection_never_matches',
      /“Risk”.*“I”, “II”/,
    ],
    ['a Boolean among other options', map('IsClosed', 'f-risk'), 'fieldMappings[1]', 'selection_never_matches', /./],
    ['options for some only', map('Status', 'f-state'), 'fieldMappings[1]', 'selection_partly_matches', /“Working”/],
    ['text for a whole number', map('Subject', 'f-number'), 'fieldMappings[1]', 'mapping_type', /whole number/],
    ['decimals for a whole number', map('Share__c', 'f-number'), 'fieldMappings[1]', 'mapping_type', /2 decimal places/],
    ['a number for a date', map('Units__c', 'f-date'), 'fieldMappings[1]', 'mapping_type', /wants a date/],
    ['a picklist for yes or no', map('Priority', 'f-yes'), 'fieldMappings[1]', 'mapping_type', /Yes or No/],
    [
      'a picklist value that does not exist',
      { filterFormula: "ISPICKVAL(Status, 'Clsoed')" },
      'filterFormula',
      'formula_type',
      /Clsoed/,
    ],
    [
      'changed, on creation only',
      { triggerOn: 'create', filterFormula: "ISCHANGED(Status) && ISPICKVAL(Priority, 'High')" },
      'filterFormula',
      'formula_never_true',
      /created/,
    ],
    [
      'new, on updates only',
      { triggerOn: 'update', filterFormula: 'AND(ISNEW(), NOT(ISBLANK(Subject)))' },
      'filterFormula',
      'formula_never_true',
      /updated/,
    ],
    ['never at all', { filterFormula: 'FALSE' }, 'filterFormula', 'formula_never_true', /any record/],
  ];
  test.each(rows)('%s', async (_what, more, path, code, message) => {
    const options = ['New', 'Closed'];
    const state = { id: 'f-state', label: 'State', type: 'single_selection', required: false, options } as const;
    const result = await validate(more, { fields: [...world().fields, state] });
    expect(result.problems).toEqual([
      expect.objectContaining({ path, code, severity: 'warning', message: expect.stringMatching(message) as string }),
    ]);
    expect(result.valid).toBe(true);
  });

  const fields = [
    { id: 'f-case', label: 'Priority', type: 'single_selection', required: false, options: ['high ', 'MEDIUM', 'low'] },
    { id: 'f-yes-no', label: 'Reportable', type: 'yes_no', required: false, options: null },
  ] as const;
  const silent: [what: string, Partial<IntegrationDefinition>][] = [
    ['new or changed', { filterFormula: 'OR(ISNEW(), ISCHANGED(Status))', triggerOn: 'create' }],
    ['depends on the record', { filterFormula: "ISPICKVAL(Priority, 'High')", triggerOn: 'update' }],
    ['options that differ by case and blanks only', map('Priority', 'f-case')],
    ['a picklist that says yes or no', map('Answer__c', 'f-yes-no')],
    ['depends on the clock', { filterFormula: 'TODAY() > DATE(2030, 1, 1)' }],
  ];
  test.each(silent)('no warning: %s', async (_what, more) => {
    const answer = { ...CASE, fields: [...CASE.fields, field('Answer__c', 'picklist', { picklistValues: ['Yes', 'No'] })] };
    const describes = world().describes.map((one) => (one === CASE ? answer : one));
    expect((await validate(more, { describes, fields: [...world().fields, ...fields] })).problems).toEqual([]);
  });
});
