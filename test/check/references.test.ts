import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { auraMethods } from '../../scripts/check/references/package.ts';
import { crossReferences } from '../../scripts/check/references.ts';
import type { Project } from '../../scripts/check/verdict.ts';
import { change, packageCopy, problemsOf, put } from './support.ts';

const D = 'force-app/main/default';
const ADMIN = `${D}/permissionsets/ZenQMS_Admin.permissionset-meta.xml`;
const USER = `${D}/permissionsets/ZenQMS_Integration_User.permissionset-meta.xml`;
const PAGE = `${D}/flexipages/ZenQMS_Activity.flexipage-meta.xml`;
const MEMBER = `${D}/platformEventChannelMembers/ZenQMS_chn_CaseChangeEvent.platformEventChannelMember-meta.xml`;
const CREDENTIAL = `${D}/externalCredentials/ZenQMS_Relay.externalCredential-meta.xml`;
const ACTIVITY = `${D}/lwc/zenqmsActivity/zenqmsActivity.js`;

/** [what is broken, file, from, to, what is said of it] */
const BROKEN: [string, string, string, string, string][] = [
  ['class', ADMIN, '<apexClass>ExecutionController<', '<apexClass>ExecutionControler<', 'no ExecutionControler.cls-meta.xml'],
  ['custom permission', ADMIN, '>ZenQMS_Administer<', '>ZenQMS_Admin<', 'no ZenQMS_Admin.customPermission-meta.xml'],
  ['grant', ADMIN, '>ZenQMS_Administer<', '>ZenQMS_View<', 'no permission set grants ZenQMS_Administer'],
  ['tab in a permission set', ADMIN, '<tab>ZenQMS_Setup<', '<tab>ZenQMS_Wizard<', 'no ZenQMS_Wizard.tab-meta.xml'],
  ['object', USER, '<object>Account<', '<object>Acount<', 'there is no object Acount'],
  ['field', USER, '>Case.Priority<', '>Case.Priorty<', 'there is no field Case.Priorty'],
  ['principal', ADMIN, '>ZenQMS_Relay-Relay<', '>ZenQMS_Relay-Relais<', 'the principal ZenQMS_Relay-Relais'],
  ['channel', MEMBER, '>ZenQMS__chn<', '>ZenQMS_chn<', 'no ZenQMS_chn.platformEventChannel-meta.xml'],
  ['entity', MEMBER, '>CaseChangeEvent<', '>KaseChangeEvent<', 'KaseChangeEvent is no change event'],
  ['entity that is an object', MEMBER, '>CaseChangeEvent<', '>Case<', 'Case is no change event'],
  ['formula', CREDENTIAL, '$Credential.ZenQMS_Relay.', '$Credential.ZenQMS_Rely.', 'reads the external credential ZenQMS_Rely'],
  [
    'external credential',
    `${D}/namedCredentials/ZenQMS_Relay.namedCredential-meta.xml`,
    '<externalCredential>ZenQMS_Relay<',
    '<externalCredential>Relay<',
    'no Relay.externalCredential-meta.xml',
  ],
  [
    'tab of the app',
    `${D}/applications/ZenQMS.app-meta.xml`,
    '<tabs>ZenQMS_Activity<',
    '<tabs>ZenQMS_Log<',
    'no ZenQMS_Log.tab-meta.xml',
  ],
  [
    'page of a tab',
    `${D}/tabs/ZenQMS_Activity.tab-meta.xml`,
    '<flexiPage>ZenQMS_Activity<',
    '<flexiPage>ZenQMS_Log<',
    'no ZenQMS_Log.flexipage-meta.xml',
  ],
  ['component of a page', PAGE, '>c:zenqmsActivity<', '>c:zenqmsActivty<', 'there is no component c:zenqmsActivty'],
  [
    'component that is not for pages',
    PAGE,
    '>c:zenqmsActivity<',
    '>c:zenqmsRecordHistory<',
    'is not exposed for lightning__AppPage',
  ],
  [
    'client app',
    'external-client-app/extlClntAppOauthSettings/ZenQMS_Relay_oauth.ecaOauth-meta.xml',
    '<externalClientApplication>ZenQMS_Relay<',
    '<externalClientApplication>Relay<',
    'no Relay.eca-meta.xml',
  ],
  [
    'replacement',
    'sfdx-project.json',
    '"stringToReplace": "https://relay.example.com"',
    '"stringToReplace": "https://relay.example.org"',
    'holds no https://relay.example.org to replace',
  ],
  [
    'callout',
    `${D}/classes/RelayClient.cls`,
    'callout:ZenQMS_Relay',
    'callout:ZenQMS_Rely',
    'callout:ZenQMS_Rely has no named credential',
  ],
  ['permission in Apex', `${D}/classes/ZenQMSAccess.cls`, "'ZenQMS_View'", "'ZenQMS_Views'", "'ZenQMS_Views' names nothing"],
  [
    'import of a class',
    ACTIVITY,
    'apex/ExecutionController.listExecutions',
    'apex/ExecutionController.listExecution',
    'has no @AuraEnabled method listExecution',
  ],
  [
    'label in a component',
    ACTIVITY,
    'import { LightningElement',
    "import nothing from '@salesforce/label/c.ZenQMS_Nothing';\nimport { LightningElement",
    'there is no label ZenQMS_Nothing',
  ],
  [
    'permission in a component',
    ACTIVITY,
    'import { LightningElement',
    "import may from '@salesforce/customPermission/ZenQMS_Look';\nimport { LightningElement",
    'there is no custom permission ZenQMS_Look',
  ],
  [
    'component in a component',
    ACTIVITY,
    'import { LightningElement',
    "import { x } from 'c/zenqmsNothing';\nimport { LightningElement",
    'there is no component zenqmsNothing',
  ],
  [
    'component in a template',
    `${D}/lwc/zenqmsActivity/zenqmsActivity.html`,
    '<template',
    '<c-zenqms-nothing></c-zenqms-nothing><template',
    'there is no component zenqmsNothing',
  ],
  [
    'label that nothing shows',
    `${D}/labels/CustomLabels.labels-meta.xml`,
    '</CustomLabels>',
    '<labels><fullName>ZenQMS_Unused</fullName></labels></CustomLabels>',
    'ZenQMS_Unused is shown nowhere',
  ],
];

let project: Project;
let undo: () => void = () => {};
beforeAll(() => {
  project = packageCopy();
});
afterEach(() => {
  undo();
  undo = () => {};
});

function broken(path: string, from: string, to: string): void {
  const before = readFileSync(join(project.root, path), 'utf8');
  undo = () => writeFileSync(join(project.root, path), before);
  change(project.root, path, from, to);
}

function added(path: string, text: string): void {
  undo = () => rmSync(join(project.root, path), { recursive: true });
  put(project.root, path, text);
}

describe('cross-references', () => {
  it.each(BROKEN)('miss a %s', async (_, path, from, to, problem) => {
    broken(path, from, to);
    expect((await problemsOf(crossReferences, project)).join('\n')).toContain(problem);
  });

  it('look at how components call Apex', async () => {
    const script = [
      "import { LightningElement, wire } from 'lwc';",
      "import getStatus from '@salesforce/apex/IntegrationController.getStatus';",
      'export default class Probe extends LightningElement {',
      "  @wire(getStatus, { integrationId: '$id' }) status;",
      '  again() {',
      '    return getStatus({ ids: 1 });',
      '  }',
      '}',
    ];
    added(`${D}/lwc/probe/probe.js`, script.join('\n'));
    const found = await problemsOf(crossReferences, project);
    const at = `${D}/lwc/probe/probe.js`;
    expect(found).toEqual(
      expect.arrayContaining([
        `${at}:4: IntegrationController.getStatus has no parameter integrationId`,
        `${at}:6: IntegrationController.getStatus has no parameter ids`,
        `${at}:2: @wire needs IntegrationController.getStatus to be cacheable`,
        'lwc/probe: has no probe.js-meta.xml',
      ]),
    );
  });

  it('miss the other half of a class', async () => {
    added(`${D}/classes/Half.cls`, 'public class Half {}');
    expect(await problemsOf(crossReferences, project)).toContain(`${D}/classes/Half.cls: has no -meta.xml`);
  });

  it('know what a component may import from a class', () => {
    const methods = auraMethods(`public class A {
      @AuraEnabled(cacheable=true) public static Map<String, Object> one(String id, Map<String, List<Id>> more) { return null; }
      @AuraEnabled
      public static void two() {}
      // @AuraEnabled public static void off() {}
      public static void plain() {}
      @AuraEnabled public Integer count;
    }`);
    expect([...methods]).toEqual([
      ['one', { cacheable: true, parameters: ['id', 'more'] }],
      ['two', { cacheable: false, parameters: [] }],
    ]);
  });
});
