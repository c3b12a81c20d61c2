/** A draft and a catalogue as the wizard hands them to its steps. */
export const draft = (more = {}) => ({
  integrationId: null,
  salesforce: { name: '', environment: 'production', loginUrl: '', clientId: '', editing: false },
  zenqms: { name: '', baseUrl: 'https://public-api.zenqms.com', editing: false },
  shown: { object: 'Case', assignee: '' },
  ...more,
  integration: {
    name: '',
    salesforceConnectionId: null,
    zenqmsConnectionId: null,
    object: 'Case',
    triggerOn: 'both',
    filterFormula: '',
    categoryId: null,
    assigneeId: null,
    title: null,
    dueDate: { from: 'today', daysToAdd: 30 },
    timeZone: 'UTC',
    duplicateScope: 'category',
    fieldMappings: [],
    bulkLimit: null,
    ...more.integration,
  },
});

export const catalog = (more = {}) => ({
  salesforceConnections: [],
  zenqmsConnections: [],
  objects: [],
  describe: { name: 'Case', label: 'Case', titleFallback: 'Subject', fields: [] },
  fields: [],
  functions: [],
  categories: [],
  users: [],
  categoryFields: [],
  ...more,
});

export const base = { draft: draft(), catalog: catalog(), problems: [], secrets: { clientSecret: '', apiToken: '' } };
