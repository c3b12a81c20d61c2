import assignee from '@salesforce/label/c.ZenQMS_Assignee';
import checkAgain from '@salesforce/label/c.ZenQMS_CheckAgain';
import checksPassed from '@salesforce/label/c.ZenQMS_ChecksPassed';
import dueDate from '@salesforce/label/c.ZenQMS_DueDate';
import error from '@salesforce/label/c.ZenQMS_Error';
import goTo from '@salesforce/label/c.ZenQMS_GoTo';
import hidePassed from '@salesforce/label/c.ZenQMS_HidePassed';
import issueTitle from '@salesforce/label/c.ZenQMS_IssueTitle';
import preflight from '@salesforce/label/c.ZenQMS_Preflight';
import preview from '@salesforce/label/c.ZenQMS_Preview';
import previewChoose from '@salesforce/label/c.ZenQMS_PreviewChoose';
import previewDeliver from '@salesforce/label/c.ZenQMS_PreviewDeliver';
import previewDuplicate from '@salesforce/label/c.ZenQMS_PreviewDuplicate';
import previewIntro from '@salesforce/label/c.ZenQMS_PreviewIntro';
import previewIssue from '@salesforce/label/c.ZenQMS_PreviewIssue';
import previewPlaceholder from '@salesforce/label/c.ZenQMS_PreviewPlaceholder';
import previewRecord from '@salesforce/label/c.ZenQMS_PreviewRecord';
import previewRun from '@salesforce/label/c.ZenQMS_PreviewRun';
import previewSkip from '@salesforce/label/c.ZenQMS_PreviewSkip';
import previewSteps from '@salesforce/label/c.ZenQMS_PreviewSteps';
import reviewNotReady from '@salesforce/label/c.ZenQMS_ReviewNotReady';
import reviewProblems from '@salesforce/label/c.ZenQMS_ReviewProblems';
import reviewReady from '@salesforce/label/c.ZenQMS_ReviewReady';
import reviewWorking from '@salesforce/label/c.ZenQMS_ReviewWorking';
import showMe from '@salesforce/label/c.ZenQMS_ShowMe';
import showPassed from '@salesforce/label/c.ZenQMS_ShowPassed';
import stepPassed from '@salesforce/label/c.ZenQMS_StepPassed';
import warning from '@salesforce/label/c.ZenQMS_Warning';

export default {
  assignee,
  checkAgain,
  checksPassed,
  dueDate,
  error,
  goTo,
  hidePassed,
  issueTitle,
  preflight,
  preview,
  previewChoose,
  previewDeliver,
  previewDuplicate,
  previewIntro,
  previewIssue,
  previewPlaceholder,
  previewRecord,
  previewRun,
  previewSkip,
  previewSteps,
  reviewNotReady,
  reviewProblems,
  reviewReady,
  reviewWorking,
  showMe,
  showPassed,
  stepPassed,
  warning,
};
