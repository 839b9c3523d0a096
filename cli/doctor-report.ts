import type { Finding, FindingGroup, Report } from "../service/domain/findings.ts";
import { FINDINGS } from "../service/domain/findings.ts";
import { counted, sizeText } from "./maintenance.ts";

/** What people read: how it is, each kind of finding with its first examples, and the next command. */
export function reportText({ checked, findings, notes }: Report, fix: string): string {
  const read = checked.bytesRead > 0 ? `; ${sizeText(checked.bytesRead)} of values read` : "";
  const lines = [
    `Checked ${counted(checked.entries, "key")} with ${counted(checked.revisions, "revision")}, ` +
      `${counted(checked.objects, "object")} of ${sizeText(checked.bytes)}, ` +
      `${counted(checked.changes, "change")}${read}.`,
    ...noteLines(notes),
    ...findings.flatMap((group) => groupLines(group)),
    ...closing(findings, fix),
  ];
  return `${lines.join("\n")}\n`;
}

function noteLines({ youngObjects, strangers, strangersListed, digestsUnknown }: Report["notes"]): string[] {
  const lines: string[] = [];
  if (youngObjects > 0)
    lines.push(`${counted(youngObjects, "object")} without a row: younger than a day, so perhaps uploads under way.`);
  if (strangers > 0) {
    const shown = strangersListed.slice(0, SHOWN_MAX).join(", ");
    lines.push(`${counted(strangers, "object")} not made by this program, left alone: ${shown}${dots(strangers)}`);
  }
  if (digestsUnknown > 0)
    lines.push(`${counted(digestsUnknown, "value")} with a digest under a key that is not in the store: not compared.`);
  return lines;
}

/** Findings of one kind that people are shown; --json has more. */
const SHOWN_MAX = 10;

const dots = (count: number): string =>
  count > SHOWN_MAX ? ` and ${(count - SHOWN_MAX).toLocaleString("en")} more` : "";

function groupLines({ kind, count, repaired, listed }: FindingGroup): string[] {
  const state = repaired === 0 ? "" : repaired === count ? ", repaired" : `, ${repaired} of them repaired`;
  const shown = listed.slice(0, SHOWN_MAX).map((finding) => `  ${findingText(finding)}`);
  const more = count > SHOWN_MAX ? [` ${dots(count)}`] : [];
  return ["", `${kind}: ${count.toLocaleString("en")}${state}. ${FINDINGS[kind].means}`, ...shown, ...more];
}

function findingText({ namespace, key, revision, isCurrent, by, at, object, detail }: Finding): string {
  const parts: string[] = [];
  if (key !== undefined) {
    const which = isCurrent === false ? ", only its history" : "";
    parts.push(`key ${JSON.stringify(key)} in ${namespace}, revision ${revision}${which}, by ${by} at ${at}`);
  }
  if (object) parts.push(object);
  if (detail) parts.push(detail);
  return parts.join(": ");
}

function closing(findings: readonly FindingGroup[], fix: string): string[] {
  const left = findings.filter(({ count, repaired }) => repaired < count);
  if (left.length === 0) return ["", findings.length === 0 ? "Healthy." : "Everything is repaired."];
  const next = left.map(({ kind }) => FINDINGS[kind].next).filter((text) => text !== "");
  const fixable = left.some(({ kind }) => FINDINGS[kind].repair === "fix");
  const command = fixable && fix === "nothing" ? ['Run "nskv doctor --fix": it loses nothing.'] : [];
  const refused =
    fixable && fix !== "nothing"
      ? ["Nothing was removed, as it is not sure that database and object store belong together."]
      : [];
  return ["", "Next:", ...[...command, ...refused, ...new Set(next)].map((text) => `  ${text}`)];
}
