import type { Plugin } from 'rollup';
import { readLabels } from './labels.ts';
import { inProject, LABELS_FILE } from './paths.ts';

const PREFIX = '\0salesforce:';

/**
 * The modules that only the Lightning platform has: `@salesforce/apex/*`, `label`, `schema`, `user`, `customPermission` and the time zone.
 * An unknown label is an error of the build, as it is one of a deployment.
 */
export function platformModules(): Plugin {
  const labels = readLabels(LABELS_FILE);
  return {
    name: 'salesforce-platform-modules',
    resolveId: (id) =>
      /^@salesforce\/(apex|label\/c\.|schema|user|customPermission|i18n\/timeZone)/.test(id)
        ? PREFIX + id.slice('@salesforce/'.length)
        : null,
    load(id) {
      if (!id.startsWith(PREFIX)) return null;
      const [kind = '', ...rest] = id.slice(PREFIX.length).split('/');
      const name = rest.join('/');
      switch (kind) {
        case 'apex':
          return `import { apexMethod } from ${JSON.stringify(inProject('scripts/preview/shims/apex.js'))}; export default apexMethod(${JSON.stringify(name)});`;
        case 'label': {
          const text = labels.get(name.replace(/^c\./, ''));
          return text === undefined
            ? this.error(`Label ${name} is not in ${LABELS_FILE}`)
            : `export default ${JSON.stringify(text)};`;
        }
        case 'i18n':
          return 'export default Intl.DateTimeFormat().resolvedOptions().timeZone;';
        case 'customPermission':
          return 'export default true;';
        case 'user':
          return "export default '005000000000001AAA';";
        default:
          return `export default ${JSON.stringify({ fieldApiName: name.split('.')[1], objectApiName: name.split('.')[0] })};`;
      }
    },
  };
}
