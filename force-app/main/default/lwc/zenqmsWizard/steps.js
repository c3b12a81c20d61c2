import labels from './labels';

const blank = (value) => value === null || value === undefined || String(value).trim() === '';
const missing = (path) => ({ path, code: 'required', message: labels.fieldRequired });
const required = (source, names) => names.filter((name) => blank(source[name])).map(missing);

function salesforceProblems({ integration }, { salesforceConnection }) {
  if (blank(integration.salesforceConnectionId)) {
    return [{ path: 'salesforceConnectionId', code: 'required', message: labels.salesforceNotChosen }];
  }
  return salesforceConnection && salesforceConnection.status !== 'connected'
    ? [{ path: 'salesforceConnectionId', code: 'not_connected', message: labels.salesforceNotConnected }]
    : [];
}

const zenqmsProblems = ({ integration }) =>
  blank(integration.zenqmsConnectionId)
    ? [{ path: 'zenqmsConnectionId', code: 'required', message: labels.zenqmsNotChosen }]
    : [];

const triggerProblems = ({ integration }) => required(integration, ['object']);
const targetProblems = ({ integration }) => required(integration, ['categoryId', 'assigneeId', 'name']);

function mappingProblems({ integration: { title, dueDate, timeZone, fieldMappings } }) {
  return [
    ...(title && blank(title.field) ? [missing('title.field')] : []),
    ...(dueDate.from === 'field' && blank(dueDate.field) ? [missing('dueDate.field')] : []),
    ...(blank(dueDate.daysToAdd) ? [missing('dueDate.daysToAdd')] : []),
    ...(blank(timeZone) ? [missing('timeZone')] : []),
    ...fieldMappings.flatMap((row, index) =>
      ['salesforceField', 'zenqmsFieldId']
        .filter((side) => blank(row[side]))
        .map((side) => missing(`fieldMappings[${index}].${side}`)),
    ),
  ];
}

/**
 * The wizard. `problems` says only what is still empty: whether it is right, the relay says.
 * `paths` are the places of the relay's problems that are shown in this step.
 */
export const STEPS = [
  { name: 'salesforce', label: labels.stepSalesforce, problems: salesforceProblems, paths: ['salesforceConnectionId'] },
  { name: 'zenqms', label: labels.stepZenqms, problems: zenqmsProblems, paths: ['zenqmsConnectionId'] },
  {
    name: 'trigger',
    label: labels.stepTrigger,
    problems: triggerProblems,
    paths: ['object', 'triggerOn', 'filterFormula', 'bulkLimit'],
  },
  {
    name: 'target',
    label: labels.stepTarget,
    problems: targetProblems,
    paths: ['categoryId', 'assigneeId', 'duplicateScope', 'name'],
  },
  {
    name: 'mapping',
    label: labels.stepMapping,
    problems: mappingProblems,
    paths: ['title', 'dueDate', 'timeZone', 'fieldMappings'],
  },
  { name: 'review', label: labels.stepReview, problems: () => [], paths: [] },
];

export const indexOfStep = (name) => STEPS.findIndex((step) => step.name === name);
