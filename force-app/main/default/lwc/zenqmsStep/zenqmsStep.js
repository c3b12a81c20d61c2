import { LightningElement, api } from 'lwc';
import { isError, placeProblems } from 'c/zenqmsUtil';

const FAULTS = [
  'valueMissing',
  'typeMismatch',
  'badInput',
  'patternMismatch',
  'tooLong',
  'tooShort',
  'rangeUnderflow',
  'rangeOverflow',
];

/**
 * What every step of the wizard has: the draft, the problems put beside their fields, and the `change` event
 * {section, values} through which alone a step alters anything.
 */
export default class ZenqmsStep extends LightningElement {
  @api draft;
  @api catalog;
  @api busy = false;
  /** {path, code, message}[] of this step. */
  @api problems = [];
  /** Path of the field that should get the focus when it is there. */
  @api focusPath;

  unplaced = [];
  focused = null;

  /** Puts the focus on the first field that has a problem. */
  @api focusProblem() {
    const first = [...this.template.querySelectorAll('[data-path]')].find((input) =>
      (this.problems ?? []).some((problem) => problem.path === input.dataset.path),
    );
    first?.focus?.();
  }

  get integration() {
    return this.draft.integration;
  }
  /** In every step's template, which so is rendered anew, and its problems placed, whenever they change. */
  get hasUnplaced() {
    return (this.problems?.length ?? 0) > 0 && this.unplaced.length > 0;
  }

  get warnings() {
    return (this.problems ?? []).filter((problem) => !isError(problem));
  }
  get hasWarnings() {
    return this.warnings.length > 0;
  }

  renderedCallback() {
    const unplaced = placeProblems(this.template, this.problems).filter(isError);
    if (JSON.stringify(unplaced) !== JSON.stringify(this.unplaced)) this.unplaced = unplaced;
    if (this.focusPath && this.focused !== this.focusPath) {
      const field = [...this.template.querySelectorAll('[data-path]')].find((input) => this.focusPath === input.dataset.path);
      if (field) {
        this.focused = this.focusPath;
        field.focus?.();
      }
    }
  }

  /**
   * Shows what is wrong with the inputs marked data-form and puts the focus on the first. What the relay said of one last time
   * does not count: the same may be right now.
   */
  isFormComplete() {
    const inputs = [...this.template.querySelectorAll('[data-form]')];
    const wrong = inputs.filter((input) => {
      input.reportValidity();
      return FAULTS.some((name) => input.validity?.[name]);
    });
    wrong[0]?.focus();
    return wrong.length === 0;
  }

  change(section, values) {
    this.dispatchEvent(new CustomEvent('change', { detail: { section, values } }));
  }
  set(values) {
    this.change('integration', values);
  }
}
