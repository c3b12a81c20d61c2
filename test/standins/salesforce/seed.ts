/** Who is in the org from the first day. */
import type { Org } from './org.ts';

/** Writes without events: nothing is subscribed yet, and nothing of it would be told. */
export function seedPeople(org: Org): void {
  const { store, user } = org;
  const profile = store.insert('Profile', { Name: 'Minimum Access - API Only Integrations' });
  const [FirstName, LastName] = ['ZenQMS', 'Integration'];
  const person = {
    IsActive: true,
    TimeZoneSidKey: 'Europe/Berlin',
    LocaleSidKey: 'en_US',
    LanguageLocaleKey: 'en_US',
    UserType: 'Standard',
  };
  user.id = store.insert('User', {
    ...person,
    FirstName,
    LastName,
    Username: user.username,
    Email: user.email,
    Alias: 'zenqms',
    ProfileId: profile,
  });
  store.insert('Group', { Name: 'Complaint Queue', DeveloperName: 'Complaint_Queue', Type: 'Queue' });
  store.insert(
    'Organization',
    {
      Name: org.name,
      IsSandbox: org.sandbox,
      OrganizationType: 'Enterprise Edition',
      InstanceName: 'EU99',
      TimeZoneSidKey: 'Europe/Berlin',
      LanguageLocaleKey: 'en_US',
      DefaultLocaleSidKey: 'en_US',
    },
    { id: org.orgId },
  );
}
