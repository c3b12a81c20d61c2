import ZenqmsMessage from 'c/zenqmsMessage';
import { find, findAll, mount, settled, textOf } from 'test/dom';

it.each([
  ['error', 'utility:error', 'alert'],
  ['warning', 'utility:warning', 'status'],
  ['success', 'utility:success', 'status'],
  ['info', 'utility:info', 'status'],
])('%s has its icon, and is announced', async (variant, icon, role) => {
  const element = mount('c-zenqms-message', ZenqmsMessage, { variant, message: 'It is so.', remedy: 'Do this.' });
  await settled();
  expect(find(element, 'lightning-icon').iconName).toBe(icon);
  expect(find(element, `[role="${role}"]`)).not.toBeNull();
  expect(textOf(element)).toContain('It is so.');
  expect(textOf(element)).toContain('Do this.');
  await expect(element).toBeAccessible();
});

it('lists problems that have no field', async () => {
  const items = [{ message: 'One.' }, { message: 'Two.' }];
  const element = mount('c-zenqms-message', ZenqmsMessage, { variant: 'error', items });
  await settled();
  expect(findAll(element, 'li').map((each) => each.textContent)).toEqual(['One.', 'Two.']);
});
