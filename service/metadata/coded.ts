/** An error as Node and postgres.js make them, known by its code. */
export const coded = (code: string, cause?: unknown): Error => Object.assign(new Error(code, { cause }), { code });
