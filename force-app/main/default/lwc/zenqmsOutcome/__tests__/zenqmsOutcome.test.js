import { REASON_OPTIONS, changeText, reasonText } from 'c/zenqmsOutcome';

it('has words for the reasons, and shows one that it does not know as it is', () => {
  expect(reasonText('duplicate')).toBe('The record has its Issue already');
  expect(reasonText('something_new')).toBe('something_new');
  expect(changeText('GAP_UPDATE')).toBe('Updated, details unknown');
  expect(changeText('GAP_OVERFLOW')).toBe('GAP_OVERFLOW');
});

it('offers each reason once', () => {
  const values = REASON_OPTIONS.map((option) => option.value);
  expect(new Set(values).size).toBe(values.length);
  expect(REASON_OPTIONS.every((option) => option.label)).toBe(true);
});
