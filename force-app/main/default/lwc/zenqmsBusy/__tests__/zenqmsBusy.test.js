import ZenqmsBusy from 'c/zenqmsBusy';
import { find, mount, settled } from 'test/dom';

const spinner = (element) => find(element, 'lightning-spinner');

beforeEach(() => jest.useFakeTimers());

it('shows nothing for work that takes less than 300 ms', async () => {
  const element = mount('c-zenqms-busy', ZenqmsBusy, { busy: true });
  jest.advanceTimersByTime(299);
  element.busy = false;
  jest.advanceTimersByTime(1000);
  await settled();
  expect(spinner(element)).toBeNull();
});

it('shows a spinner after 300 ms until the work is done', async () => {
  const element = mount('c-zenqms-busy', ZenqmsBusy, { busy: true });
  jest.advanceTimersByTime(300);
  await settled();
  expect(spinner(element).alternativeText).toBe('Loading…');
  element.busy = false;
  await settled();
  expect(spinner(element)).toBeNull();
});
