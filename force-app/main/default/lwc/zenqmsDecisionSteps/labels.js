import decisionSteps from '@salesforce/label/c.ZenQMS_DecisionSteps';
import stepFailed from '@salesforce/label/c.ZenQMS_StepFailed';
import stepPassed from '@salesforce/label/c.ZenQMS_StepPassed';
import stepUnknown from '@salesforce/label/c.ZenQMS_StepUnknown';

export default {
  decisionSteps,
  stepFailed,
  stepPassed,
  stepUnknown,
};
