/** What a key holds; undefined when it holds nothing. Each write brings a value that no other brings. */
export type Value = string | undefined;

/** What was asked of one key and what came of it. `unknown` is a write that nobody answered for. */
export type Operation =
  | { readonly op: "read"; readonly answer: Value }
  | { readonly op: "put"; readonly value: string; readonly outcome: "done" | "unknown" }
  | { readonly op: "create"; readonly value: string; readonly outcome: "done" | "refused" | "unknown" }
  | {
      readonly op: "swap";
      readonly from: string;
      readonly value: string;
      readonly outcome: "done" | "refused" | "unknown";
    }
  | { readonly op: "delete"; readonly outcome: "done" | "refused" | "unknown" };

/** What a key holds after an operation that happened while it held `state`, or that it cannot have happened then. */
export function after(state: Value, operation: Operation): { readonly state: Value } | undefined {
  if (operation.op === "read") return operation.answer === state ? { state } : undefined;
  const takes = doesTake(state, operation);
  const { outcome } = operation;
  if (outcome === "unknown" ? false : takes !== (outcome === "done")) return undefined;
  if (!takes) return { state };
  return { state: operation.op === "delete" ? undefined : operation.value };
}

function doesTake(state: Value, operation: Exclude<Operation, { op: "read" }>): boolean {
  switch (operation.op) {
    case "put":
      return true;
    case "create":
      return state === undefined;
    case "swap":
      return state === operation.from;
    case "delete":
      return state !== undefined;
  }
}
