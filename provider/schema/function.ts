import type { Type } from "../cty/type.ts";
import type { Value } from "../cty/value.ts";

/** A function that configurations call as `provider::namespace::name(…)`, from Terraform 1.8 and OpenTofu 1.7 on. */
export interface ProviderFunction {
  readonly summary: string;
  /** Markdown. */
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly returns: Type;
  /** Pure, and without the service: Terraform calls it also where no provider is configured. The arguments are known and not
   *  null. Throws an ArgumentError. */
  call(args: readonly Value[]): Value;
}

export interface Parameter {
  readonly name: string;
  readonly type: Type;
  /** Markdown. */
  readonly description: string;
}

/** What is wrong with an argument, counted from 0. Never holds its value. */
export class ArgumentError extends Error {
  readonly argument: number;

  constructor(argument: number, reason: string) {
    super(reason);
    this.name = "ArgumentError";
    this.argument = argument;
  }
}

/** The text of an argument that is declared as a string. */
export function textOf(args: readonly Value[], at: number): string {
  const value = args[at];
  if (value?.kind === "string") return value.value;
  throw new ArgumentError(at, "a string is required");
}
