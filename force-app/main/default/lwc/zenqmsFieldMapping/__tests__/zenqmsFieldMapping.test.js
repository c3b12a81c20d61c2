import ZenqmsFieldMapping from 'c/zenqmsFieldMapping';
import { buttonOf, enter, find, findAll, heard, mount, settled, textOf } from 'test/dom';
import { base, catalog, draft } from 'test/wizard';
import sides from './data/sides.json';

const ROW = { salesforceField: 'Severity__c', zenqmsFieldId: 'f-severity' };
const open = (integration = {}, more = {}) =>
  mount('c-zenqms-field-mapping', ZenqmsFieldMapping, {
    ...base,
    catalog: catalog(sides),
    draft: draft({ integration }),
    ...more,
  });
const tabs = (element) => Object.fromEntries(findAll(element, 'lightning-tab').map((tab) => [tab.value, tab]));
const integrations = (changes) => changes.filter((each) => each.section === 'integration').map((each) => each.values);

describe('details', () => {
  it('explains what the title falls back to', async () => {
    const element = open();
    await settled();
    expect(textOf(element)).toContain("Without a field the title is the record's Subject.");
    await expect(element).toBeAccessible();
    element.catalog = catalog({ ...sides, describe: { titleFallback: null } });
    await settled();
    expect(textOf(element)).toContain('neither a name nor a subject');
  });

  it('asks for a field where title or due date come from one', async () => {
    const element = open({ title: { field: '' }, dueDate: { from: 'field', field: '', daysToAdd: 2 } });
    await settled();
    expect(find(element, '[data-path="title.field"]')).not.toBeNull();
    expect(find(element, '[data-path="dueDate.field"]').types).toEqual(['date', 'datetime']);
    expect(find(element, '[data-path="dueDate.daysToAdd"]').label).toBe('Days to add to the date');
  });

  it('tells what is chosen', async () => {
    const element = open();
    const changes = heard(element, 'change');
    await settled();
    enter(find(element, '[data-path="title"]'), 'field');
    enter(find(element, '[data-path="dueDate"]'), 'field');
    enter(find(element, '[data-path="dueDate.daysToAdd"]'), '');
    enter(find(element, '[data-path="dueDate.daysToAdd"]'), '14');
    expect(integrations(changes)).toEqual([
      { title: { field: '' } },
      { dueDate: { from: 'field', field: '', daysToAdd: 30 } },
      { dueDate: { from: 'today', daysToAdd: null } },
      { dueDate: { from: 'today', daysToAdd: 14 } },
    ]);
  });
});

describe('stage fields', () => {
  it('begins with what to do, and what ZenQMS requires', async () => {
    const element = open();
    await settled();
    expect(textOf(element)).toContain('Nothing is mapped yet');
    expect(textOf(element)).toContain('nothing fills them yet: Severity');
    await expect(element).toBeAccessible();
  });

  it('says so when the category has no fields', async () => {
    const element = open({}, { catalog: catalog({ ...sides, categoryFields: [] }) });
    await settled();
    expect(textOf(element)).toContain("This category's first stage has no fields");
  });

  it('shows types and what is required in each row', async () => {
    const element = open({ fieldMappings: [ROW] });
    await settled();
    expect(textOf(element)).toContain('picklist → Single selection');
    expect(find(element, 'lightning-badge').label).toBe('Required');
    expect(textOf(element)).not.toContain('nothing fills them yet');
    await expect(element).toBeAccessible();
  });

  it('suggests fields of like name and fitting type, each once', async () => {
    const element = open({ fieldMappings: [ROW] });
    const changes = heard(element, 'change');
    await settled();
    buttonOf(element, 'Add suggestions (2)').click();
    expect(integrations(changes)[0].fieldMappings).toMatchObject([
      ROW,
      { salesforceField: 'Description', zenqmsFieldId: 'f-description' },
      { salesforceField: 'SlaDate__c', zenqmsFieldId: 'f-date' },
    ]);
  });

  it('adds, changes and removes rows', async () => {
    const element = open({ fieldMappings: [ROW] });
    const changes = heard(element, 'change');
    await settled();
    buttonOf(element, 'Add row').click();
    enter(find(element, '[data-path="fieldMappings[0].zenqmsFieldId"]'), 'f-description');
    buttonOf(element, 'Remove row 1').click();
    const [added, changed, removed] = integrations(changes).map((each) => each.fieldMappings);
    expect(added).toMatchObject([ROW, { salesforceField: '', zenqmsFieldId: '' }]);
    expect(changed).toEqual([{ ...ROW, zenqmsFieldId: 'f-description' }]);
    expect(removed).toEqual([]);
  });

  it('adds a row for each required field at once', async () => {
    const element = open();
    const changes = heard(element, 'change');
    await settled();
    buttonOf(element, 'Add a row for each').click();
    expect(integrations(changes)[0].fieldMappings).toMatchObject([{ salesforceField: '', zenqmsFieldId: 'f-severity' }]);
  });

  it('keeps showing a field that is gone from ZenQMS', async () => {
    const element = open({ fieldMappings: [{ ...ROW, zenqmsFieldId: 'f-gone' }] });
    await settled();
    const choice = find(element, '[data-path="fieldMappings[0].zenqmsFieldId"]');
    expect(choice.options.at(-1)).toEqual({ value: 'f-gone', label: 'No longer there: f-gone' });
  });
});

describe('problems', () => {
  const problem = { path: 'fieldMappings[0].salesforceField', code: 'unknown_salesforce_field', message: 'Unknown.' };

  it('open the tab they are on and mark it', async () => {
    const element = open({ fieldMappings: [ROW] }, { problems: [problem] });
    await settled();
    expect(find(element, 'lightning-tabset').activeTabValue).toBe('stage');
    expect(tabs(element).stage.showErrorIndicator).toBe(true);
    expect(tabs(element).details.showErrorIndicator).toBe(false);
  });

  it('without a row stand on top', async () => {
    const message = 'Severity is required.';
    const element = open({}, { problems: [{ path: 'fieldMappings', code: 'required_zenqms_field_unmapped', message }] });
    await settled();
    expect(textOf(find(element, 'c-zenqms-message'))).toContain(message);
  });

  it('of a whole row stand below it', async () => {
    const element = open(
      { fieldMappings: [ROW] },
      { problems: [{ path: 'fieldMappings[0]', code: 'odd', message: 'Odd row.' }] },
    );
    await settled();
    expect(find(element, 'li .slds-text-color_error').textContent).toBe('Odd row.');
  });

  it('that are warnings stand on top as warnings', async () => {
    const element = open({ fieldMappings: [ROW] }, { problems: [{ ...problem, severity: 'warning' }] });
    await settled();
    expect(find(element, 'c-zenqms-message').variant).toBe('warning');
  });
});
