import { LightningElement, api } from 'lwc';
import { formatText } from 'c/zenqmsUtil';
import labels from './labels';

/**
 * Chooses a field of a record or of a record that it refers to.
 * Fires `change` {value: path}, and `expand` {path, object} when the fields of a related object are wanted.
 */
export default class ZenqmsFieldLookup extends LightningElement {
  @api label;
  @api placeholder = labels.fieldPlaceholder;
  @api fieldLevelHelp;
  @api variant;
  @api required = false;
  @api disabled = false;
  @api transient = false;
  @api value;
  /** {path, label, type, relationshipName, referenceTo}[]: the object's fields, and those of related objects as they come. */
  @api fields = [];
  /** Only fields of these types; none given: all. */
  @api types;

  @api setCustomValidity(message) {
    this.refs.lookup.setCustomValidity(message);
  }
  @api checkValidity() {
    return this.refs.lookup.checkValidity();
  }
  @api reportValidity() {
    return this.refs.lookup.reportValidity();
  }
  @api focus() {
    this.refs.lookup.focus();
  }

  get options() {
    const fields = this.fields ?? [];
    const loaded = new Set(fields.map((field) => field.path.slice(0, field.path.lastIndexOf('.'))));
    const own = fields
      .filter((field) => !this.types || this.types.includes(field.type))
      .map((field) => ({ value: field.path, label: field.label, sublabel: `${field.path} • ${field.type}` }));
    const related = fields.filter(isReference).map((field) => ({
      value: relationPath(field),
      label: formatText(labels.fieldsOf, field.referenceTo[0]),
      sublabel: `${relationPath(field)}.…`,
      drill: `${relationPath(field)}.`,
      loaded: loaded.has(relationPath(field)),
    }));
    return [...own, ...related];
  }

  handleChange(event) {
    event.stopPropagation();
    this.dispatchEvent(new CustomEvent('change', { detail: { value: event.detail.value } }));
  }
  handleDrill(event) {
    const field = (this.fields ?? []).filter(isReference).find((each) => relationPath(each) === event.detail.value);
    if (this.options.find((option) => option.value === event.detail.value && option.loaded)) return;
    this.dispatchEvent(new CustomEvent('expand', { detail: { path: event.detail.value, object: field.referenceTo[0] } }));
  }
}

/** Two steps of relationship are as far as the list offers; the formula itself may go farther. */
const isReference = (field) =>
  Boolean(field.relationshipName) && field.referenceTo?.length === 1 && field.path.split('.').length < 3;

function relationPath(field) {
  const parts = field.path.split('.');
  return [...parts.slice(0, -1), field.relationshipName].join('.');
}
