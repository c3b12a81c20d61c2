import describeObject from '@salesforce/apex/ConnectionController.describeObject';
import listCategories from '@salesforce/apex/ConnectionController.listCategories';
import listCategoryFields from '@salesforce/apex/ConnectionController.listCategoryFields';
import listObjects from '@salesforce/apex/ConnectionController.listObjects';
import listSalesforceConnections from '@salesforce/apex/ConnectionController.listSalesforceConnections';
import listUsers from '@salesforce/apex/ConnectionController.listUsers';
import listZenqmsConnections from '@salesforce/apex/ConnectionController.listZenqmsConnections';
import formulaFunctions from '@salesforce/apex/IntegrationController.formulaFunctions';

/** What the steps choose from. */
export const emptyCatalog = () => ({
  salesforceConnections: null,
  zenqmsConnections: null,
  objects: null,
  describe: null,
  fields: [],
  functions: null,
  categories: null,
  users: null,
  categoryFields: null,
});

const rows = (answer) => answer.data;
const withPath = (prefix, fields) => fields.map((field) => ({ ...field, path: prefix ? `${prefix}.${field.name}` : field.name }));

export const searchObjects = (connectionId, search) => listObjects({ connectionId, search, cursor: null }).then(rows);
export const searchUsers = (connectionId, search) => listUsers({ connectionId, search }).then(rows);
export const relatedFields = (connectionId, object, prefix) =>
  describeObject({ connectionId, objectName: object }).then((describe) => withPath(prefix, describe.fields));

const salesforceConnections = () => [['salesforceConnections', 'all', () => listSalesforceConnections().then(rows)]];
const zenqmsConnections = () => [['zenqmsConnections', 'all', () => listZenqmsConnections().then(rows)]];
const describe = ({ integration: { salesforceConnectionId: connectionId, object } }) =>
  connectionId && object
    ? [['describe', `${connectionId}/${object}`, () => describeObject({ connectionId, objectName: object })]]
    : [];
const categoryFields = ({ integration: { zenqmsConnectionId: connectionId, categoryId } }) =>
  connectionId && categoryId
    ? [['categoryFields', `${connectionId}/${categoryId}`, () => listCategoryFields({ connectionId, categoryId }).then(rows)]]
    : [];

/** For each step what it needs: [name in the catalogue, of what, how to get it]. Loaded once for each `of what`. */
export const NEEDS = {
  salesforce: salesforceConnections,
  zenqms: zenqmsConnections,
  trigger: (draft) => [
    ...salesforceConnections(),
    ['objects', draft.integration.salesforceConnectionId, () => searchObjects(draft.integration.salesforceConnectionId, '')],
    ['functions', 'all', () => formulaFunctions().then(rows)],
    ...describe(draft),
  ],
  target: (draft) => {
    const connectionId = draft.integration.zenqmsConnectionId;
    return [
      ['categories', connectionId, () => listCategories({ connectionId }).then(rows)],
      ['users', connectionId, () => searchUsers(connectionId, '')],
    ];
  },
  mapping: (draft) => [...describe(draft), ...categoryFields(draft)],
  review: (draft) => [...describe(draft), ...categoryFields(draft)],
};

/** The catalogue with one answer more; a new describe brings the fields that can be chosen. */
export const withAnswer = (catalog, name, answer) => ({
  ...catalog,
  [name]: answer,
  ...(name === 'describe' ? { fields: withPath('', answer.fields) } : {}),
});
