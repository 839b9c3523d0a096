import { expect, it } from "vitest";
import { CtyError } from "./error.ts";
import { type Path, printPath } from "./path.ts";

it.each<{ path: Path; printed: string }>([
  { path: [], printed: "" },
  { path: [{ attribute: "value" }], printed: "value" },
  { path: [{ attribute: "value" }, { attribute: "retries" }, { index: 0 }], printed: "value.retries[0]" },
  { path: [{ attribute: "labels" }, { key: "env" }], printed: 'labels["env"]' },
  { path: [{ attribute: "value" }, { attribute: 'a "b"' }], printed: 'value["a \\"b\\""]' },
  { path: [{ attribute: "value" }, { attribute: "größe-2" }, { attribute: "1st" }], printed: 'value.größe-2["1st"]' },
  { path: [{ index: 3 }, { attribute: "x" }], printed: "[3].x" },
])("prints $printed", ({ path, printed }) => {
  expect(printPath(path)).toBe(printed);
});

it("an error begins with its place, and at the root with its reason", () => {
  expect(new CtyError([{ attribute: "ttl" }], "a string is required").message).toBe("ttl: a string is required");
  expect(new CtyError([], "a string is required").message).toBe("a string is required");
});
