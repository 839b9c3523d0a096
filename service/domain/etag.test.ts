import { expect, it } from "vitest";
import { newEtag } from "./etag.ts";

it("no two ETags are the same, beyond what is drawn at once", () => {
  const etags = Array.from({ length: 2_000 }, newEtag);
  expect(new Set(etags).size).toBe(etags.length);
  for (const etag of etags) expect(etag).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});
