import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'rollup';

/** Every `family:name` literal in the .js and .html files below the folders. */
export function iconNamesIn(folders: string[]): Set<string> {
  const names = new Set<string>();
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(js|html)$/.test(entry.name) || entry.parentPath.includes('iconSvgTemplates')) continue;
      const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
      for (const match of text.matchAll(/\b(utility|standard|action|custom|doctype):(\w+)/g))
        names.add(`${match[1]}_${match[2]}`);
    }
  }
  return names;
}

/** The icons are thousands of templates: only those that some source names are built (half of the build's time otherwise). */
export function onlyNamedIcons(folders: string[]): Plugin {
  const wanted = iconNamesIn(folders);
  return {
    name: 'only-named-icons',
    transform(code, id) {
      if (!/iconSvgTemplates\w*[\\/]buildTemplates[\\/]templates\.js/.test(id)) return null;
      const kept = [...code.matchAll(/import \{ default as (\w+) \} from '[^']+';/g)].filter((line) => wanted.has(line[1]!));
      const names = kept.map((line) => line[1]);
      const imports = kept.map((line) => line[0]).join('\n');
      return { code: `${imports}\nexport default { ${names.join(', ')} };`, map: null };
    },
  };
}
