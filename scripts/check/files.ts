import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Every file under a folder (none if there is no folder), as paths relative to the root, sorted. */
export function filesUnder(root: string, folder: string): string[] {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !path.split('/').includes('node_modules'))
    .sort();
}

/** The folders that hold metadata, as sfdx-project.json names them. */
export const PACKAGES = ['force-app', 'external-client-app'];

/** Every file of the packages that goes to an org: tests beside components do not. */
export function metadataFiles(root: string): string[] {
  return PACKAGES.flatMap((folder) => filesUnder(root, folder)).filter((path) => !path.includes('/__'));
}
