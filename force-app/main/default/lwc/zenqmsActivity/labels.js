import activity from '@salesforce/label/c.ZenQMS_Activity';
import integration from '@salesforce/label/c.ZenQMS_Integration';
import integrationGone from '@salesforce/label/c.ZenQMS_IntegrationGone';
import issue from '@salesforce/label/c.ZenQMS_Issue';
import noActivity from '@salesforce/label/c.ZenQMS_NoActivity';
import noActivityMatches from '@salesforce/label/c.ZenQMS_NoActivityMatches';
import noActivityMatchesText from '@salesforce/label/c.ZenQMS_NoActivityMatchesText';
import noActivityText from '@salesforce/label/c.ZenQMS_NoActivityText';
import outcome from '@salesforce/label/c.ZenQMS_Outcome';
import outcomeCreated from '@salesforce/label/c.ZenQMS_OutcomeCreated';
import outcomeError from '@salesforce/label/c.ZenQMS_OutcomeError';
import outcomeSkipped from '@salesforce/label/c.ZenQMS_OutcomeSkipped';
import reason from '@salesforce/label/c.ZenQMS_Reason';
import record from '@salesforce/label/c.ZenQMS_Record';
import refresh from '@salesforce/label/c.ZenQMS_Refresh';
import retried from '@salesforce/label/c.ZenQMS_Retried';
import retriedAll from '@salesforce/label/c.ZenQMS_RetriedAll';
import retryAll from '@salesforce/label/c.ZenQMS_RetryAll';
import showMore from '@salesforce/label/c.ZenQMS_ShowMore';
import time from '@salesforce/label/c.ZenQMS_Time';

export default {
  activity,
  integration,
  integrationGone,
  issue,
  noActivity,
  noActivityMatches,
  noActivityMatchesText,
  noActivityText,
  outcome,
  outcomeCreated,
  outcomeError,
  outcomeSkipped,
  reason,
  record,
  refresh,
  retried,
  retriedAll,
  retryAll,
  showMore,
  time,
};
