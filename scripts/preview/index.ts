export { buildPreview } from './build.ts';
export { servePreview, type Preview } from './server.ts';
