import { expect } from "vitest";
import type { Planned, Ran, ResourceChange, TerraformWorkspace } from "../support/terraform.ts";

/** What the user decides about a key or a set of them, and whether and when it ends; all else follows from it. */
const OWNED = [
  ...[
    "namespace",
    "key",
    "value",
    "value_json",
    "value_wo",
    "value_wo_version",
    "type",
    "ttl",
    "expires_at",
    "expired",
  ],
  ...["renew_before", "on_expire", "description", "labels", "secret", "adopt_existing", "deletion_policy"],
  ...["prefix", "values", "types", "unmanaged_keys"],
];

/** Fails with what Terraform printed unless the command ended with `exitCode`. */
export function must(ran: Ran, exitCode = 0): void {
  expect(ran.exitCode, `${ran.stdout}\n${ran.stderr}`).toBe(exitCode);
}

/** Both streams as one line: Terraform breaks its messages at 78 columns, and draws a frame beside them. */
export const said = ({ stdout, stderr }: Ran): string => `${stdout}\n${stderr}`.replaceAll(/[\s│╷╵]+/g, " ");

/** Each error that Terraform printed, as one line. */
export const errorsOf = ({ stderr }: Ran): string[] =>
  stderr
    .split(/^(?=.{0,2}(?:Error|Warning): )/m)
    .map((block) => block.replaceAll(/[\s│╷╵]+/g, " ").trim())
    .filter((block) => block.startsWith("Error: "));

/**
 * A plan in short: what happens to each address, and to which of its owned attributes, such as
 * `update ttl, value.retries`. Addresses that stay as they are have no entry. Numbers that differ only beyond a double's
 * digits look the same here.
 */
export function changesOf({ json, stdout, stderr }: Planned): Record<string, string> {
  if (!json) throw new Error(`There is no plan:\n${stdout}\n${stderr}`);
  const changes = (json.resource_changes ?? []).filter(({ change }) => !change.actions.includes("no-op"));
  return Object.fromEntries(changes.map(({ address, change }) => [address, inShort(change)]));
}

function inShort(change: ResourceChange["change"]): string {
  const what = change.actions.join(" then ");
  if (change.before === null || change.after === null) return what;
  return `${what} ${changedPaths(change).join(", ")}`.trim();
}

/** The paths of the owned attributes whose value differs or is known only after apply. */
function changedPaths({ before, after, after_unknown }: ResourceChange["change"]): string[] {
  return OWNED.flatMap((name) => {
    if (after_unknown[name] === true) return [`${name} (unknown)`];
    const unknown = holdsTrue(after_unknown[name]) ? [`${name} (unknown)`] : [];
    return [...differences(before?.[name], after?.[name], name), ...unknown];
  });
}

type Collection = Readonly<Record<string, unknown>>;
const isCollection = (value: unknown): value is Collection => typeof value === "object" && value !== null;

/** `after_unknown` has the shape of the value, with true where something is not known. */
const holdsTrue = (unknown: unknown): boolean =>
  isCollection(unknown) ? Object.values(unknown).some(holdsTrue) : unknown === true;

function differences(before: unknown, after: unknown, path: string): string[] {
  if (isCollection(before) && isCollection(after) && Array.isArray(before) === Array.isArray(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => differences(before[name], after[name], `${path}.${name}`));
  }
  return before === after ? [] : [path];
}

/** The next plan has nothing to do, by its exit code and by its JSON. */
export async function mustBeEmpty(terraform: TerraformWorkspace): Promise<void> {
  const planned = await terraform.plan();
  must(planned);
  expect(changesOf(planned)).toEqual({});
}

/** No stack trace, no crash, no gRPC: what goes wrong is told in the user's words. */
export function mustNotShowInsides(ran: Ran): void {
  expect(said(ran)).not.toMatch(
    / at \S+ \(?\S+:\d+:\d+|node:internal|TypeError|Plugin (error|did not)|rpc error|panic|undefined/,
  );
}
