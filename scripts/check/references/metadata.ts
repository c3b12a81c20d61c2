import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Schema } from '../schema.ts';
import { type Component, type Package, elements, exists, values } from './package.ts';

/** What metadata names in metadata: [files with this suffix, the element that names, the suffix of what is named]. */
const NAMED: [from: string, path: string, to: string][] = [
  ['permissionset', 'classAccesses.apexClass', 'cls'],
  ['permissionset', 'customPermissions.name', 'customPermission'],
  ['permissionset', 'applicationVisibilities.application', 'app'],
  ['permissionset', 'tabSettings.tab', 'tab'],
  ['platformEventChannelMember', 'eventChannel', 'platformEventChannel'],
  ['namedCredential', 'namedCredentialParameters.externalCredential', 'externalCredential'],
  ['app', 'tabs', 'tab'],
  ['app', 'defaultLandingTab', 'tab'],
  ['app', 'utilityBar', 'flexipage'],
  ['tab', 'flexiPage', 'flexipage'],
  ['ecaGlblOauth', 'externalClientApplication', 'eca'],
  ['ecaOauth', 'externalClientApplication', 'eca'],
  ['ecaOauthPlcy', 'externalClientApplication', 'eca'],
  ['ecaOauthPlcy', 'commaSeparatedPermissionSet', 'permissionset'],
];

/** What must be granted by some permission set, or nobody can use it. */
const GRANTED: [what: string, path: string][] = [
  ['customPermission', 'customPermissions.name'],
  ['app', 'applicationVisibilities.application'],
  ['tab', 'tabSettings.tab'],
];

const TARGETS: Record<string, string> = {
  AppPage: 'lightning__AppPage',
  RecordPage: 'lightning__RecordPage',
  HomePage: 'lightning__HomePage',
};

/** Objects that permission sets name and queries cannot, so that no stub exists. Salesforce help: Enable User External Credentials. */
const ONLY_GRANTED = new Set(['UserExternalCredential']);

/** References from metadata files that lead nowhere, and what no permission set grants. */
export function metadataReferences(pack: Package, schema: Schema): string[] {
  return [
    ...NAMED.flatMap(([from, path, to]) => namedProblems(pack, from, path, to)),
    ...GRANTED.flatMap(([what, path]) => grantProblems(pack, what, path)),
    ...pack.components('permissionset').flatMap((set) => permissionProblems(pack, schema, set)),
    ...pack.components('platformEventChannelMember').flatMap((member) => entityProblems(schema, member)),
    ...pack.components('externalCredential').flatMap((credential) => formulaProblems(pack, credential)),
    ...pack.components('flexipage').flatMap((page) => pageProblems(pack, schema, page)),
    ...replacementProblems(pack),
  ];
}

function namedProblems(pack: Package, from: string, path: string, to: string): string[] {
  return pack.components(from).flatMap((component) =>
    values(component.xml, path)
      .flatMap((value) => value.split(',').map((part) => part.trim()))
      .filter((name) => !name.startsWith('standard-') && !pack.has(to, name))
      .map((name) => `${component.path}: ${path} names ${name}, but there is no ${name}.${to}-meta.xml`),
  );
}

function grantProblems(pack: Package, what: string, path: string): string[] {
  const granted = new Set(pack.components('permissionset').flatMap((set) => values(set.xml, path)));
  return pack
    .components(what)
    .filter((component) => !granted.has(component.name))
    .map((component) => `${component.path}: no permission set grants ${component.name}`);
}

function permissionProblems(pack: Package, schema: Schema, set: Component): string[] {
  const objects = values(set.xml, 'objectPermissions.object')
    .filter((object) => !ONLY_GRANTED.has(object) && !schema.fieldsOf(object))
    .map((object) => `${set.path}: there is no object ${object}`);
  const fields = values(set.xml, 'fieldPermissions.field')
    .filter((path) => {
      const [object = '', field = ''] = path.split('.');
      return !schema.fieldsOf(object)?.has(field.toLowerCase());
    })
    .map((path) => `${set.path}: there is no field ${path}`);
  const principals = pack.components('externalCredential').flatMap((credential) =>
    elements(credential.xml, 'externalCredentialParameters')
      .filter((parameter) => values(parameter, 'parameterType').includes('NamedPrincipal'))
      .flatMap((parameter) => values(parameter, 'parameterName').map((name) => `${credential.name}-${name}`)),
  );
  const access = values(set.xml, 'externalCredentialPrincipalAccesses.externalCredentialPrincipal')
    .filter((principal) => !principals.includes(principal))
    .map((principal) => `${set.path}: no external credential has the principal ${principal}`);
  return [...objects, ...fields, ...access];
}

function entityProblems(schema: Schema, member: Component): string[] {
  return values(member.xml, 'selectedEntity')
    .filter((entity) => !/ChangeEvent$/.test(entity) || !schema.fieldsOf(entity))
    .map((entity) => `${member.path}: selectedEntity ${entity} is no change event`);
}

function formulaProblems(pack: Package, credential: Component): string[] {
  return values(credential.xml, 'externalCredentialParameters.parameterValue')
    .flatMap((value) => [...value.matchAll(/\$Credential\.(\w+)\./g)].map((match) => match[1] ?? ''))
    .filter((name) => !pack.has('externalCredential', name))
    .map((name) => `${credential.path}: a formula reads the external credential ${name}, which does not exist`);
}

function pageProblems(pack: Package, schema: Schema, page: Component): string[] {
  const type = values(page.xml, 'type')[0] ?? '';
  const objects = values(page.xml, 'sobjectType')
    .filter((object) => !schema.fieldsOf(object))
    .map((object) => `${page.path}: there is no object ${object}`);
  const components = values(page.xml, 'flexiPageRegions.itemInstances.componentInstance.componentName')
    .filter((name) => name.startsWith('c:'))
    .flatMap((name) => {
      const bundle = pack.components('js').find((component) => component.name === name.slice(2));
      if (!bundle) return [`${page.path}: there is no component ${name}`];
      const target = TARGETS[type] ?? '';
      const fits = values(bundle.xml, 'isExposed').includes('true') && values(bundle.xml, 'targets.target').includes(target);
      return fits ? [] : [`${page.path}: ${name} is not exposed for ${target || type}`];
    });
  return [...objects, ...components];
}

/** A replacement that finds nothing leaves the example address in place, and says nothing. */
function replacementProblems(pack: Package): string[] {
  const project = JSON.parse(readFileSync(join(pack.root, 'sfdx-project.json'), 'utf8')) as {
    replacements?: { filename: string; stringToReplace: string }[];
  };
  return (project.replacements ?? [])
    .filter(({ filename, stringToReplace }) => {
      return !exists(pack, filename) || !readFileSync(join(pack.root, filename), 'utf8').includes(stringToReplace);
    })
    .map(({ filename, stringToReplace }) => `sfdx-project.json: ${filename} holds no ${stringToReplace} to replace`);
}
