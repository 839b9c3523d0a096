import { expect, it } from "vitest";
import { newUuid } from "./uuid.ts";

it("no two UUIDs are the same, beyond what is drawn at once", () => {
  const uuids = Array.from({ length: 2_000 }, newUuid);
  expect(new Set(uuids).size).toBe(uuids.length);
  for (const uuid of uuids) expect(uuid).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});
