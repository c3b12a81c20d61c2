import { LightningElement, api } from 'lwc';
import { formatText, isError } from 'c/zenqmsUtil';
import labels from './labels';

const LOOKS = {
  pass: { icon: 'utility:success', variant: 'success', text: labels.stepPassed },
  warn: { icon: 'utility:warning', variant: 'warning', text: labels.warning },
  fail: { icon: 'utility:error', variant: 'error', text: labels.error },
};

/**
 * Step 6: what the relay says of the whole. Fires `goto` {path} for a problem's place, `preview` {recordId} and `checkagain`.
 */
export default class ZenqmsReview extends LightningElement {
  labels = labels;
  @api draft;
  @api catalog;
  /** {working?, valid?, problems?, preflight?, preview?, previewFailure?, previewing?} */
  @api review = {};

  recordId = null;
  previewFault = '';
  showPassed = false;

  get problems() {
    return (this.review.problems ?? []).map((problem, index) => ({
      ...problem,
      key: `${problem.path}-${index}`,
      ...(isError(problem) ? LOOKS.fail : LOOKS.warn),
      goLabel: formatText(labels.goTo, problem.message),
    }));
  }
  get hasProblems() {
    return this.problems.length > 0;
  }
  get isReady() {
    return this.review.valid === true;
  }
  get allChecks() {
    return (this.review.preflight?.checks ?? []).map((check, index) => ({
      ...check,
      key: `${check.name}-${index}`,
      ...LOOKS[check.status],
    }));
  }
  /** What needs nobody's attention is counted, and listed only when asked for. */
  get checks() {
    return this.allChecks.filter((check) => this.showPassed || check.status !== 'pass');
  }
  get hasChecks() {
    return this.allChecks.length > 0;
  }
  get passedCount() {
    return this.allChecks.filter((check) => check.status === 'pass').length;
  }
  get passedText() {
    return formatText(labels.checksPassed, this.passedCount, this.allChecks.length);
  }
  get passedToggle() {
    return this.showPassed ? labels.hidePassed : labels.showPassed;
  }
  get object() {
    return this.draft.integration.object;
  }
  get preview() {
    return this.review.preview ?? null;
  }
  get decision() {
    return this.preview.decision;
  }
  get verdictVariant() {
    return { deliver: 'success', skip: 'info' }[this.decision.outcome] ?? 'error';
  }
  get verdict() {
    return this.decision.outcome === 'deliver' ? labels.previewDeliver : labels.previewSkip;
  }
  get duplicate() {
    const issue = this.preview.duplicateOf;
    return issue ? formatText(labels.previewDuplicate, issue.number ?? issue.id) : null;
  }
  get issue() {
    return this.preview.issue ?? null;
  }
  get issueRows() {
    const { title, dueDate, assigneeId, customFields = [] } = this.issue;
    const names = new Map((this.catalog.categoryFields ?? []).map((field) => [field.id, field.label]));
    const user = (this.catalog.users ?? []).find((each) => each.id === assigneeId);
    return [
      { key: 'title', label: labels.issueTitle, value: title },
      { key: 'dueDate', label: labels.dueDate, value: dueDate },
      { key: 'assignee', label: labels.assignee, value: user?.name ?? this.draft.shown.assignee ?? assigneeId },
      ...customFields.map(({ fieldId, value }) => ({ key: fieldId, label: names.get(fieldId) ?? fieldId, value })),
    ];
  }

  handleGoTo(event) {
    this.dispatchEvent(new CustomEvent('goto', { detail: { path: event.currentTarget.dataset.path } }));
  }
  handleTogglePassed() {
    this.showPassed = !this.showPassed;
  }
  handleCheckAgain() {
    this.dispatchEvent(new CustomEvent('checkagain'));
  }
  handleRecord(event) {
    this.recordId = event.detail.recordId;
    this.previewFault = '';
  }
  handlePreview() {
    if (!this.recordId) {
      this.previewFault = labels.previewChoose;
      return;
    }
    this.dispatchEvent(new CustomEvent('preview', { detail: { recordId: this.recordId } }));
  }
}
