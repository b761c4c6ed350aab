// Imported by shared-config.ts on first use. It is a module of its own, because bundlers cannot drop any part of a package that
// is imported as a whole, and because Vite warns of a dynamic import of what the SDK clients of a page import statically.
export { getProfileName, loadSharedConfigFiles } from "@smithy/core/config";
