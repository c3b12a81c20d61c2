import ZenqmsHeldEvents from 'c/zenqmsHeldEvents';
import { buttonOf, heard, mount, settled, textOf } from 'test/dom';

const HELD = { count: 11800, oldestReceivedAt: '2026-03-02T09:00:00.000Z', newestReceivedAt: '2026-03-02T09:05:00.000Z' };
const open = (held) => mount('c-zenqms-held-events', ZenqmsHeldEvents, { held });

it('says how many wait and lets a person decide', async () => {
  const element = open(HELD);
  const released = heard(element, 'release');
  const discarded = heard(element, 'discard');
  await settled();
  expect(textOf(element)).toContain('Events held for approval: 11,800');
  buttonOf(element, 'Release').click();
  buttonOf(element, 'Discard').click();
  expect([released.length, discarded.length]).toEqual([1, 1]);
  await expect(element).toBeAccessible();
});

it('offers nothing where nothing is held', async () => {
  const element = open({ count: 0, oldestReceivedAt: null, newestReceivedAt: null });
  await settled();
  expect(textOf(element)).toContain('Nothing is held.');
  expect(buttonOf(element, 'Release')).toBeNull();
});
