/** Patterns for whole keys: `*` stands for any number of code points, `/` included, and `?` for exactly one. Everything
 *  else stands for itself; upper and lower case are two. */

export type KeyTest = (key: string) => boolean;

/** Whether a key matches the pattern. */
export function globTest(pattern: string): KeyTest {
  const wanted = [...pattern];
  return (key) => matches(wanted, [...key]);
}

/** Whether a key matches one of the patterns. */
export function anyGlob(patterns: readonly string[]): KeyTest {
  const tests = patterns.map(globTest);
  return (key) => tests.some((test) => test(key));
}

/** What every key that matches begins with. */
export const literalStart = (pattern: string): string => /^[^*?]*/.exec(pattern)?.[0] ?? "";

/** Takes at most the product of both lengths: a regular expression would try every way to share a key out among the
 *  asterisks. Only the last asterisk ever needs to take more, since an earlier one could give it nothing that it lacks. */
function matches(wanted: readonly string[], key: readonly string[]): boolean {
  let [at, next] = [0, 0];
  let star: { readonly next: number; taken: number } | undefined;
  while (at < key.length) {
    if (wanted[next] === "*") {
      star = { next: ++next, taken: at };
    } else if (next < wanted.length && (wanted[next] === "?" || wanted[next] === key[at])) {
      at++;
      next++;
    } else if (star) {
      at = ++star.taken;
      next = star.next;
    } else return false;
  }
  while (wanted[next] === "*") next++;
  return next === wanted.length;
}
