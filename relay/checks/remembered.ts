/** For one round of checks: the same question is put to Salesforce or ZenQMS once, however many integrations ask it. */
import type { Sides } from '../integrations/validate/index.ts';

export function remembered({ salesforce, zenqms, salesforceConnection, zenqmsConnection }: Sides): Sides {
  return {
    salesforceConnection: once(salesforceConnection),
    zenqmsConnection: once(zenqmsConnection),
    salesforce: {
      org: once(salesforce.org.bind(salesforce)),
      objects: once(salesforce.objects.bind(salesforce)),
      describe: once(salesforce.describe.bind(salesforce)),
      limits: once(salesforce.limits.bind(salesforce)),
      channel: once(salesforce.channel.bind(salesforce)),
      access: once(salesforce.access.bind(salesforce)),
      records: salesforce.records.bind(salesforce),
    },
    zenqms: {
      categories: once(zenqms.categories.bind(zenqms)),
      fields: once(zenqms.fields.bind(zenqms)),
      users: once(zenqms.users.bind(zenqms)),
      user: once(zenqms.user.bind(zenqms)),
      issuesOf: zenqms.issuesOf.bind(zenqms),
    },
  };
}

function once<Args extends readonly unknown[], Answer>(
  ask: (...args: Args) => Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  const answers = new Map<string, Promise<Answer>>();
  return (...args) => {
    const key = JSON.stringify(args);
    const known = answers.get(key) ?? ask(...args);
    answers.set(key, known);
    return known;
  };
}
