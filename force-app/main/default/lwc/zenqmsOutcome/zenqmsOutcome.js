import labels from './labels';

/** Why an event ended as it did: the relay's code and how a person reads it. */
const REASONS = {
  created: labels.reasonCreated,
  duplicate: labels.reasonDuplicate,
  trigger_not_matched: labels.reasonTriggerNotMatched,
  filter_false: labels.reasonFilterFalse,
  paused: labels.reasonPaused,
  discarded: labels.reasonDiscarded,
  record_deleted: labels.reasonRecordDeleted,
  record_not_readable: labels.reasonRecordNotReadable,
  formula_error: labels.reasonFormulaError,
  mapping_error: labels.reasonMappingError,
  configuration_broken: labels.reasonConfigurationBroken,
  gap_change_unknown: labels.reasonGapChangeUnknown,
  gap_overflow: labels.reasonGapOverflow,
  poisoned_event: labels.reasonPoisonedEvent,
  zenqms_refused: labels.reasonZenqmsRefused,
  zenqms_unauthorized: labels.reasonZenqmsUnauthorized,
  zenqms_unavailable: labels.reasonZenqmsUnavailable,
  zenqms_in_doubt: labels.reasonZenqmsInDoubt,
  salesforce_unavailable: labels.reasonSalesforceUnavailable,
  salesforce_unauthorized: labels.reasonSalesforceUnauthorized,
  salesforce_refused: labels.reasonSalesforceRefused,
  internal_error: labels.reasonInternalError,
};

/** A reason that this version does not know is shown as the relay names it. */
export const reasonText = (reason) => REASONS[reason] ?? reason;

const CHANGES = {
  CREATE: labels.changeCreate,
  UPDATE: labels.changeUpdate,
  DELETE: labels.changeDelete,
  UNDELETE: labels.changeUndelete,
  GAP_CREATE: labels.changeGapCreate,
  GAP_UPDATE: labels.changeGapUpdate,
};

/** What kind of change an event was. */
export const changeText = (changeType) => CHANGES[changeType] ?? changeType;

export const REASON_OPTIONS = Object.entries(REASONS).map(([value, label]) => ({ value, label }));
