// Browsers have no config files.
export const booleanSelector = undefined;
export const getProfileName = undefined;
export const loadConfig = undefined;
export const loadSharedConfigFiles = undefined;
export const SelectorType = undefined;
