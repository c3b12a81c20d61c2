import ZenqmsDecisionSteps from 'c/zenqmsDecisionSteps';
import { findAll, mount, settled } from 'test/dom';

const STEPS = [
  { step: 'trigger', passed: true, message: 'The record was updated.' },
  { step: 'ISCHANGED(Status)', passed: false, message: 'Status did not change' },
  { step: "ISPICKVAL(Priority, 'High')", passed: null, message: 'Not evaluated' },
];

it('shows each clause with what it gave, for eyes and ears', async () => {
  const element = mount('c-zenqms-decision-steps', ZenqmsDecisionSteps, { steps: STEPS });
  await settled();
  expect(findAll(element, 'lightning-icon').map((icon) => icon.alternativeText)).toEqual(['Passed', 'Not passed', 'Not decided']);
  expect(findAll(element, 'code').map((each) => each.textContent)).toEqual(STEPS.slice(1).map((each) => each.step));
  expect(element.shadowRoot.textContent).toContain('Status did not change');
  expect(element.shadowRoot.textContent).toContain('Kind of change');
  await expect(element).toBeAccessible();
});
