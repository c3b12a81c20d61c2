import ZenqmsFormulaEditor from 'c/zenqmsFormulaEditor';
import { buttonOf, enter, find, findAll, heard, mount, settled, textOf } from 'test/dom';
import functions from './data/functions.json';
import problem from './data/problem.json';

const open = (more = {}) =>
  mount('c-zenqms-formula-editor', ZenqmsFormulaEditor, { fields: [], functions, value: 'ISCHANGED(Staus)', ...more });
const functionLookup = (element) => findAll(element, 'c-zenqms-lookup').find((each) => each.label === 'Insert function');
const pieces = (element) => findAll(element, 'pre mark').map((each) => each.textContent);

it.each([
  ['none', '', 'No formula: every change that triggers counts.'],
  ['checking', 'ISNEW()', 'Checking the formula…'],
  ['valid', 'ISNEW()', 'The formula is valid.'],
  ['unchecked', 'ISNEW()', 'The formula could not be checked just now.'],
])('says when its state is %s', async (state, value, text) => {
  const element = open({ state, value });
  await settled();
  expect(find(element, '[role="status"].slds-m-top_xx-small').textContent).toContain(text);
  expect(pieces(element)).toEqual([]);
  await expect(element).toBeAccessible();
});

it('underlines where the problem is and says line and column', async () => {
  const element = open({ state: 'problems', problems: [problem] });
  await settled();
  expect(pieces(element)).toEqual(['Staus']);
  expect(find(element, 'pre').textContent).toBe('ISCHANGED(Staus)');
  expect(textOf(element)).toContain('Line 1, column 11: Unknown field Staus.');
  await expect(element).toBeAccessible();
});

it('a problem at the end of the text marks its last character', async () => {
  const position = { offset: 9, length: 1, line: 1, column: 10 };
  const element = open({ value: 'ISCHANGED', state: 'problems', problems: [{ ...problem, position }] });
  await settled();
  expect(pieces(element)).toEqual(['D']);
});

it('two problems are marked each, one inside the other only once', async () => {
  const at = (offset, length) => ({ message: `at ${offset}`, position: { offset, length, line: 1, column: offset + 1 } });
  const element = open({ value: 'AND(a, b)', state: 'problems', problems: [at(7, 1), at(4, 1), at(4, 1)] });
  await settled();
  expect(pieces(element)).toEqual(['a', 'b']);
  expect(find(element, 'pre').textContent).toBe('AND(a, b)');
});

it('a warning is shown without the colour of an error', async () => {
  const element = open({ state: 'valid', problems: [{ ...problem, severity: 'warning' }] });
  await settled();
  expect(find(element, 'li').className).not.toContain('slds-text-color_error');
});

it('puts the suggestion in the place of what is marked', async () => {
  const element = open({ state: 'problems', problems: [problem] });
  const changes = heard(element, 'change');
  await settled();
  buttonOf(element, 'Use Status').click();
  expect(changes).toEqual([{ value: 'ISCHANGED(Status)' }]);
});

it('tells what is typed, once', async () => {
  const element = open();
  const changes = heard(element, 'change');
  await settled();
  enter(find(element, 'lightning-textarea'), 'ISNEW()');
  expect(changes).toEqual([{ value: 'ISNEW()' }]);
});

it('puts a function in around the cursor and explains it', async () => {
  const element = open({ value: '' });
  await settled();
  const textarea = find(element, 'lightning-textarea');
  const inserted = jest.spyOn(textarea, 'setRangeText').mockImplementation(() => {});
  functionLookup(element).dispatchEvent(new CustomEvent('change', { detail: { value: 'ISCHANGED' } }));
  await settled();
  expect(inserted.mock.calls.map(([text, , , mode]) => [text, mode])).toEqual([
    ['ISCHANGED(', 'end'],
    [')', 'start'],
  ]);
  expect(textOf(element)).toContain("True if the field's value changed.");
});

it('offers refused functions only with the reason', async () => {
  const element = open();
  await settled();
  const refused = functionLookup(element).options.find((option) => option.value === 'VLOOKUP');
  expect(refused).toMatchObject({ disabled: true, sublabel: 'Not available: other objects are not read' });
});
