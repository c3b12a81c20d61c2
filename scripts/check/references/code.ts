import { type Package, type SourceFile, values } from './package.ts';
import { type ScriptReferences, referencesOf } from './scripts.ts';

/** References from Apex and components that lead nowhere, and labels that nothing shows. */
export function codeReferences(pack: Package): string[] {
  const scripts = [...pack.bundles.values()]
    .flatMap((bundle) => bundle.scripts)
    .map((file) => ({ file, found: referencesOf(file) }));
  const classes = [...pack.classes.values()];
  return [
    ...classes.flatMap((file) => calloutProblems(pack, file)),
    ...scripts.flatMap(({ file, found }) => apexProblems(pack, file, found)),
    ...scripts.flatMap(({ file, found }) => importProblems(pack, file, found)),
    ...[...pack.bundles.values()].flatMap((bundle) => bundle.templates).flatMap((file) => templateProblems(pack, file)),
    ...[...classes, ...scripts.map(({ file }) => file)].flatMap((file) => literalProblems(pack, file)),
    ...labelProblems(pack, scripts),
    ...accessProblems(pack, scripts),
    ...pairProblems(pack),
  ];
}

function calloutProblems(pack: Package, file: SourceFile): string[] {
  return [...file.text.matchAll(/callout:(\w+)/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !pack.has('namedCredential', name))
    .map((name) => `${file.path}: callout:${name} has no named credential`);
}

function apexProblems(pack: Package, file: SourceFile, found: ScriptReferences): string[] {
  return found.apex.flatMap(({ className, method, line, calls, wired }) => {
    const at = `${file.path}:${line}`;
    const known = pack.classes.get(className)?.methods.get(method);
    if (!known) return [`${at}: ${className} has no @AuraEnabled method ${method}`];
    const problems = calls
      .flatMap((call) => call.names.map((name) => ({ ...call, name })))
      .filter(({ name }) => !known.parameters.includes(name))
      .map(({ line: where, name }) => `${file.path}:${where}: ${className}.${method} has no parameter ${name}`);
    if (wired && !known.cacheable) problems.push(`${at}: @wire needs ${className}.${method} to be cacheable`);
    return problems;
  });
}

function importProblems(pack: Package, file: SourceFile, found: ScriptReferences): string[] {
  return found.imports.flatMap(({ module, line }) => {
    const permission = module.match(/^@salesforce\/customPermission\/(\w+)$/)?.[1];
    if (permission && !pack.has('customPermission', permission)) {
      return [`${file.path}:${line}: there is no custom permission ${permission}`];
    }
    const component = module.match(/^c\/(\w+)$/)?.[1];
    return component && !pack.bundles.has(component) ? [`${file.path}:${line}: there is no component ${component}`] : [];
  });
}

function templateProblems(pack: Package, file: SourceFile): string[] {
  return [...file.text.matchAll(/<c-([a-z0-9-]+)/g)]
    .map((match) => (match[1] ?? '').replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()))
    .filter((name) => !pack.bundles.has(name))
    .map((name) => `${file.path}: there is no component ${name}`);
}

/** Tabs, permissions and permission sets named as text: whatever stands in quotes and looks like one of ours must exist. */
function literalProblems(pack: Package, file: SourceFile): string[] {
  const kinds = ['tab', 'customPermission', 'permissionset', 'namedCredential', 'externalCredential', 'flexipage', 'app'];
  return [...file.text.matchAll(/'(ZenQMS_\w+)'/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !kinds.some((kind) => pack.has(kind, name)))
    .map((name) => `${file.path}: '${name}' names nothing in the package`);
}

function labelProblems(pack: Package, scripts: { file: SourceFile; found: ScriptReferences }[]): string[] {
  const defined = pack.components('labels').flatMap((file) => values(file.xml, 'labels.fullName'));
  const used = new Map<string, string>();
  for (const { file, found } of scripts) for (const { label, line } of found.labels) used.set(label, `${file.path}:${line}`);
  for (const file of pack.classes.values()) {
    for (const [, label] of file.text.matchAll(/\b(?:System\.)?Label\.(\w+)/g)) used.set(label ?? '', file.path);
  }
  const twice = defined.filter((label, i) => defined.indexOf(label) !== i);
  return [
    ...[...used].filter(([label]) => !defined.includes(label)).map(([label, at]) => `${at}: there is no label ${label}`),
    ...defined.filter((label) => !used.has(label)).map((label) => `labels: ${label} is shown nowhere`),
    ...twice.map((label) => `labels: ${label} is defined twice`),
  ];
}

/** A controller that components call and no permission set grants works for administrators only. */
function accessProblems(pack: Package, scripts: { found: ScriptReferences }[]): string[] {
  const granted = new Set(pack.components('permissionset').flatMap((set) => values(set.xml, 'classAccesses.apexClass')));
  const called = new Set(scripts.flatMap(({ found }) => found.apex.map(({ className }) => className)));
  return [...called].filter((name) => !granted.has(name)).map((name) => `permissionsets: none grants the Apex class ${name}`);
}

/** Code needs its -meta.xml beside it, and the other way round. */
function pairProblems(pack: Package): string[] {
  const files = new Set(pack.files);
  const lonely = pack.files.filter((path) => path.endsWith('.cls') && !files.has(`${path}-meta.xml`));
  const empty = pack.files.filter((path) => path.endsWith('.cls-meta.xml') && !files.has(path.replace(/-meta\.xml$/, '')));
  const bundles = [...pack.bundles.keys()].filter((name) => !pack.has('js', name));
  return [
    ...lonely.map((path) => `${path}: has no -meta.xml`),
    ...empty.map((path) => `${path}: has no class`),
    ...bundles.map((name) => `lwc/${name}: has no ${name}.js-meta.xml`),
  ];
}
