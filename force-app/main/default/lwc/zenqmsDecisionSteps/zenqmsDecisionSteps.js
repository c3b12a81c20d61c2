import { LightningElement, api } from 'lwc';
import labels from './labels';

const LOOKS = {
  true: { icon: 'utility:success', variant: 'success', text: labels.stepPassed },
  false: { icon: 'utility:close', variant: 'error', text: labels.stepFailed },
  null: { icon: 'utility:dash', variant: '', text: labels.stepUnknown },
};

/** Steps that are no clause of the formula have a name of their own. */
const NAMES = {
  trigger: labels.stepNameTrigger,
  assumed: labels.stepNameAssumed,
  mapping: labels.stepNameMapping,
  duplicate: labels.stepNameDuplicate,
};

/** How a decision was reached: the trigger, then each clause of the formula, with what it gave. */
export default class ZenqmsDecisionSteps extends LightningElement {
  labels = labels;
  /** {step, passed: boolean|null, message}[] */
  @api steps = [];

  get rows() {
    return (this.steps ?? []).map((step, index) => ({
      ...step,
      key: index,
      name: NAMES[step.step] ?? null,
      ...LOOKS[String(step.passed ?? null)],
    }));
  }
}
