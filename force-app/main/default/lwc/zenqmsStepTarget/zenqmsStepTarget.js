import Step from 'c/zenqmsStep';
import { formatText } from 'c/zenqmsUtil';
import labels from './labels';

const SCOPES = [
  { value: 'category', label: labels.scopeCategory },
  { value: 'account', label: labels.scopeAccount },
];

/** Step 4: which Issues are made, and for whom. Fires `search` {what: 'users', term}. */
export default class ZenqmsStepTarget extends Step {
  labels = labels;
  scopes = SCOPES;

  get categories() {
    return this.catalog.categories ?? [];
  }
  get categoryOptions() {
    const active = this.categories
      .filter((category) => category.state === 'active' || category.id === this.integration.categoryId)
      .map(({ id, name, key, state }) => ({
        value: id,
        label: state === 'active' ? `${name} (${key})` : formatText(labels.categoryInactive, name),
      }));
    return this.catalog.categories &&
      this.integration.categoryId &&
      !active.some((each) => each.value === this.integration.categoryId)
      ? [...active, { value: this.integration.categoryId, label: formatText(labels.notAvailable, this.integration.categoryId) }]
      : active;
  }
  get noCategories() {
    return this.catalog.categories !== null && this.categories.length === 0;
  }
  get userOptions() {
    return (this.catalog.users ?? []).map(({ id, name, email, active }) => ({
      value: id,
      label: name,
      sublabel: active ? email : formatText(labels.userInactive, email),
      disabled: !active,
    }));
  }
  get usersLoading() {
    return this.catalog.users === null;
  }

  handleCategory(event) {
    const { value } = event.detail;
    const category = this.categories.find((each) => each.id === value);
    const suggested = formatText(labels.suggestedName, category?.name ?? '', this.draft.shown.object || this.integration.object);
    this.set({ categoryId: value, ...(this.integration.name === '' && category ? { name: suggested } : {}) });
  }
  handleAssignee(event) {
    const { value, option } = event.detail;
    this.change('shown', { assignee: option?.label ?? '' });
    this.set({ assigneeId: value });
  }
  handleUserSearch(event) {
    this.dispatchEvent(new CustomEvent('search', { detail: { what: 'users', term: event.detail.term } }));
  }
  handleScope(event) {
    this.set({ duplicateScope: event.detail.value });
  }
  handleName(event) {
    this.set({ name: event.detail.value });
  }
}
