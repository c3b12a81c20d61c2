import activate from '@salesforce/label/c.ZenQMS_Activate';
import activated from '@salesforce/label/c.ZenQMS_Activated';
import back from '@salesforce/label/c.ZenQMS_Back';
import conflict from '@salesforce/label/c.ZenQMS_Conflict';
import conflictRemedy from '@salesforce/label/c.ZenQMS_ConflictRemedy';
import copyOf from '@salesforce/label/c.ZenQMS_CopyOf';
import fieldRequired from '@salesforce/label/c.ZenQMS_FieldRequired';
import gotIt from '@salesforce/label/c.ZenQMS_GotIt';
import keepMine from '@salesforce/label/c.ZenQMS_KeepMine';
import loadTheirs from '@salesforce/label/c.ZenQMS_LoadTheirs';
import next from '@salesforce/label/c.ZenQMS_Next';
import resumed from '@salesforce/label/c.ZenQMS_Resumed';
import salesforceNotChosen from '@salesforce/label/c.ZenQMS_SalesforceNotChosen';
import salesforceNotConnected from '@salesforce/label/c.ZenQMS_SalesforceNotConnected';
import saveChanges from '@salesforce/label/c.ZenQMS_SaveChanges';
import saved from '@salesforce/label/c.ZenQMS_Saved';
import startOver from '@salesforce/label/c.ZenQMS_StartOver';
import stepMapping from '@salesforce/label/c.ZenQMS_StepMapping';
import stepOf from '@salesforce/label/c.ZenQMS_StepOf';
import stepReview from '@salesforce/label/c.ZenQMS_StepReview';
import stepSalesforce from '@salesforce/label/c.ZenQMS_StepSalesforce';
import stepTarget from '@salesforce/label/c.ZenQMS_StepTarget';
import stepTrigger from '@salesforce/label/c.ZenQMS_StepTrigger';
import stepZenqms from '@salesforce/label/c.ZenQMS_StepZenqms';
import wizardEditing from '@salesforce/label/c.ZenQMS_WizardEditing';
import wizardSteps from '@salesforce/label/c.ZenQMS_WizardSteps';
import wizardTitle from '@salesforce/label/c.ZenQMS_WizardTitle';
import zenqmsNotChosen from '@salesforce/label/c.ZenQMS_ZenqmsNotChosen';

export default {
  activate,
  activated,
  back,
  conflict,
  conflictRemedy,
  copyOf,
  fieldRequired,
  gotIt,
  keepMine,
  loadTheirs,
  next,
  resumed,
  salesforceNotChosen,
  salesforceNotConnected,
  saveChanges,
  saved,
  startOver,
  stepMapping,
  stepOf,
  stepReview,
  stepSalesforce,
  stepTarget,
  stepTrigger,
  stepZenqms,
  wizardEditing,
  wizardSteps,
  wizardTitle,
  zenqmsNotChosen,
};
