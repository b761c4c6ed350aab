// What shared-config.ts imports when it is asked: a module of its own, because bundlers can drop nothing of a package that is
// imported whole, and Vite warns of putting off what a page's SDK clients import anyway.
export { getProfileName, loadSharedConfigFiles } from "@smithy/core/config";
