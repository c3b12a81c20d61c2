import attempts from '@salesforce/label/c.ZenQMS_Attempts';
import close from '@salesforce/label/c.ZenQMS_Close';
import detail from '@salesforce/label/c.ZenQMS_Detail';
import eventOf from '@salesforce/label/c.ZenQMS_EventOf';
import howDecided from '@salesforce/label/c.ZenQMS_HowDecided';
import httpStatus from '@salesforce/label/c.ZenQMS_HttpStatus';
import milliseconds from '@salesforce/label/c.ZenQMS_Milliseconds';
import nextTry from '@salesforce/label/c.ZenQMS_NextTry';
import openIssue from '@salesforce/label/c.ZenQMS_OpenIssue';
import openRecord from '@salesforce/label/c.ZenQMS_OpenRecord';
import reasonWithIssue from '@salesforce/label/c.ZenQMS_ReasonWithIssue';
import retry from '@salesforce/label/c.ZenQMS_Retry';
import retryForce from '@salesforce/label/c.ZenQMS_RetryForce';

export default {
  attempts,
  close,
  detail,
  eventOf,
  howDecided,
  httpStatus,
  milliseconds,
  nextTry,
  openIssue,
  openRecord,
  reasonWithIssue,
  retry,
  retryForce,
};
