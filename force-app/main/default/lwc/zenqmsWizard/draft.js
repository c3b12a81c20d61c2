import TIME_ZONE from '@salesforce/i18n/timeZone';
import USER_ID from '@salesforce/user/Id';

const VERSION = 1;
const DEFAULTS = {
  name: '',
  salesforceConnectionId: null,
  zenqmsConnectionId: null,
  object: null,
  triggerOn: 'both',
  filterFormula: '',
  categoryId: null,
  assigneeId: null,
  title: null,
  dueDate: { from: 'today', daysToAdd: 30 },
  timeZone: TIME_ZONE,
  duplicateScope: 'category',
  fieldMappings: [],
  bulkLimit: null,
};

/** What the admin has entered so far. Secrets are never in it: it is kept in the browser's storage. */
export const emptyDraft = () => ({
  version: VERSION,
  step: 'salesforce',
  reached: 'salesforce',
  integrationId: null,
  revision: null,
  salesforce: { name: '', environment: 'production', loginUrl: '', clientId: '', editing: false },
  zenqms: { name: '', baseUrl: 'https://public-api.zenqms.com', editing: false },
  integration: DEFAULTS,
  shown: { object: '', assignee: '' },
});

/** The draft of a stored integration; as a copy it becomes a new one. */
export function draftOf(stored, { clone = false, name = stored.name } = {}) {
  const integration = Object.fromEntries(Object.entries(DEFAULTS).map(([key, fallback]) => [key, stored[key] ?? fallback]));
  return {
    ...emptyDraft(),
    step: 'trigger',
    reached: 'review',
    integrationId: clone ? null : stored.id,
    revision: clone ? null : stored.revision,
    integration: { ...integration, name },
    shown: { object: stored.object, assignee: '' },
  };
}

const row = ({ salesforceField, zenqmsFieldId }) => ({
  salesforceField: salesforceField ?? '',
  zenqmsFieldId: zenqmsFieldId ?? '',
});

/** The body that the relay wants; the rows keep their places, so that a problem's path finds its row again. */
export function bodyOf(draft) {
  const { bulkLimit, filterFormula, name, ...rest } = draft.integration;
  return {
    ...rest,
    name: name.trim(),
    filterFormula: filterFormula.trim() === '' ? null : filterFormula,
    fieldMappings: rest.fieldMappings.map(row),
    ...(bulkLimit === null ? {} : { bulkLimit }),
    ...(draft.integrationId ? { revision: draft.revision } : {}),
  };
}

/** The same with something in every place that is still empty: to have the formula checked before the rest is there. */
export function formulaBodyOf(draft) {
  const { revision: ignored, ...body } = bodyOf(draft);
  const filled = Object.entries(body).map(([key, value]) => [key, value === null || value === '' ? '-' : value]);
  return {
    ...Object.fromEntries(filled),
    filterFormula: body.filterFormula,
    title: null,
    dueDate: DEFAULTS.dueDate,
    fieldMappings: [],
  };
}

const storageKey = () => `zenqms.wizard.${USER_ID ?? 'anyone'}`;

/** Keeps the draft through a reload; false where the browser has no room or forbids it. */
export function keepDraft(draft) {
  try {
    window.localStorage.setItem(storageKey(), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/** The kept draft, or null where there is none that this version of the wizard understands. */
export function keptDraft() {
  try {
    const draft = JSON.parse(window.localStorage.getItem(storageKey()));
    return draft?.version === VERSION ? { ...emptyDraft(), ...draft } : null;
  } catch {
    return null;
  }
}

export function dropDraft() {
  try {
    window.localStorage.removeItem(storageKey());
  } catch {
    // Nothing was kept there either.
  }
}
