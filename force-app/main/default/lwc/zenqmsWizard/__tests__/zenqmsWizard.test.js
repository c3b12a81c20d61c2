import { CurrentPageReference, navigatedTo } from 'lightning/navigation';
import describeObject from '@salesforce/apex/ConnectionController.describeObject';
import getSalesforceConnection from '@salesforce/apex/ConnectionController.getSalesforceConnection';
import listObjects from '@salesforce/apex/ConnectionController.listObjects';
import listSalesforceConnections from '@salesforce/apex/ConnectionController.listSalesforceConnections';
import listUsers from '@salesforce/apex/ConnectionController.listUsers';
import preflight from '@salesforce/apex/ConnectionController.preflight';
import createIntegration from '@salesforce/apex/IntegrationController.createIntegration';
import getIntegration from '@salesforce/apex/IntegrationController.getIntegration';
import previewIntegration from '@salesforce/apex/IntegrationController.previewIntegration';
import updateIntegration from '@salesforce/apex/IntegrationController.updateIntegration';
import validateIntegration from '@salesforce/apex/IntegrationController.validateIntegration';
import { buttonOf, find, heard, refusal, settled, textOf } from 'test/dom';
import { answerAll, CONNECTED, body, change, content, goTo, list, open, press } from 'test/wizardStage';
import stored from './data/stored.json';

beforeEach(() => {
  answerAll();
  getIntegration.mockResolvedValue(stored);
});

describe('its steps', () => {
  it('begin with the org and go on only when it is chosen and connected', async () => {
    const element = await open();
    expect(textOf(element)).toContain('Step 1 of 6: Connect Salesforce');
    await press(element, 'Next');
    expect(content(element).problems[0]).toMatchObject({ path: 'salesforceConnectionId', code: 'required' });
    getSalesforceConnection.mockResolvedValue({ ...CONNECTED, status: 'awaiting_authorization' });
    change(element, 'integration', { salesforceConnectionId: 'sf-1' });
    await settled();
    await press(element, 'Next');
    expect(content(element).problems[0]).toMatchObject({ code: 'not_connected' });
    getSalesforceConnection.mockResolvedValue(CONNECTED);
    jest.advanceTimersByTime(2000);
    await settled();
    await press(element, 'Next');
    expect(textOf(element)).toContain('Step 2 of 6: Connect ZenQMS');
    // axe sees this page in the browser tests: the stub of the progress indicator knows no ariaLabel, the base component does.
  });

  it('can be gone to once they were reached, not before', async () => {
    const element = await open();
    await goTo(element, 'review');
    expect(textOf(element)).toContain('Step 1 of 6');
  });

  it('name what is missing at its place', async () => {
    const element = await open({ integrationId: 'int-1' });
    await goTo(element, 'mapping');
    change(element, 'integration', {
      dueDate: { from: 'field', field: '', daysToAdd: null },
      fieldMappings: [{ salesforceField: '', zenqmsFieldId: 'f-severity' }],
    });
    await settled();
    await press(element, 'Next');
    expect(content(element).problems.map((problem) => problem.path)).toEqual([
      'dueDate.field',
      'dueDate.daysToAdd',
      'fieldMappings[0].salesforceField',
    ]);
  });
});

describe('the formula', () => {
  it('is checked when typing pauses, with only its own problems', async () => {
    const element = await open({ integrationId: 'int-1' });
    const problem = { path: 'filterFormula', code: 'formula_syntax', message: 'Something is missing.', severity: 'error' };
    validateIntegration.mockResolvedValue({ valid: false, problems: [problem, { path: 'name', code: 'x', message: 'y' }] });
    change(element, 'integration', { filterFormula: 'ISCHANGED(' });
    await settled();
    expect(content(element).formulaCheck.state).toBe('checking');
    jest.advanceTimersByTime(400);
    await settled();
    expect(content(element).formulaCheck).toEqual({ state: 'problems', problems: [problem] });
    expect(body(validateIntegration)).toMatchObject({ filterFormula: 'ISCHANGED(', fieldMappings: [] });
  });

  it('is left unchecked when the relay can not be asked', async () => {
    const element = await open({ integrationId: 'int-1' });
    validateIntegration.mockRejectedValue(refusal('relay_timeout', 'No answer.'));
    change(element, 'integration', { filterFormula: 'ISNEW()' });
    jest.advanceTimersByTime(400);
    await settled();
    expect(content(element).formulaCheck).toMatchObject({ state: 'unchecked', problems: [] });
  });

  it('is not sent while it is empty', async () => {
    const element = await open({ integrationId: 'int-1' });
    validateIntegration.mockClear();
    change(element, 'integration', { filterFormula: '  ' });
    jest.advanceTimersByTime(400);
    await settled();
    expect(content(element).formulaCheck.state).toBe('none');
    expect(validateIntegration).not.toHaveBeenCalled();
  });
});

describe('searching', () => {
  it('brings objects, and fields of related ones', async () => {
    const element = await open({ integrationId: 'int-1' });
    listObjects.mockResolvedValue(list([{ name: 'Complaint__c', label: 'Complaint', changeEvents: true }]));
    content(element).dispatchEvent(new CustomEvent('search', { detail: { what: 'objects', term: 'compl' } }));
    await settled();
    expect(content(element).catalog.objects.map((each) => each.name)).toEqual(['Complaint__c']);
    describeObject.mockResolvedValue({ name: 'Account', fields: [{ name: 'Name', label: 'Account Name', type: 'string' }] });
    content(element).dispatchEvent(new CustomEvent('expand', { detail: { path: 'Account', object: 'Account' } }));
    await settled();
    expect(content(element).catalog.fields.map((field) => field.path)).toEqual(['Subject', 'Account.Name']);
  });

  it('shows the answer to what was typed last', async () => {
    const element = await open({ integrationId: 'int-1' });
    await goTo(element, 'target');
    let answerFirst;
    listUsers
      .mockReturnValueOnce(new Promise((resolve) => (answerFirst = resolve)))
      .mockResolvedValueOnce(list([{ id: 'late' }]));
    content(element).dispatchEvent(new CustomEvent('search', { detail: { what: 'users', term: 'a' } }));
    content(element).dispatchEvent(new CustomEvent('search', { detail: { what: 'users', term: 'ab' } }));
    await settled();
    answerFirst(list([{ id: 'early' }]));
    await settled();
    expect(content(element).catalog.users).toEqual([{ id: 'late' }]);
  });
});

describe('the review', () => {
  const review = (element) => find(element, 'c-zenqms-review');

  it('asks for everything and activates', async () => {
    createIntegration.mockResolvedValue({ ...stored, id: 'int-2' });
    const element = await open();
    CurrentPageReference.emit({ state: { c__integrationId: 'int-1', c__clone: 'true' } });
    await settled();
    const toasts = heard(element, 'lightning__showtoast');
    await goTo(element, 'review');
    expect(review(element).review.valid).toBe(true);
    expect(body(preflight)).toEqual({ object: 'Case', fields: ['Subject', 'SlaDate__c', 'Severity__c'] });
    await press(element, 'Activate');
    expect(body(createIntegration)).toMatchObject({ name: 'Copy of Complaints from Cases', object: 'Case', categoryId: 'cat-1' });
    expect(body(createIntegration)).not.toHaveProperty('revision');
    expect(toasts[0].title).toContain('Copy of Complaints from Cases is active.');
    expect(navigatedTo().attributes.apiName).toBe('ZenQMS_Integrations');
    expect(JSON.parse(Object.values(window.localStorage)[0] ?? 'null')?.integration.name ?? '').toBe('');
  });

  it('leads to the place of a problem, which is shown there until it is changed', async () => {
    const problem = { path: 'fieldMappings[0].zenqmsFieldId', code: 'unknown_zenqms_field', message: 'Gone.', severity: 'error' };
    validateIntegration.mockResolvedValue({ valid: false, problems: [problem] });
    const element = await open({ integrationId: 'int-1' });
    await goTo(element, 'review');
    expect(buttonOf(element, 'Save changes').disabled).toBe(true);
    review(element).dispatchEvent(new CustomEvent('goto', { detail: { path: problem.path } }));
    await settled();
    expect(content(element).localName).toBe('c-zenqms-field-mapping');
    expect(content(element).problems).toEqual([problem]);
    expect(content(element).focusPath).toBe(problem.path);
    change(element, 'integration', { fieldMappings: [] });
    await settled();
    expect(content(element).problems).toEqual([]);
  });

  it('shows why it can not tell', async () => {
    validateIntegration.mockRejectedValue(refusal('relay_unreachable', 'The relay could not be reached.'));
    const element = await open({ integrationId: 'int-1' });
    await goTo(element, 'review');
    expect(textOf(element)).toContain('The relay could not be reached.');
    expect(buttonOf(element, 'Save changes').disabled).toBe(true);
  });

  it('previews with what was entered', async () => {
    previewIntegration.mockResolvedValueOnce({ decision: { outcome: 'skip', steps: [] }, issue: null, duplicateOf: null });
    const element = await open({ integrationId: 'int-1' });
    await goTo(element, 'review');
    const ask = () => review(element).dispatchEvent(new CustomEvent('preview', { detail: { recordId: '5005g00000AbCd1AAF' } }));
    ask();
    await settled();
    expect(body(previewIntegration)).toMatchObject({ recordId: '5005g00000AbCd1AAF', integration: { object: 'Case' } });
    expect(review(element).review.preview.decision.outcome).toBe('skip');
    previewIntegration.mockRejectedValueOnce(refusal('not_found', 'No such record.'));
    ask();
    await settled();
    expect(review(element).review).toMatchObject({ preview: null, previewFailure: { message: 'No such record.' } });
  });
});

describe('saving a change', () => {
  async function save(element) {
    await goTo(element, 'review');
    await press(element, 'Save changes');
  }

  it('sends the revision that was read', async () => {
    updateIntegration.mockResolvedValue(stored);
    const element = await open({ integrationId: 'int-1' });
    await save(element);
    expect(body(updateIntegration).revision).toBe(3);
  });

  it('that fails keeps everything, and shows the problems again', async () => {
    const details = [{ path: 'name', message: 'Too long.' }];
    updateIntegration.mockRejectedValue(refusal('invalid', 'Wrong.', details));
    const element = await open({ integrationId: 'int-1' });
    await save(element);
    expect(find(element, 'c-zenqms-review').review.problems).toEqual(details);
    expect(find(element, 'c-zenqms-review').draft.integration.name).toBe('Complaints from Cases');
  });

  it('asks what to do when somebody saved first', async () => {
    updateIntegration.mockRejectedValueOnce(refusal('revision_conflict', 'Somebody saved first.')).mockResolvedValue(stored);
    const element = await open({ integrationId: 'int-1' });
    await save(element);
    expect(textOf(element)).toContain('Somebody else saved this integration');
    getIntegration.mockResolvedValue({ ...stored, revision: 4 });
    await press(element, 'Save mine');
    expect(body(updateIntegration).revision).toBe(4);
  });

  it('or takes the other version', async () => {
    updateIntegration.mockRejectedValueOnce(refusal('revision_conflict', 'Somebody saved first.'));
    const element = await open({ integrationId: 'int-1' });
    await save(element);
    getIntegration.mockResolvedValue({ ...stored, revision: 4, name: 'Theirs' });
    await press(element, 'Show their version');
    expect(textOf(element)).toContain('Edit Theirs');
  });
});

describe('what was entered', () => {
  it('is there again the next time, without secrets', async () => {
    const first = await open();
    change(first, 'salesforce', { name: 'Production', clientId: 'key' });
    change(first, 'secrets', { clientSecret: 'hush' });
    await settled();
    expect(JSON.stringify({ ...window.localStorage })).not.toContain('hush');
    first.remove();
    const second = await open();
    expect(textOf(second)).toContain('We kept what you entered last time.');
    expect(content(second).draft.salesforce.clientId).toBe('key');
    expect(content(second).secrets.clientSecret).toBe('');
    await press(second, 'Start over');
    expect(content(second).draft.salesforce.clientId).toBe('');
  });

  it('is not kept where the browser forbids it, and the wizard works all the same', async () => {
    jest.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new Error('QuotaExceededError');
    });
    const element = await open();
    change(element, 'salesforce', { name: 'Production' });
    await settled();
    expect(content(element).draft.salesforce.name).toBe('Production');
    Storage.prototype.setItem.mockRestore();
  });

  it('of an older version is not taken for today’s', async () => {
    const element = await open();
    change(element, 'salesforce', { name: 'Production' });
    const [key] = Object.keys({ ...window.localStorage });
    window.localStorage.setItem(key, JSON.stringify({ version: 0, salesforce: { name: 'old' } }));
    element.remove();
    const again = await open();
    expect(content(again).draft.salesforce.name).toBe('');
  });
});

it('shows why something could not be loaded, and tries again the next time', async () => {
  listSalesforceConnections.mockRejectedValueOnce(refusal('relay_unreachable', 'The relay could not be reached.'));
  const element = await open();
  expect(textOf(element)).toContain('The relay could not be reached.');
  await goTo(element, 'salesforce');
  expect(content(element).catalog.salesforceConnections).toEqual([CONNECTED]);
});
