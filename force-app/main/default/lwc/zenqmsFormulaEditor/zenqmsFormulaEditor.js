import { LightningElement, api } from 'lwc';
import { formatText, isError } from 'c/zenqmsUtil';
import { placeOf, segmentsOf } from './segments';
import labels from './labels';

const OPERATORS = ['=', '<>', '>', '>=', '<', '<=', '&&', '||', '&', '+', '-', '*', '/'];

/**
 * The filter formula: text, what can be put into it, and what the relay says of it.
 * Fires `change` {value}, and `expand` {path, object} when a related object's fields are wanted.
 */
export default class ZenqmsFormulaEditor extends LightningElement {
  labels = labels;
  operators = OPERATORS;
  chosenFunction = null;

  @api value = '';
  @api disabled = false;
  /** {path, label, type, …}[] that can be put in. */
  @api fields = [];
  /** {name, category, signature, description, supported, reason}[]; null: not there yet. */
  @api functions;
  /** none | checking | valid | problems | unchecked */
  @api state = 'none';
  /** {message, position?: {offset, length, line, column}, suggestion?}[] */
  @api problems = [];

  @api focus() {
    this.refs.textarea.focus();
  }

  get text() {
    return this.value ?? '';
  }
  get functionOptions() {
    return (this.functions ?? []).map((each) => {
      const supported = each.supported === true;
      return {
        value: each.name,
        label: each.signature || each.name,
        sublabel: supported ? each.description : formatText(labels.functionRefused, each.reason ?? each.supported),
        disabled: !supported,
      };
    });
  }
  get functionsLoading() {
    return this.functions === null || this.functions === undefined;
  }
  get help() {
    return (this.functions ?? []).find((each) => each.name === this.chosenFunction) ?? null;
  }
  get lines() {
    return (this.problems ?? []).map((problem, index) => {
      const place = placeOf(problem);
      const { line, column } = problem.position ?? {};
      return {
        key: `${problem.code}-${index}`,
        className: isError(problem) ? 'slds-text-color_error slds-hyphenate' : 'slds-hyphenate',
        text: line ? formatText(labels.formulaProblemAt, line, column, problem.message) : problem.message,
        suggestion: place && problem.suggestion ? problem.suggestion : null,
        useLabel: formatText(labels.formulaUse, problem.suggestion ?? ''),
        index,
      };
    });
  }
  get hasProblems() {
    return this.text !== '' && this.lines.length > 0 && this.state !== 'none';
  }
  get segments() {
    return segmentsOf(this.text, this.problems ?? []);
  }
  get showMarked() {
    return this.hasProblems && this.segments.some((segment) => segment.marked);
  }
  get isChecking() {
    return this.state === 'checking';
  }
  get isValid() {
    return this.state === 'valid';
  }
  get isUnchecked() {
    return this.state === 'unchecked';
  }
  get isEmpty() {
    return this.text.trim() === '';
  }

  handleText(event) {
    // The base component's event leaves its shadow: the owner would hear it twice.
    event.stopPropagation();
    this.tell(event.detail.value);
  }
  handleField(event) {
    this.insert(event.detail.value);
  }
  handleExpand(event) {
    this.dispatchEvent(new CustomEvent('expand', { detail: event.detail }));
  }
  handleFunction(event) {
    const { value } = event.detail;
    this.chosenFunction = value;
    this.insert(`${value}(`, ')');
  }
  handleOperator(event) {
    this.insert(` ${event.detail.value} `);
  }
  handleSuggestion(event) {
    const problem = this.problems[Number(event.currentTarget.dataset.index)];
    const { offset, length } = placeOf(problem);
    this.tell(this.text.slice(0, offset) + problem.suggestion + this.text.slice(offset + length));
    this.focus();
  }

  /** Puts text where the cursor is, which then stands before `after`. */
  insert(before, after = '') {
    const { textarea } = this.refs;
    textarea.setRangeText(before, undefined, undefined, 'end');
    if (after) textarea.setRangeText(after, undefined, undefined, 'start');
    this.tell(textarea.value);
    textarea.focus();
  }
  tell(value) {
    this.dispatchEvent(new CustomEvent('change', { detail: { value } }));
  }
}
