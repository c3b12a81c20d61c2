import { debounce, fault, formatDuration, formatText, placeProblems, problemsUnder } from 'c/zenqmsUtil';
import { refusal } from 'test/dom';

describe('fault', () => {
  it("reads the relay's error out of an AuraHandledException", () => {
    const details = [{ path: 'apiToken', message: 'refused' }];
    expect(fault(refusal('zenqms_unauthorized', 'No.', details))).toEqual({
      code: 'zenqms_unauthorized',
      message: 'No.',
      details,
      requestId: 'req-1',
    });
  });
  it.each([
    [{ body: { message: 'You have no access to this Apex class.' } }, 'You have no access to this Apex class.'],
    [new Error('Failed to fetch'), 'Failed to fetch'],
    [{ body: { message: '"a string"' } }, '"a string"'],
  ])('takes plain text as it is', (error, message) => {
    expect(fault(error)).toEqual({ code: 'unknown', message, details: [], requestId: null });
  });
  it('has a sentence where there is no reason', () => {
    expect(fault(undefined).message).toContain('Something went wrong');
  });
});

describe('texts', () => {
  it('fills the places of a label', () => {
    expect(formatText('{0} of {1}', 2, 6)).toBe('2 of 6');
    expect(formatText('{0} {1}', 'a')).toBe('a {1}');
  });
  it.each([
    [0, '0 sec'],
    [45, '45 sec'],
    [119, '119 sec'],
    [125, '2 min'],
    [7200, '2 hr'],
    [258000, '2 days'],
  ])('%i seconds are %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
  it('an unknown duration has no text', () => {
    expect(formatDuration(null)).toBeNull();
  });
  it('waits until typing pauses', () => {
    jest.useFakeTimers();
    const work = jest.fn();
    const later = debounce(work, 300);
    later('a');
    later('ab');
    jest.advanceTimersByTime(299);
    expect(work).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(work.mock.calls).toEqual([['ab']]);
    later('abc');
    later.cancel();
    jest.runAllTimers();
    expect(work).toHaveBeenCalledTimes(1);
  });
});

describe('problems', () => {
  const problems = [{ path: 'fieldMappings[1].zenqmsFieldId' }, { path: 'dueDate.field' }, { path: 'name' }, {}];
  it('lie below a path, not beside it', () => {
    expect(problemsUnder(problems, ['fieldMappings'])).toEqual([problems[0]]);
    expect(problemsUnder(problems, ['dueDate', 'name'])).toEqual([problems[1], problems[2]]);
    expect(problemsUnder([{ path: 'names' }], ['name'])).toEqual([]);
    expect(problemsUnder(undefined, ['name'])).toEqual([]);
  });

  const input = (path) => ({ dataset: { path }, setCustomValidity: jest.fn(), reportValidity: jest.fn() });
  it('are told to their inputs, once, and taken back', () => {
    const name = input('name');
    const root = { querySelectorAll: () => [name] };
    const wrong = [
      { path: 'name', message: 'Too long.' },
      { path: 'object', message: 'Unknown.' },
    ];
    expect(placeProblems(root, wrong)).toEqual([wrong[1]]);
    placeProblems(root, wrong);
    expect(name.setCustomValidity.mock.calls).toEqual([['Too long.']]);
    placeProblems(root, []);
    expect(name.setCustomValidity.mock.calls).toEqual([['Too long.'], ['']]);
  });
  it('warnings make no input invalid', () => {
    const name = input('name');
    placeProblems({ querySelectorAll: () => [name] }, [{ path: 'name', message: 'Odd.', severity: 'warning' }]);
    expect(name.setCustomValidity).not.toHaveBeenCalled();
  });
});
