import type { Ran } from "./processes.ts";

/** Requests of the demo: with curl, and each command is printed, so that the reader can type it too. */
export interface Http {
  readonly address: string;
  run(program: string, args: readonly string[]): Promise<Ran>;
}

const STATUS_ONLY = ["-o", "/dev/null", "-w", "HTTP %{http_code}"];

/** Shows a key's entry, or its value alone with `?raw=true`. */
export const get = (http: Http, namespace: string, key: string, query = ""): Promise<void> =>
  request(http, [], `/api/v1/main/namespaces/${namespace}/kv/${key}${query}`);

/** Makes `value` the key's value. The answer is its entry, which says nothing new here: only the status is shown. */
export const putValue = (http: Http, namespace: string, key: string, value: string): Promise<void> =>
  request(http, ["-X", "PUT", "-d", value, ...STATUS_ONLY], `/api/v1/main/namespaces/${namespace}/kv/${key}`);

/** Shows what a namespace holds. */
export const listKeys = (http: Http, namespace: string): Promise<void> =>
  request(http, [], `/api/v1/main/namespaces/${namespace}/kv`);

async function request({ address, run }: Http, options: readonly string[], path: string): Promise<void> {
  const url = `${address}${path}`;
  const flags = ["-sSf", ...options];
  console.log(`   $ curl ${[...flags, url].map(quoted).join(" ")}`);
  const { exitCode, output } = await run("curl", [...flags, url]).catch((error: NodeJS.ErrnoException) => {
    // EACCES: PATH also names a folder that this user may not read.
    if (error.code !== "ENOENT" && error.code !== "EACCES") throw error;
    return withoutCurl(url, options);
  });
  console.log(`     ${output}`);
  if (exitCode !== 0) throw new Error(`The request failed; curl ended with ${exitCode}.`);
}

async function withoutCurl(url: string, options: readonly string[]) {
  console.log("     (curl is not installed, so the demo sends this request itself)");
  const [, method = "GET", , body = null] = options;
  const response = await fetch(url, { method, body });
  const text = await response.text();
  return { exitCode: response.ok ? 0 : 22, output: body === null ? text : `HTTP ${response.status}` };
}

/** As one types it: a shell would take `?` for a pattern, and a space for an end. */
const quoted = (word: string): string => (/[?&*{ ]/.test(word) ? `'${word}'` : word);
