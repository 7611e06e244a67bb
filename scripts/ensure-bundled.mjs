// Set-up of jest: tests read the bundles of the handlers, which have to be those of the present sources.
export { ensureBundled as default } from './bundle-handlers.mjs';
