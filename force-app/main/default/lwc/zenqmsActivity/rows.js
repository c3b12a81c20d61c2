import { reasonText } from 'c/zenqmsOutcome';
import labels from './labels';

const LOOKS = {
  created: { icon: 'utility:success', variant: 'success', label: labels.outcomeCreated },
  skipped: { icon: 'utility:skip', variant: '', label: labels.outcomeSkipped },
  error: { icon: 'utility:error', variant: 'error', label: labels.outcomeError },
};

const MINUTE = { month: 'short', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' };
const sized = { hideDefaultActions: true };

/** The table's columns. The record's id opens what became of it. */
export const COLUMNS = [
  { label: labels.time, fieldName: 'receivedAt', type: 'date', typeAttributes: MINUTE, initialWidth: 170, ...sized },
  {
    label: labels.record,
    type: 'button',
    typeAttributes: { label: { fieldName: 'recordLabel' }, name: 'detail', variant: 'base' },
    initialWidth: 200,
    ...sized,
  },
  { label: labels.integration, fieldName: 'integrationName', wrapText: true, ...sized },
  {
    label: labels.outcome,
    fieldName: 'outcomeLabel',
    cellAttributes: { iconName: { fieldName: 'icon' }, class: { fieldName: 'outcomeClass' } },
    initialWidth: 130,
    ...sized,
  },
  { label: labels.reason, fieldName: 'reasonLabel', wrapText: true, ...sized },
  { label: labels.issue, fieldName: 'issueNumber', initialWidth: 130, ...sized },
];

/** A row of the log as the table shows it. */
export function shown(row, names) {
  const { icon, variant, label } = LOOKS[row.outcome] ?? LOOKS.error;
  return {
    ...row,
    icon,
    variant,
    outcomeLabel: label,
    outcomeClass: row.outcome === 'error' ? 'slds-text-color_error' : '',
    reasonLabel: reasonText(row.reason),
    recordLabel: row.recordId,
    integrationName: names.get(row.integrationId) ?? labels.integrationGone,
  };
}
