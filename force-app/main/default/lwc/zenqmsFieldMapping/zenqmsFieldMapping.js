import Step from 'c/zenqmsStep';
import { formatText, problemsUnder } from 'c/zenqmsUtil';
import { suggestions } from './suggest';
import labels from './labels';

const ZONES = (Intl.supportedValuesOf?.('timeZone') ?? []).map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }));
const DATES = ['date', 'datetime'];
const DETAILS = ['title', 'dueDate', 'timeZone'];
const FROM_TITLE = [
  { value: 'record', label: labels.titleFromRecord },
  { value: 'field', label: labels.titleFromField },
];
const FROM_DUE = [
  { value: 'today', label: labels.dueFromToday },
  { value: 'field', label: labels.dueFromField },
];
const TYPES = {
  single_line_text: labels.typeSingleLine,
  paragraph_text: labels.typeParagraph,
  formatted_text: labels.typeFormatted,
  integer: labels.typeInteger,
  decimal: labels.typeDecimal,
  date: labels.typeDate,
  website: labels.typeWebsite,
  yes_no: labels.typeYesNo,
  single_selection: labels.typeSelection,
  multiple_selection: labels.typeSelections,
  role_single: labels.typeRole,
  role_multiple: labels.typeRoles,
  user_single: labels.typeUser,
  user_multiple: labels.typeUsers,
};

/** Step 5: how the record fills the Issue. Fires `change` and `expand` {path, object}. */
export default class ZenqmsFieldMapping extends Step {
  labels = labels;
  zones = ZONES;
  titleChoices = FROM_TITLE;
  dueChoices = FROM_DUE;
  dateTypes = DATES;
  tab = null;

  get activeTab() {
    if (this.tab) return this.tab;
    const path = this.focusPath ?? this.problems?.[0]?.path ?? 'title';
    return problemsUnder([{ path }], DETAILS).length ? 'details' : 'stage';
  }
  get detailsWrong() {
    return problemsUnder(this.problems, DETAILS).length > 0;
  }
  get stageWrong() {
    return problemsUnder(this.problems, ['fieldMappings']).length > 0;
  }
  /** What is on the other tab has its place there and need not be repeated on top. */
  get general() {
    return this.unplaced.filter((problem) => !/^(title|dueDate|timeZone|fieldMappings\[)/.test(problem.path ?? ''));
  }
  get hasGeneral() {
    return this.general.length > 0;
  }

  get titleFrom() {
    return this.integration.title ? 'field' : 'record';
  }
  get titleIsField() {
    return this.titleFrom === 'field';
  }
  get titleHelp() {
    const fallback = this.catalog.describe?.titleFallback;
    return fallback ? formatText(labels.titleFallback, fallback) : labels.titleNoFallback;
  }
  get dueIsField() {
    return this.integration.dueDate.from === 'field';
  }
  get daysLabel() {
    return this.dueIsField ? labels.daysAfterField : labels.daysAfterToday;
  }

  get targets() {
    return this.catalog.categoryFields ?? [];
  }
  get targetOptions() {
    return this.targets.map(({ id, label, required }) => ({
      value: id,
      label: required ? formatText(labels.requiredField, label) : label,
    }));
  }
  get rows() {
    return this.integration.fieldMappings.map((mapping, index) => this.row(mapping, index));
  }
  get hasRows() {
    return this.rows.length > 0;
  }
  get stageReady() {
    return this.catalog.categoryFields !== null;
  }
  get noTargets() {
    return this.stageReady && this.targets.length === 0;
  }
  get unmapped() {
    const mapped = new Set(this.integration.fieldMappings.map((row) => row.zenqmsFieldId));
    return this.targets.filter((target) => target.required && !mapped.has(target.id));
  }
  get hasUnmapped() {
    return this.unmapped.length > 0;
  }
  get unmappedMessage() {
    return formatText(labels.requiredUnmapped, this.unmapped.map((target) => target.label).join(', '));
  }
  get suggested() {
    return suggestions(this.catalog.fields ?? [], this.targets, this.integration.fieldMappings);
  }
  get noSuggestions() {
    return this.suggested.length === 0;
  }
  get suggestLabel() {
    return formatText(labels.addSuggested, this.suggested.length);
  }

  row(mapping, index) {
    const target = this.targets.find((each) => each.id === mapping.zenqmsFieldId);
    const field = (this.catalog.fields ?? []).find((each) => each.path === mapping.salesforceField);
    const lost = this.stageReady && mapping.zenqmsFieldId && !target;
    const extra = { value: mapping.zenqmsFieldId, label: formatText(labels.notAvailable, mapping.zenqmsFieldId) };
    return {
      ...mapping,
      index,
      key: mapping.key ?? `row-${index}`,
      salesforcePath: `fieldMappings[${index}].salesforceField`,
      zenqmsPath: `fieldMappings[${index}].zenqmsFieldId`,
      general: problemsUnder(this.problems, [`fieldMappings[${index}]`])
        .filter((problem) => problem.path === `fieldMappings[${index}]`)
        .map((problem) => problem.message)
        .join(' '),
      options: lost ? [...this.targetOptions, extra] : this.targetOptions,
      types: [field?.type, target ? TYPES[target.type] : null].filter(Boolean).join(' → '),
      isRequired: Boolean(target?.required),
      label: formatText(labels.rowOf, index + 1),
      removeLabel: formatText(labels.removeRow, index + 1),
    };
  }

  handleTab(event) {
    this.tab = event.target.value;
  }
  handleTitleFrom(event) {
    this.set({ title: event.detail.value === 'field' ? { field: '' } : null });
  }
  handleTitleField(event) {
    this.set({ title: { field: event.detail.value ?? '' } });
  }
  handleDueFrom(event) {
    const { daysToAdd } = this.integration.dueDate;
    this.set({
      dueDate: event.detail.value === 'field' ? { from: 'field', field: '', daysToAdd } : { from: 'today', daysToAdd },
    });
  }
  handleDueField(event) {
    this.set({ dueDate: { ...this.integration.dueDate, field: event.detail.value ?? '' } });
  }
  handleDays(event) {
    const { value } = event.detail;
    this.set({ dueDate: { ...this.integration.dueDate, daysToAdd: value === '' ? null : Number(value) } });
  }
  handleZone(event) {
    this.set({ timeZone: event.detail.value });
  }
  handleExpand(event) {
    this.dispatchEvent(new CustomEvent('expand', { detail: event.detail }));
  }
  handleRow(event) {
    const { index, side } = event.currentTarget.dataset;
    const value = event.detail.value ?? '';
    this.setRows(this.integration.fieldMappings.map((row, at) => (at === Number(index) ? { ...row, [side]: value } : row)));
  }
  handleRemove(event) {
    const index = Number(event.currentTarget.dataset.index);
    this.setRows(this.integration.fieldMappings.filter((row, at) => at !== index));
  }
  handleAdd() {
    this.setRows([...this.integration.fieldMappings, this.newRow('', '')]);
  }
  handleSuggest() {
    const added = this.suggested.map((each) => this.newRow(each.salesforceField, each.zenqmsFieldId));
    this.setRows([...this.integration.fieldMappings, ...added]);
  }
  handleRequired() {
    this.setRows([...this.integration.fieldMappings, ...this.unmapped.map((target) => this.newRow('', target.id))]);
  }
  newRow(salesforceField, zenqmsFieldId) {
    const used = this.integration.fieldMappings.map((row) => Number(row.key?.slice(4) ?? 0));
    this.lastKey = Math.max(this.lastKey ?? 1000, ...used) + 1;
    return { key: `new-${this.lastKey}`, salesforceField, zenqmsFieldId };
  }
  setRows(fieldMappings) {
    this.set({ fieldMappings });
  }
}
