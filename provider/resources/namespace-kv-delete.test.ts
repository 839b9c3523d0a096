import { describe, expect, it } from "vitest";
import { ProblemError } from "../../api/failures.ts";
import { nullOf, str } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import {
  answers,
  CURRENT,
  changed,
  diagnosticOf,
  ENTRY,
  json,
  PRIOR,
  problem,
  session,
  stubbedService,
} from "./fixture-kv.ts";
import { namespaceKv } from "./namespace-kv.ts";

const kv = stubbedService();

describe("delete", () => {
  it("goes to the revision that was planned on", async () => {
    kv.answer = () => json(200, true);
    await namespaceKv.delete(PRIOR, session(), {});
    expect(kv.sent[0]?.method).toBe("DELETE");
    expect(kv.sent[0]?.headers.get("if-match")).toBe('"0190-four"');
  });

  it.each([
    { when: "there is none", is: () => json(200, false) },
    { when: "the service knows no revision", is: answers({ write: () => problem("stale", 412) }) },
  ])("is done when $when", async ({ is }) => {
    kv.answer = is;
    await expect(namespaceKv.delete(PRIOR, session(), {})).resolves.toBeUndefined();
  });

  it.each([
    { policy: str("abandon"), notes: {}, requests: 0 },
    { policy: nullOf(STRING), notes: { metadataOnly: true }, requests: 0 },
    { policy: str("delete"), notes: { metadataOnly: true }, requests: 1 },
  ])("is what deletion_policy says: $requests requests", async ({ policy, notes, requests }) => {
    kv.answer = () => json(200, true);
    await namespaceKv.delete(changed({ deletion_policy: policy }), session(), notes);
    expect(kv.sent).toHaveLength(requests);
  });

  it("leaves a key that was changed meanwhile, and names the command that helps every Terraform", async () => {
    const now = { ...ENTRY, ...CURRENT, ttl: "PT24H", description: "theirs", value: 6 };
    kv.answer = answers({ write: () => problem("stale", 412, { current: CURRENT }), read: () => json(200, now) });
    const { detail } = await diagnosticOf(namespaceKv.delete(PRIOR, session(), {}));
    expect(detail).toContain("changed by bob");
    expect(detail).toContain("What differs from the state: description.");
    expect(detail).toContain('"terraform apply -refresh-only"');
  });

  it("that fails otherwise fails", async () => {
    kv.answer = answers({ write: () => problem("invalid-field", 422) }); // and nothing is there
    await expect(namespaceKv.delete(PRIOR, session(), {})).rejects.toThrow(ProblemError);
  });
});
