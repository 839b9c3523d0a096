import { membersOf } from "../../api/json-members.ts";
import { Failure } from "../domain/fault.ts";
import { JsonChecker } from "../domain/json-check.ts";

/**
 * The members of a body that must be one JSON object, each as the bytes that were sent. `examples` are names for
 * whoever sent something else. Fails with `malformed`, field `body`.
 */
export function objectMembers(body: Uint8Array, examples: readonly string[]): Map<string, Uint8Array> {
  const refuse = (reason: string) => new Failure({ kind: "malformed", field: "body", reason });
  const checker = new JsonChecker();
  try {
    checker.push(body);
    checker.end();
  } catch (error) {
    if (!(error instanceof Failure && error.fault.kind === "invalid_value")) throw error;
    throw refuse(error.fault.reason.replace("The value", "The body"));
  }
  if (!/^[ \t\r\n]*\{/.test(Buffer.from(body.subarray(0, 1_024)).toString("latin1")))
    throw refuse(`The body must be a JSON object with members such as ${examples.slice(0, 3).join(", ")}.`);
  const { members, duplicate } = membersOf(body);
  if (duplicate !== undefined) throw refuse(`The member '${duplicate}' stands there twice.`);
  return members;
}
