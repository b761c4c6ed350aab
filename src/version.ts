/** The version of this package, for user agents. A test holds it against package.json. */
export const VERSION = "0.1.0";
