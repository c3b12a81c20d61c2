import ZenqmsIntegrationItem from 'c/zenqmsIntegrationItem';
import { buttonOf, find, findAll, heard, mount, settled, textOf } from 'test/dom';
import data from './data/item.json';

const open = (more = {}) => mount('c-zenqms-integration-item', ZenqmsIntegrationItem, { ...data, ...more });
const metric = (element, name) => find(element, `[data-metric="${name}"] dd`)?.textContent;
const status = (more) => ({ status: { ...data.status, ...more } });
const stream = (more) => ({ connection: { ...data.connection, stream: { ...data.connection.stream, ...more } } });

it('shows how it is doing', async () => {
  const element = open();
  await settled();
  expect(find(element, 'lightning-badge').label).toBe('Active');
  expect(metric(element, 'created')).toBe('1,204');
  expect(metric(element, 'error')).toBe('0');
  expect(metric(element, 'waiting')).toBe('4');
  expect(metric(element, 'lag')).toBe('2 min');
  expect(metric(element, 'stream')).toContain('Streaming');
  expect(metric(element, 'loss')).toBe('2 days');
  expect(find(element, 'lightning-formatted-date-time').value).toBe('2026-03-02T09:00:02.000Z');
  await expect(element).toBeAccessible();
});

it('shows dashes while its state is not there', async () => {
  const element = open({ status: null, connection: null });
  await settled();
  expect(metric(element, 'created')).toBe('–');
  expect(metric(element, 'lastIssue')).toBe('None yet');
  expect(metric(element, 'stream')).toBeUndefined();
});

it.each([
  ['streaming', 'success'],
  ['retrying', 'warning'],
  ['stopped', 'error'],
])('a stream that is %s looks like %s', async (state, variant) => {
  const element = open(stream({ state }));
  await settled();
  expect(find(element, '[data-metric="stream"] lightning-icon').variant).toBe(variant);
});

it('warns when events will be lost within a day', async () => {
  const element = open(stream({ state: 'stopped', hoursUntilLoss: 5 }));
  await settled();
  expect(metric(element, 'loss')).toBe('5 hr');
  expect(find(element, '[data-metric="loss"] dd').className).toContain('slds-text-color_error');
});

it('shows what is broken and what to do, the connection first', async () => {
  const element = open({
    connection: { ...data.connection, problem: { message: 'The token is refused.', remedy: 'Authorize again.' } },
    ...status({
      problems: [
        {
          code: 'unknown_category',
          path: 'categoryId',
          message: 'The category is gone.',
          remedy: 'Choose another.',
          blocking: false,
        },
      ],
    }),
  });
  await settled();
  expect(findAll(element, 'c-zenqms-message').map((each) => [each.variant, each.message, each.remedy])).toEqual([
    ['error', 'The token is refused.', 'Authorize again.'],
    ['warning', 'The category is gone.', 'Choose another.'],
  ]);
  await expect(element).toBeAccessible();
});

it('leads to what needs attention and to what is held', async () => {
  const element = open(status({ needsAttention: 3, held: 12, counts: { created: 1, skipped: 0, error: 3 } }));
  const actions = heard(element, 'action');
  await settled();
  expect(textOf(element)).toContain('Events that need attention: 3');
  expect(textOf(element)).toContain('Events held for approval: 12');
  buttonOf(element, 'Show them').click();
  buttonOf(element, 'Decide').click();
  expect(actions.map((each) => each.action)).toEqual(['errors', 'held']);
});

it('can be paused while active and resumed in two ways while paused', async () => {
  const element = open();
  const actions = heard(element, 'action');
  await settled();
  buttonOf(element, 'Pause').click();
  Object.assign(element, status({ status: 'paused' }));
  await settled();
  expect(buttonOf(element, 'Pause')).toBeNull();
  expect(find(element, 'lightning-badge').label).toBe('Paused');
  const [resume] = findAll(element, 'lightning-button-menu');
  expect([...resume.querySelectorAll('lightning-menu-item')].map((each) => each.value)).toEqual(['resumeNow', 'resumePause']);
  resume.dispatchEvent(new CustomEvent('select', { detail: { value: 'resumePause' } }));
  expect(actions).toEqual([
    { action: 'pause', id: 'int-1', values: undefined },
    { action: 'resumePause', id: 'int-1', values: undefined },
  ]);
  await expect(element).toBeAccessible();
});

it.each([
  ['revisions', 'c-zenqms-revisions', { data: [] }],
  ['catchUp', 'c-zenqms-catch-up', null],
  ['held', 'c-zenqms-held-events', { count: 0 }],
])('unfolds %s', async (name, tag, panelData) => {
  const element = open({ panel: { name, data: panelData } });
  const actions = heard(element, 'action');
  await settled();
  find(element, tag).dispatchEvent(new CustomEvent('close'));
  expect(actions).toEqual([{ action: 'close', id: 'int-1', values: undefined }]);
});

it('passes on since when a catch-up is to begin', async () => {
  const since = '2026-03-01T07:00:00.000Z';
  const element = open({ panel: { name: 'catchUp', data: null } });
  const actions = heard(element, 'action');
  await settled();
  find(element, 'c-zenqms-catch-up').dispatchEvent(new CustomEvent('start', { detail: { since } }));
  expect(actions).toEqual([{ action: 'startCatchUp', id: 'int-1', values: { since } }]);
});
