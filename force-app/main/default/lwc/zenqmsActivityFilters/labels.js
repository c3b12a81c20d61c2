import all from '@salesforce/label/c.ZenQMS_All';
import clearFilters from '@salesforce/label/c.ZenQMS_ClearFilters';
import filters from '@salesforce/label/c.ZenQMS_Filters';
import integration from '@salesforce/label/c.ZenQMS_Integration';
import outcome from '@salesforce/label/c.ZenQMS_Outcome';
import outcomeCreated from '@salesforce/label/c.ZenQMS_OutcomeCreated';
import outcomeError from '@salesforce/label/c.ZenQMS_OutcomeError';
import outcomeSkipped from '@salesforce/label/c.ZenQMS_OutcomeSkipped';
import reason from '@salesforce/label/c.ZenQMS_Reason';
import recordId from '@salesforce/label/c.ZenQMS_RecordId';
import recordIdWrong from '@salesforce/label/c.ZenQMS_RecordIdWrong';
import since from '@salesforce/label/c.ZenQMS_Since';
import until from '@salesforce/label/c.ZenQMS_Until';

export default {
  all,
  clearFilters,
  filters,
  integration,
  outcome,
  outcomeCreated,
  outcomeError,
  outcomeSkipped,
  reason,
  recordId,
  recordIdWrong,
  since,
  until,
};
