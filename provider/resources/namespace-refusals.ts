import { attributeError, type Diagnostic, error } from "../schema/diagnostic.ts";

/** What to say when a namespace is not as the plan took it to be. A name needs no quoting: it holds letters, digits, `_`, `-`, `.`. */

export function namespaceExists(name: string): Diagnostic {
  const paragraphs = [
    `Somebody made "${name}" already. Terraform does not take over what it did not create. To manage the namespace from now on, import it and plan again:`,
    `  terraform import namespace.<name> ${name}`,
    "or, in the configuration:",
    `  import {\n    to = namespace.<name>\n    id = "${name}"\n  }`,
  ];
  return attributeError("name", "Namespace exists already", paragraphs.join("\n\n"));
}

export const namespaceChanged = (name: string): Diagnostic =>
  error(
    "Namespace changed outside Terraform",
    `What is said about "${name}" was changed, or the namespace deleted, after its state was read for this plan. Nothing was written. Run "terraform plan" to see it, then apply again.`,
  );

export const namespaceNotEmpty = (name: string): Diagnostic =>
  attributeError(
    "force_destroy",
    "Namespace still has keys",
    `"${name}" holds keys that Terraform does not destroy with it. Delete them first, or set "force_destroy = true", apply, and destroy again: that destroys the keys and their history.`,
  );

export const nothingToImport = (id: string, hasKeys: boolean): Diagnostic =>
  error(
    "There is no namespace to import",
    hasKeys
      ? `"${id}" is there because of its keys, or because another lies below it, and nobody has said anything about it. Leave the import out: the next apply creates it, and its keys stay.`
      : `"${id}" does not exist. Check the spelling of tenant and namespace, or leave the import out: the next apply then creates it.`,
  );
