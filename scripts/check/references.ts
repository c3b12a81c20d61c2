import { codeReferences } from './references/code.ts';
import { metadataReferences } from './references/metadata.ts';
import { readPackage } from './references/package.ts';
import { readSchema } from './schema.ts';
import { type Check, verdictOf } from './verdict.ts';

/** Everything in the package that names something else in it, and every name that must be there. */
export const crossReferences: Check = {
  name: 'cross-references',
  async run({ root, modules }) {
    const pack = readPackage(root);
    const problems = [...metadataReferences(pack, readSchema(modules, root)), ...codeReferences(pack)];
    const message = `${pack.classes.size} classes, ${pack.bundles.size} components, ${pack.files.length} files`;
    return verdictOf(problems, message, 'Name what exists, or add what is named.');
  },
};
