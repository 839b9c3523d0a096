import { num } from "../cty/make.ts";
import { NUMBER, STRING } from "../cty/type.ts";
import { nanosecondsOf } from "../resources/duration.ts";
import { ArgumentError, type ProviderFunction, textOf } from "../schema/function.ts";

const NANO_DIGITS = 9;

export const durationSeconds: ProviderFunction = {
  summary: "The length of a duration in seconds",
  description: "Reads an ISO 8601 duration of days and below, such as `P1DT2H` or `PT0.5S`, exactly.",
  parameters: [{ name: "duration", type: STRING, description: "Such as `P3D` or `PT1H30M`." }],
  returns: NUMBER,
  call(args) {
    const nanos = nanosecondsOf(textOf(args, 0));
    if (nanos === undefined)
      throw new ArgumentError(
        0,
        'It is an ISO 8601 duration of days, hours, minutes and seconds, such as "P1D", "PT1H30M" or "PT90S".',
      );
    return num(`${nanos}e-${NANO_DIGITS}`);
  },
};
