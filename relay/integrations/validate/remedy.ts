/** What an admin does about a problem: which page, which permission. Words only; nothing here decides. */
import type { IntegrationProblem } from './problem.ts';

export interface Subject {
  /** The object's API name and its label. */
  readonly object: string;
  readonly label: string;
  /** The connected user; null: not known. */
  readonly username: string | null;
}

export const user = (subject: Subject): string =>
  subject.username ? `the connected user ${subject.username}` : 'the connected user';

const permissionSets = (subject: Subject): string =>
  `In Salesforce Setup, open Permission Sets and the set that ${user(subject)} has`;

export const REMEDY = {
  authorise: 'Open the Salesforce connection and choose Authorise again; log in as the user that the relay shall act as.',
  wait: 'Try again in a few minutes. If it stays so, ask whoever runs the relay whether it can reach the internet.',
  scopes:
    'In Salesforce Setup, open External Client App Manager, edit the OAuth settings of the app, add “Manage user data via APIs (api)” and “Perform requests at any time (refresh_token, offline_access)”, then authorise the connection again.',
  objectReadable: (subject: Subject): string =>
    `${permissionSets(subject)}, then Object Settings, ${subject.label}, and tick Read and View All Records. If there is no such object, correct its name.`,
  viewAll: (subject: Subject): string => {
    switch (subject.object) {
      case 'User':
        return `${permissionSets(subject)}, then System Permissions, and tick View All Users.`;
      case 'Task':
      case 'Event':
        return `${permissionSets(subject)}, then System Permissions, and tick View All Data.`;
      default:
        return `${permissionSets(subject)}, then Object Settings, ${subject.label}, and tick View All Records.`;
    }
  },
  fieldReadable: (subject: Subject, field: string): string =>
    `If it was renamed or deleted, choose another field. If it exists: ${lower(permissionSets(subject))}, then Object Settings, ${subject.label}, Field Permissions, and tick Read Access for ${field}.`,
  changeEvents:
    'Choose an object that has change events (every custom object, and many standard ones), or copy what matters to a custom object by a flow.',
  channelMember: (subject: Subject, entity: string): string =>
    `${permissionSets(subject)}, then System Permissions, and tick Customize Application, so that the relay can add it; or deploy a Platform Event Channel Member for ${entity} on the channel ZenQMS__chn.`,
  entityAllowance:
    'In Salesforce Setup, open Change Data Capture and remove an entity that nobody needs, or ask Salesforce for the Change Data Capture add-on.',
  apiAllowance:
    'In Salesforce Setup, open Company Information (API Requests, Last 24 Hours) to see how many calls are left, and API Usage for who makes them; buy more calls or lower the share that the relay may use.',
  eventAllowance:
    'In Salesforce Setup, open Platform Events Usage to see who receives them; unsubscribe what is not needed or ask Salesforce for more.',
  zenqmsToken:
    'In ZenQMS, open Settings, Account, API Settings, create a token with read on Users and read/write on the Issue category, and save it in the ZenQMS connection.',
  category: 'In ZenQMS, make the Issue category active again and let the API token write to it, or choose another category.',
  customField: 'Choose a field that the first stage of the category has, or add the field to it in ZenQMS.',
  requiredField: 'Map a Salesforce field to it, or make it optional in ZenQMS.',
  assignee: 'In ZenQMS, make the user active again, or choose another assignee.',
  formula: 'Change the filter formula to what the object has now.',
  picklist:
    'In Salesforce Setup, open Object Manager, the object, Fields & Relationships, and make the value active again; or change the filter formula to the value that took its place.',
} as const;

const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** For a problem that validation found. */
export function remedyFor(found: IntegrationProblem, subject: Subject): string {
  switch (found.code) {
    case 'salesforce_not_connected':
    case 'unknown_salesforce_connection':
      return REMEDY.authorise;
    case 'salesforce_unavailable':
    case 'zenqms_unavailable':
      return REMEDY.wait;
    case 'unknown_object':
      return REMEDY.objectReadable(subject);
    case 'object_without_change_events':
      return REMEDY.changeEvents;
    case 'unknown_salesforce_field':
      return REMEDY.fieldReadable(subject, 'it');
    case 'formula_unknown_field':
      return `${REMEDY.formula} ${REMEDY.fieldReadable(subject, 'it')}`;
    case 'formula_type':
    case 'formula_syntax':
    case 'formula_never_true':
      return found.severity === 'warning' && found.code !== 'formula_never_true' ? REMEDY.picklist : REMEDY.formula;
    case 'zenqms_unauthorized':
    case 'zenqms_scope_missing':
    case 'unknown_zenqms_connection':
      return REMEDY.zenqmsToken;
    case 'unknown_category':
      return REMEDY.category;
    case 'unknown_assignee':
      return REMEDY.assignee;
    case 'unknown_zenqms_field':
    case 'duplicate_zenqms_field':
      return REMEDY.customField;
    case 'required_zenqms_field_unmapped':
      return REMEDY.requiredField;
    default:
      return 'Open the integration and correct it.';
  }
}
