import { describe, expect, it } from 'vitest';
import { readMetadataTypes } from '../../scripts/check/metadata-types.ts';
import { elementProblems, metadataElements, readSuffixes, typeOfFile } from '../../scripts/check/metadata.ts';
import { META, MODULES, SFDX, problemsOf, projectOf } from './support.ts';

const types = readMetadataTypes(MODULES);
const problems = (type: string, body: string) => elementProblems(`<${type} ${META}>${body}</${type}>`, type, types, '66.0');
const LABEL = '<label>A</label>';

describe('elements of metadata', () => {
  it.each([
    ['PlatformEventChannel', `<channelType>data</channelType>${LABEL}`],
    ['PermissionSet', `${LABEL}<classAccesses><apexClass>A</apexClass><enabled>true</enabled></classAccesses>`],
    ['ExternalCredential', `<authenticationProtocol>Custom</authenticationProtocol>${LABEL}`],
    ['ApexClass', '<apiVersion>66.0</apiVersion><status>Active</status>'],
  ])('are right in a %s', (type, body) => {
    expect(problems(type, body)).toEqual([]);
  });

  it.each([
    [
      'PlatformEventChannel',
      `<channelTipe>data</channelTipe>${LABEL}`,
      'PlatformEventChannel.channelTipe: there is no such element',
    ],
    ['PlatformEventChannel', `<channelType>date</channelType>${LABEL}`, 'channelType: date is none of event, data'],
    ['PlatformEventChannel', '<channelType>data</channelType>', 'label: is required'],
    ['PlatformEventChannel', `<channelType>data</channelType>${LABEL}${LABEL}`, 'label: stands 2 times'],
    ['PlatformEventChannelMember', '<eventChannel>A__chn</eventChannel>', 'selectedEntity: is required'],
    [
      'PermissionSet',
      `${LABEL}<classAccesses><apexClas>A</apexClas><enabled>true</enabled></classAccesses>`,
      'apexClas: there is no such element',
    ],
    [
      'PermissionSet',
      `${LABEL}<classAccesses><apexClass>A</apexClass><enabled>yes</enabled></classAccesses>`,
      'yes is neither true nor false',
    ],
    ['PermissionSet', `<label>${'long '.repeat(20)}</label>`, 'characters long, 80 are allowed'],
    ['PermissionSet', `${LABEL}<description>${'x'.repeat(256)}</description>`, 'is 256 characters long, 255 are allowed'],
    ['NamedCredential', `${LABEL}<namedCredentialType>SecureEndpoint</namedCredentialType>`, 'SecureEndpoint is none of'],
    ['ExternalCredential', `<authenticationProtocol>Token</authenticationProtocol>${LABEL}`, 'Token is none of'],
    [
      'ExtlClntAppGlobalOauthSettings',
      '<externalClientApplication>A</externalClientApplication><isPkceRequird>true</isPkceRequird>',
      'isPkceRequird',
    ],
    ['ApexClass', '<apiVersion>sixty</apiVersion><status>Active</status>', 'sixty is no number'],
    ['ApexClass', '<apiVersion>60.0</apiVersion><status>Active</status>', 'apiVersion is 60.0, sfdx-project.json says 66.0'],
  ])('are wrong in a %s: %s', (type, body, problem) => {
    expect(problems(type, body).join('\n')).toContain(problem);
  });

  it('need well-formed XML, the right root and the namespace', () => {
    expect(elementProblems('<ApexClass><status>', 'ApexClass', types, '66.0')).toEqual([expect.stringContaining('line 1')]);
    expect(elementProblems(`<ApexPage ${META}/>`, 'ApexClass', types, '66.0')).toEqual([
      expect.stringContaining('the root is ApexPage'),
    ]);
    expect(elementProblems('<ApexClass/>', 'ApexClass', types, '66.0')).toEqual([expect.stringContaining('namespace')]);
  });

  it('are of the type that the suffix tells', () => {
    const suffixes = readSuffixes(MODULES);
    expect(typeOfFile('a/ZenQMS__chn.platformEventChannel-meta.xml', suffixes)).toBe('PlatformEventChannel');
    expect(typeOfFile('lwc/x/x.js-meta.xml', suffixes)).toBe('LightningComponentBundle');
    expect(typeOfFile('a/X.ecaGlblOauth-meta.xml', suffixes)).toBe('ExtlClntAppGlobalOauthSettings');
  });

  it('are looked at in every file of the package', async () => {
    const project = projectOf({
      'sfdx-project.json': SFDX,
      'force-app/main/default/tabs/A.tab-meta.xml': `<CustomTab ${META}><moteef>Custom1: Heart</moteef></CustomTab>`,
      'force-app/main/default/tabs/B.tabb-meta.xml': `<CustomTab ${META}/>`,
    });
    expect(await problemsOf(metadataElements, project)).toEqual([
      'force-app/main/default/tabs/A.tab-meta.xml: CustomTab.moteef: there is no such element',
      'force-app/main/default/tabs/B.tabb-meta.xml: no metadata type has this suffix',
    ]);
  });

  it('are not taken for right where there is no file', async () => {
    expect(await problemsOf(metadataElements, projectOf({ 'sfdx-project.json': SFDX }))).toEqual([
      expect.stringContaining('no metadata'),
    ]);
  });
});
