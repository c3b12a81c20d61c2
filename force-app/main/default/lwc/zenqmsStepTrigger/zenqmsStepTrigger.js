import { api } from 'lwc';
import Step from 'c/zenqmsStep';
import { formatText } from 'c/zenqmsUtil';
import labels from './labels';

const TRIGGERS = [
  { value: 'both', label: labels.triggerBoth },
  { value: 'create', label: labels.triggerCreate },
  { value: 'update', label: labels.triggerUpdate },
];

/** Step 3: which records' changes count. Fires `search` {what, term} and `expand` {path, object}. */
export default class ZenqmsStepTrigger extends Step {
  labels = labels;
  triggers = TRIGGERS;
  /** {state: 'none'|'checking'|'valid'|'problems'|'unchecked', problems} */
  @api formulaCheck;

  get objectOptions() {
    return (this.catalog.objects ?? []).map(({ name, label, changeEvents }) => ({
      value: name,
      label,
      sublabel: changeEvents ? name : formatText(labels.withoutChangeEvents, name),
      disabled: !changeEvents,
    }));
  }
  get objectsLoading() {
    return this.catalog.objects === null;
  }
  get formulaProblems() {
    const placed = (this.problems ?? []).filter((problem) => problem.path === 'filterFormula');
    return placed.length ? placed : (this.formulaCheck?.problems ?? []);
  }
  get noObject() {
    return !this.integration.object;
  }
  get triggerText() {
    return {
      both: labels.triggerBothHelp,
      create: labels.triggerCreateHelp,
      update: labels.triggerUpdateHelp,
    }[this.integration.triggerOn];
  }

  handleObject(event) {
    const { value, option } = event.detail;
    this.change('shown', { object: option?.label ?? '' });
    this.set({ object: value });
  }
  handleObjectSearch(event) {
    this.dispatchEvent(new CustomEvent('search', { detail: { what: 'objects', term: event.detail.term } }));
  }
  handleTrigger(event) {
    this.set({ triggerOn: event.detail.value });
  }
  handleFormula(event) {
    this.set({ filterFormula: event.detail.value });
  }
  handleExpand(event) {
    this.dispatchEvent(new CustomEvent('expand', { detail: event.detail }));
  }
  handleLimit(event) {
    const { value } = event.detail;
    this.set({ bulkLimit: value === '' ? null : Number(value) });
  }
}
