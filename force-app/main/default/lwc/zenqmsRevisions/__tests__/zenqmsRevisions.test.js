import ZenqmsRevisions from 'c/zenqmsRevisions';
import { buttonOf, findAll, heard, mount, settled, textOf } from 'test/dom';
import revisions from './data/revisions.json';

const open = (data) => mount('c-zenqms-revisions', ZenqmsRevisions, { revisions: data });

it('says who changed what, newest first', async () => {
  const element = open(revisions);
  await settled();
  const [second, first] = findAll(element, 'li').map((each) => each.textContent);
  expect(second).toContain('Revision 2: changed');
  expect(second).toContain('admin@example.com');
  expect(second).toContain('filterFormula: null → ISNEW()');
  expect(second).not.toContain('bulkLimit');
  expect(first).toContain('Revision 1: set up');
  expect(first).toContain('wizard');
  expect(first).not.toContain('→');
  await expect(element).toBeAccessible();
});

it('says that none are known', async () => {
  const element = open({ data: [], next: null });
  await settled();
  expect(textOf(element)).toContain('No revisions are known.');
});

it('can be closed, and waits for what is not there yet', async () => {
  const element = open(undefined);
  const closes = heard(element, 'close');
  await settled();
  expect(findAll(element, 'li')).toEqual([]);
  buttonOf(element, 'Close').click();
  expect(closes).toHaveLength(1);
});
