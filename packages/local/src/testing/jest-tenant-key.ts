/** Name of the global variable by which the environment hands the tenant to a test file. */
export const TENANT_KEY = "__ECHOSTREAM_LOCAL_TENANT__";
