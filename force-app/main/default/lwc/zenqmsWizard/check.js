import preflight from '@salesforce/apex/ConnectionController.preflight';
import createIntegration from '@salesforce/apex/IntegrationController.createIntegration';
import previewIntegration from '@salesforce/apex/IntegrationController.previewIntegration';
import updateIntegration from '@salesforce/apex/IntegrationController.updateIntegration';
import validateIntegration from '@salesforce/apex/IntegrationController.validateIntegration';
import { fault, isError, problemsUnder } from 'c/zenqmsUtil';
import { bodyOf, formulaBodyOf } from './draft';

const json = (body) => JSON.stringify(body);

/** @returns {Promise<{valid: boolean, problems: {path, code, message, position?}[]}>} */
export const validate = (draft) => validateIntegration({ bodyJson: json(bodyOf(draft)) });

/** Asks the relay about the formula alone. Never rejects: a check that can't be had is a state of its own. */
export async function checkFormula(draft) {
  const { filterFormula, object } = draft.integration;
  if (filterFormula.trim() === '' || !object) return { state: 'none', problems: [] };
  try {
    const { problems } = await validateIntegration({ bodyJson: json(formulaBodyOf(draft)) });
    const found = problemsUnder(problems, ['filterFormula']);
    return { state: found.some(isError) ? 'problems' : 'valid', problems: found };
  } catch (error) {
    const { message, details } = fault(error);
    const found = problemsUnder(details, ['filterFormula']);
    return found.length ? { state: 'problems', problems: found } : { state: 'unchecked', problems: [], message };
  }
}

/** The fields that the integration reads beside those of its formula, which the relay finds itself. */
function fieldsOf({ title, dueDate, fieldMappings }) {
  const named = [title?.field, dueDate.field, ...fieldMappings.map((row) => row.salesforceField)];
  return [...new Set(named.filter(Boolean))];
}

export const runPreflight = ({ integration }) =>
  preflight({
    id: integration.salesforceConnectionId,
    bodyJson: json({ object: integration.object, fields: fieldsOf(integration) }),
  });

export const runPreview = (draft, recordId) => {
  const { revision: ignored, ...integration } = bodyOf(draft);
  return previewIntegration({ bodyJson: json({ integration, recordId }) });
};

export const saveIntegration = (draft) =>
  draft.integrationId
    ? updateIntegration({ id: draft.integrationId, bodyJson: json(bodyOf(draft)) })
    : createIntegration({ bodyJson: json(bodyOf(draft)) });
