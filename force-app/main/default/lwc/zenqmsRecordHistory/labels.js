import hideDetail from '@salesforce/label/c.ZenQMS_HideDetail';
import outcomeCreated from '@salesforce/label/c.ZenQMS_OutcomeCreated';
import outcomeError from '@salesforce/label/c.ZenQMS_OutcomeError';
import outcomeSkipped from '@salesforce/label/c.ZenQMS_OutcomeSkipped';
import reasonWithIssue from '@salesforce/label/c.ZenQMS_ReasonWithIssue';
import recordHasIssue from '@salesforce/label/c.ZenQMS_RecordHasIssue';
import recordHasNone from '@salesforce/label/c.ZenQMS_RecordHasNone';
import recordNothing from '@salesforce/label/c.ZenQMS_RecordNothing';
import recordNothingText from '@salesforce/label/c.ZenQMS_RecordNothingText';
import recordTitle from '@salesforce/label/c.ZenQMS_RecordTitle';
import refresh from '@salesforce/label/c.ZenQMS_Refresh';
import retried from '@salesforce/label/c.ZenQMS_Retried';
import showDetail from '@salesforce/label/c.ZenQMS_ShowDetail';

export default {
  hideDetail,
  outcomeCreated,
  outcomeError,
  outcomeSkipped,
  reasonWithIssue,
  recordHasIssue,
  recordHasNone,
  recordNothing,
  recordNothingText,
  recordTitle,
  refresh,
  retried,
  showDetail,
};
