import ZenqmsEmpty from 'c/zenqmsEmpty';
import { find, mount, settled } from 'test/dom';

it('says what to do', async () => {
  const element = mount('c-zenqms-empty', ZenqmsEmpty, { heading: 'Nothing yet', text: 'Make one.' });
  await settled();
  expect(find(element, 'h3').textContent).toBe('Nothing yet');
  expect(find(element, 'p').textContent).toBe('Make one.');
  await expect(element).toBeAccessible();
});

it('needs no second sentence', async () => {
  const element = mount('c-zenqms-empty', ZenqmsEmpty, { heading: 'Nothing yet' });
  await settled();
  expect(find(element, 'p')).toBeNull();
});
