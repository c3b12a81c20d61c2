import decisionSteps from '@salesforce/label/c.ZenQMS_DecisionSteps';
import stepFailed from '@salesforce/label/c.ZenQMS_StepFailed';
import stepNameAssumed from '@salesforce/label/c.ZenQMS_StepNameAssumed';
import stepNameDuplicate from '@salesforce/label/c.ZenQMS_StepNameDuplicate';
import stepNameMapping from '@salesforce/label/c.ZenQMS_StepNameMapping';
import stepNameTrigger from '@salesforce/label/c.ZenQMS_StepNameTrigger';
import stepPassed from '@salesforce/label/c.ZenQMS_StepPassed';
import stepUnknown from '@salesforce/label/c.ZenQMS_StepUnknown';

export default {
  decisionSteps,
  stepFailed,
  stepNameAssumed,
  stepNameDuplicate,
  stepNameMapping,
  stepNameTrigger,
  stepPassed,
  stepUnknown,
};
