declare const NSKV_VERSION: string;

/** The version of package.json, put in when the program is built. */
export const VERSION = NSKV_VERSION;
