import { fileURLToPath } from 'node:url';

/** Absolute path of a file of the project, named from its root. */
export const inProject = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const LWC_DIR = inProject('force-app/main/default/lwc');
export const LABELS_FILE = inProject('force-app/main/default/labels/CustomLabels.labels-meta.xml');
export const PREVIEW_DIR = inProject('scripts/preview');
export const CACHE_DIR = inProject('.cache/preview');
export const DESIGN_SYSTEM_ASSETS = inProject('node_modules/@salesforce-ux/design-system/assets');
