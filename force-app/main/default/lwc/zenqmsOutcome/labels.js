import changeCreate from '@salesforce/label/c.ZenQMS_ChangeCreate';
import changeDelete from '@salesforce/label/c.ZenQMS_ChangeDelete';
import changeGapCreate from '@salesforce/label/c.ZenQMS_ChangeGapCreate';
import changeGapUpdate from '@salesforce/label/c.ZenQMS_ChangeGapUpdate';
import changeUndelete from '@salesforce/label/c.ZenQMS_ChangeUndelete';
import changeUpdate from '@salesforce/label/c.ZenQMS_ChangeUpdate';
import reasonConfigurationBroken from '@salesforce/label/c.ZenQMS_ReasonConfigurationBroken';
import reasonCreated from '@salesforce/label/c.ZenQMS_ReasonCreated';
import reasonDiscarded from '@salesforce/label/c.ZenQMS_ReasonDiscarded';
import reasonDuplicate from '@salesforce/label/c.ZenQMS_ReasonDuplicate';
import reasonFilterFalse from '@salesforce/label/c.ZenQMS_ReasonFilterFalse';
import reasonFormulaError from '@salesforce/label/c.ZenQMS_ReasonFormulaError';
import reasonGapChangeUnknown from '@salesforce/label/c.ZenQMS_ReasonGapChangeUnknown';
import reasonGapOverflow from '@salesforce/label/c.ZenQMS_ReasonGapOverflow';
import reasonInternalError from '@salesforce/label/c.ZenQMS_ReasonInternalError';
import reasonMappingError from '@salesforce/label/c.ZenQMS_ReasonMappingError';
import reasonPaused from '@salesforce/label/c.ZenQMS_ReasonPaused';
import reasonPoisonedEvent from '@salesforce/label/c.ZenQMS_ReasonPoisonedEvent';
import reasonRecordDeleted from '@salesforce/label/c.ZenQMS_ReasonRecordDeleted';
import reasonRecordNotReadable from '@salesforce/label/c.ZenQMS_ReasonRecordNotReadable';
import reasonSalesforceRefused from '@salesforce/label/c.ZenQMS_ReasonSalesforceRefused';
import reasonSalesforceUnauthorized from '@salesforce/label/c.ZenQMS_ReasonSalesforceUnauthorized';
import reasonSalesforceUnavailable from '@salesforce/label/c.ZenQMS_ReasonSalesforceUnavailable';
import reasonTriggerNotMatched from '@salesforce/label/c.ZenQMS_ReasonTriggerNotMatched';
import reasonZenqmsInDoubt from '@salesforce/label/c.ZenQMS_ReasonZenqmsInDoubt';
import reasonZenqmsRefused from '@salesforce/label/c.ZenQMS_ReasonZenqmsRefused';
import reasonZenqmsUnauthorized from '@salesforce/label/c.ZenQMS_ReasonZenqmsUnauthorized';
import reasonZenqmsUnavailable from '@salesforce/label/c.ZenQMS_ReasonZenqmsUnavailable';

export default {
  changeCreate,
  changeDelete,
  changeGapCreate,
  changeGapUpdate,
  changeUndelete,
  changeUpdate,
  reasonConfigurationBroken,
  reasonCreated,
  reasonDiscarded,
  reasonDuplicate,
  reasonFilterFalse,
  reasonFormulaError,
  reasonGapChangeUnknown,
  reasonGapOverflow,
  reasonInternalError,
  reasonMappingError,
  reasonPaused,
  reasonPoisonedEvent,
  reasonRecordDeleted,
  reasonRecordNotReadable,
  reasonSalesforceRefused,
  reasonSalesforceUnauthorized,
  reasonSalesforceUnavailable,
  reasonTriggerNotMatched,
  reasonZenqmsInDoubt,
  reasonZenqmsRefused,
  reasonZenqmsUnauthorized,
  reasonZenqmsUnavailable,
};
