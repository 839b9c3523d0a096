import { afterAll, beforeAll, describe } from "vitest";
import type { ObjectName } from "../domain/object.ts";
import type { Objects } from "../domain/stores.ts";
import { deletes, lists, names } from "./names.suite.ts";
import { abortedPuts, failingPuts, roundTrips, visibility } from "./puts.suite.ts";
import { reads, stoppedReads } from "./reads.suite.ts";

/** An open store, and what a test may look at behind its back. */
export interface Fixture {
  readonly objects: Objects;
  /** What unfinished uploads of an object have left: temporary files, open multipart uploads. */
  leftovers(object: ObjectName): Promise<readonly string[]>;
  /** Open files or connections of this process. */
  handles(): Promise<number>;
  close(): Promise<void>;
}

/** What every `Objects` must do. The file system and MinIO run this one list, so neither can drift. */
export function describeObjects(name: string, open: () => Promise<Fixture>): void {
  describe(`objects in ${name}`, () => {
    let fixture: Fixture;
    const get = () => fixture;
    beforeAll(async () => {
      fixture = await open();
    });
    afterAll(() => fixture?.close());
    describe("round trip", () => roundTrips(get));
    describe("visibility", () => visibility(get));
    describe("names", () => names(get));
    describe("a put that fails", () => failingPuts(get));
    describe("a put that is aborted", () => abortedPuts(get));
    describe("reading", () => reads(get));
    describe("a reader that stops", () => stoppedReads(get));
    describe("deleting", () => deletes(get));
    describe("listing", () => lists(get));
  });
}
