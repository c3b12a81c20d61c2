import ZenqmsStepTrigger from 'c/zenqmsStepTrigger';
import { enter, find, heard, mount, settled, textOf } from 'test/dom';
import { base, catalog, draft } from 'test/wizard';

const OBJECTS = [
  { name: 'Case', label: 'Case', custom: false, changeEvents: true },
  { name: 'CaseComment', label: 'Case Comment', custom: false, changeEvents: false },
];
const open = (more = {}) =>
  mount('c-zenqms-step-trigger', ZenqmsStepTrigger, {
    ...base,
    catalog: catalog({ objects: OBJECTS }),
    formulaCheck: { state: 'none', problems: [] },
    ...more,
  });
const objects = (element) => find(element, '[data-path="object"]');

it('offers objects, those without change events only with the reason', async () => {
  const element = open();
  await settled();
  expect(objects(element).options.map(({ value, disabled }) => [value, disabled])).toEqual([
    ['Case', false],
    ['CaseComment', true],
  ]);
  expect(objects(element).options[1].sublabel).toContain("so it can't be watched");
  await expect(element).toBeAccessible();
});

it('tells choices and asks for objects that are searched', async () => {
  const element = open();
  const changes = heard(element, 'change');
  const searches = heard(element, 'search');
  await settled();
  objects(element).dispatchEvent(new CustomEvent('change', { detail: { value: 'Case', option: { label: 'Case' } } }));
  objects(element).dispatchEvent(new CustomEvent('search', { detail: { term: 'compl' } }));
  enter(find(element, 'lightning-radio-group'), 'create');
  enter(find(element, '[data-path="bulkLimit"]'), '200');
  expect(changes.filter((each) => each.section)).toEqual([
    { section: 'shown', values: { object: 'Case' } },
    { section: 'integration', values: { object: 'Case' } },
    { section: 'integration', values: { triggerOn: 'create' } },
    { section: 'integration', values: { bulkLimit: 200 } },
  ]);
  expect(searches).toEqual([{ what: 'objects', term: 'compl' }]);
});

it.each(['both', 'create', 'update'])('explains what %s means', async (triggerOn) => {
  const element = open({ draft: draft({ integration: { triggerOn } }) });
  await settled();
  expect(textOf(element)).toMatch(/A record counts (when it is created and|once|each time)/);
});

it('has no formula before there is an object', async () => {
  const element = open({ draft: draft({ integration: { object: null } }) });
  await settled();
  expect(find(element, 'c-zenqms-formula-editor').disabled).toBe(true);
});

it("prefers the review's problems of the formula to the live ones", async () => {
  const live = [{ path: 'filterFormula', message: 'live' }];
  const element = open({ formulaCheck: { state: 'problems', problems: live } });
  await settled();
  expect(find(element, 'c-zenqms-formula-editor').problems).toEqual(live);
  element.problems = [{ path: 'filterFormula', message: 'reviewed' }];
  await settled();
  expect(find(element, 'c-zenqms-formula-editor').problems[0].message).toBe('reviewed');
});

it('shows the loading of objects', async () => {
  const element = open({ catalog: catalog({ objects: null }) });
  await settled();
  expect(objects(element).loading).toBe(true);
});
