import { LightningElement, api } from 'lwc';
import { debounce, formatText } from 'c/zenqmsUtil';
import labels from './labels';

const SHOWN = 50;
const WAIT_FOR_TYPING = 300;
const matches = (option, term) => `${option.label} ${option.sublabel ?? ''} ${option.value}`.toLowerCase().includes(term);

/**
 * A combobox that can be searched, which no base component is. It filters `options` by what is typed and fires `search`
 * {term}, so that its owner may bring more; choosing fires `change` {value, option}.
 * Validity works as with base components: setCustomValidity, reportValidity.
 */
export default class ZenqmsLookup extends LightningElement {
  labels = labels;
  @api label;
  @api placeholder = labels.lookupPlaceholder;
  @api fieldLevelHelp;
  @api required = false;
  @api disabled = false;
  @api variant;
  /** More options are on their way. */
  @api loading = false;
  /** What the chosen value is called, while `options` does not hold it. */
  @api valueLabel;
  /** Keep the box empty after a choice: for inserting rather than choosing. */
  @api transient = false;

  _value = null;
  _options = [];
  term = null;
  open = false;
  active = -1;
  customMessage = '';
  shownMessage = '';
  tellSearch = debounce((term) => this.dispatchEvent(new CustomEvent('search', { detail: { term } })), WAIT_FOR_TYPING);

  /** {value, label, sublabel?, disabled?, drill?}[]; an option with `drill` fires `drill` and keeps the list open. */
  @api
  get options() {
    return this._options;
  }
  set options(value) {
    this._options = value ?? [];
  }
  @api
  get value() {
    return this._value;
  }
  set value(value) {
    this._value = value;
    this.term = null;
  }

  @api setCustomValidity(message) {
    this.customMessage = message;
  }
  @api checkValidity() {
    return this.customMessage === '' && !(this.required && !this._value);
  }
  @api reportValidity() {
    this.shownMessage = this.customMessage || (this.required && !this._value ? labels.fieldRequired : '');
    return this.shownMessage === '';
  }
  @api focus() {
    this.refs.input.focus();
  }

  get matching() {
    const term = (this.term ?? '').trim().toLowerCase();
    return term === '' ? this._options : this._options.filter((option) => matches(option, term));
  }
  get items() {
    return this.matching.slice(0, SHOWN).map((option, index) => ({
      ...option,
      key: `${option.value}-${index}`,
      id: `option-${index}`,
      index,
      isChosen: option.value === this._value,
      selected: String(option.value === this._value),
      disabled: Boolean(option.disabled),
      ariaDisabled: String(Boolean(option.disabled)),
      className: `slds-media slds-media_center slds-listbox__option slds-listbox__option_entity${
        option.sublabel ? ' slds-listbox__option_has-meta' : ''
      }${index === this.active ? ' slds-has-focus' : ''}${option.disabled ? ' slds-is-disabled' : ''}`,
    }));
  }
  get note() {
    if (this.loading) return labels.loading;
    const { length } = this.matching;
    if (length === 0) return labels.lookupNothing;
    return length > SHOWN ? formatText(labels.lookupMore, SHOWN, length) : null;
  }
  get text() {
    if (this.term !== null) return this.term;
    if (!this._value) return '';
    return this._options.find((option) => option.value === this._value)?.label ?? this.valueLabel ?? this._value;
  }
  get expanded() {
    return String(this.open);
  }
  get activeId() {
    return this.open && this.active >= 0 ? `option-${this.active}` : null;
  }
  get hasError() {
    return this.shownMessage !== '';
  }
  get invalid() {
    return String(this.hasError);
  }
  get requiredText() {
    return String(Boolean(this.required));
  }
  get elementClass() {
    return `slds-form-element${this.hasError ? ' slds-has-error' : ''}`;
  }
  get labelClass() {
    return this.variant === 'label-hidden' ? 'slds-assistive-text' : 'slds-form-element__label';
  }
  get comboboxClass() {
    return `slds-combobox slds-dropdown-trigger slds-dropdown-trigger_click${this.open ? ' slds-is-open' : ''}`;
  }
  get clearable() {
    return Boolean(this._value) && !this.disabled && !this.required && !this.open;
  }

  handleFocus() {
    this.refs.input.select();
  }
  handleClick() {
    this.show();
  }
  handleInput(event) {
    this.term = event.target.value;
    this.show();
    this.active = this.term === '' ? -1 : 0;
    this.tellSearch(this.term.trim());
  }
  handleBlur() {
    this.open = false;
    this.term = null;
    this.active = -1;
    if (this.shownMessage !== '') this.reportValidity();
  }
  /** The list would take the focus, and its blur would close it before the click arrives. */
  handleListMouseDown(event) {
    event.preventDefault();
  }
  handlePick(event) {
    this.pick(Number(event.currentTarget.dataset.index));
  }
  handleClear() {
    this.choose(null);
    this.refs.input.focus();
  }
  handleKeyDown(event) {
    const last = this.items.length - 1;
    switch (event.key) {
      case 'ArrowDown':
        this.move(this.open ? Math.min(this.active + 1, last) : Math.max(this.active, 0));
        break;
      case 'ArrowUp':
        this.move(this.open ? Math.max(this.active - 1, 0) : last);
        break;
      case 'Enter':
        if (!this.open || this.active < 0) return;
        this.pick(this.active);
        break;
      case 'Escape':
        if (!this.open) return;
        this.open = false;
        this.term = null;
        event.stopPropagation();
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  show() {
    if (!this.open && !this.disabled) {
      this.open = true;
      if (this._options.length === 0) this.tellSearch('');
    }
  }
  move(index) {
    this.show();
    this.active = index;
  }
  pick(index) {
    const option = this.items[index];
    if (!option || option.disabled) return;
    if (option.drill) {
      this.term = option.drill;
      this.active = -1;
      this.dispatchEvent(new CustomEvent('drill', { detail: { value: option.value } }));
      return;
    }
    this.choose(option.value);
  }
  choose(value) {
    this.open = false;
    this.term = null;
    this.active = -1;
    this._value = this.transient ? null : value;
    if (this.shownMessage !== '') this.reportValidity();
    const option = this._options.find((candidate) => candidate.value === value) ?? null;
    this.dispatchEvent(new CustomEvent('change', { detail: { value, option } }));
  }
  renderedCallback() {
    if (this.open && this.active >= 0) {
      this.template.querySelector(`[data-index="${this.active}"]`)?.scrollIntoView?.({ block: 'nearest' });
    }
  }
  disconnectedCallback() {
    this.tellSearch.cancel();
  }
}
