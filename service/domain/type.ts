/** What a value is. The object always holds JSON; the type says how to read it. */
export const TYPES = ["STRING", "NUMBER", "BOOLEAN", "DATETIME", "DATE", "DURATION", "JSON"] as const;
export type Type = (typeof TYPES)[number];

export const isType = (text: string): text is Type => (TYPES as readonly string[]).includes(text);
