import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const BUF = fileURLToPath(new URL("../../node_modules/.bin/buf", import.meta.url));

/** What protobuf's own descriptor.proto says of a file, as far as the wire and the names go. */
export interface ProtoFile {
  readonly name: string;
  readonly package: string;
  readonly syntax: string;
  readonly messageType?: readonly Message[];
  readonly enumType?: readonly Enum[];
  readonly service?: readonly Service[];
}
interface Message {
  readonly name: string;
  readonly field?: readonly Field[];
  readonly nestedType?: readonly Message[];
  readonly enumType?: readonly Enum[];
  readonly oneofDecl?: readonly { readonly name: string }[];
  readonly options?: { readonly mapEntry?: boolean };
}
interface Field {
  readonly name: string;
  readonly number: number;
  readonly label: string;
  readonly type: string;
  readonly typeName?: string;
  readonly oneofIndex?: number;
  readonly proto3Optional?: boolean;
}
interface Enum {
  readonly name: string;
  readonly value: readonly { readonly name: string; readonly number?: number }[];
}
interface Service {
  readonly name: string;
  readonly method: readonly Method[];
}
interface Method {
  readonly name: string;
  readonly inputType: string;
  readonly outputType: string;
  readonly clientStreaming?: boolean;
  readonly serverStreaming?: boolean;
}

/** Compiles the `.proto` files of `folder` with buf, which needs no network for that. */
export function compile(folder: string): ReadonlyMap<string, ProtoFile> {
  const args = ["build", folder, "--exclude-source-info", "--exclude-imports", "-o", "-#format=json"];
  const { file } = JSON.parse(execFileSync(BUF, args, { encoding: "utf8", maxBuffer: 1 << 26 })) as {
    file: ProtoFile[];
  };
  return new Map(file.map((each) => [each.name, each]));
}

/** Every fact of a file, one line each, sorted: two definitions are the same exactly when their lines are. */
export function factsOf(file: ProtoFile): readonly string[] {
  const own = `.${file.package}`;
  return [
    `package ${file.package} ${file.syntax}`,
    ...(file.messageType ?? []).flatMap((message) => messageFacts(own, message)),
    ...(file.enumType ?? []).flatMap((each) => enumFacts(own, each)),
    ...(file.service ?? []).flatMap((service) =>
      service.method.map((method) => `rpc ${own}.${service.name}/${method.name}: ${signatureOf(method)}`),
    ),
  ].sort();
}

function signatureOf({ inputType, outputType, clientStreaming, serverStreaming }: Method): string {
  return `${clientStreaming ? "stream " : ""}${inputType} -> ${serverStreaming ? "stream " : ""}${outputType}`;
}

function messageFacts(parent: string, { name, field, nestedType, enumType, oneofDecl, options }: Message): string[] {
  const own = `${parent}.${name}`;
  const fields = (field ?? []).map((each) => {
    const oneof = each.oneofIndex === undefined ? "" : ` in oneof ${oneofDecl?.[each.oneofIndex]?.name}`;
    const optional = each.proto3Optional ? " optional" : "";
    return `field ${own}.${each.name} = ${each.number} ${each.label}${optional} ${each.type} ${each.typeName ?? ""}${oneof}`;
  });
  return [
    `message ${own}${options?.mapEntry ? " (map)" : ""}`,
    ...fields,
    ...(nestedType ?? []).flatMap((each) => messageFacts(own, each)),
    ...(enumType ?? []).flatMap((each) => enumFacts(own, each)),
  ];
}

function enumFacts(parent: string, { name, value }: Enum): string[] {
  return value.map((each) => `enum ${parent}.${name}.${each.name} = ${each.number ?? 0}`);
}
