// Reads the project's TypeScript: what each file imports and the few constructs the laws of the house speak of.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import ts from "typescript";

/** One import, export-from or import() of a file. `to` is a path in the project, a `node:` name or a package. */
export type Import = {
  readonly specifier: string;
  readonly to:
    | { readonly kind: "file"; readonly path: string }
    | { readonly kind: "node"; readonly name: string }
    | { readonly kind: "package"; readonly name: string };
};

/** What the laws look at, besides imports. */
export type Construct =
  | "environment"
  | "console"
  | "innerHTML"
  | "default export"
  | "any"
  | "non-null assertion"
  | "runtime global";

/** One source file; `path` is relative to the project, with slashes. */
export type Source = {
  readonly path: string;
  readonly imports: readonly Import[];
  readonly constructs: readonly { readonly what: Construct; readonly line: number }[];
};

const rooms = ["apps", "core", "edge", "db", "tests", "device"];
const skipped = new Set(["node_modules", "dist", ".vite"]);

/** All TypeScript files of the rooms and of the root. */
export function readSources(root: string): Source[] {
  const paths = [...rooms.flatMap((room) => filesBelow(root, room)), ...filesIn(root)];
  return paths.map((path) => parseSource(path, readFileSync(posix.join(root, path), "utf8")));
}

function filesIn(root: string): string[] {
  return readdirSync(root).filter((name) => /\.tsx?$/.test(name));
}

function filesBelow(root: string, folder: string): string[] {
  if (!existsSync(posix.join(root, folder))) return [];
  const entries = readdirSync(posix.join(root, folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : filesBelow(root, path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** Parses one file's text. */
export function parseSource(path: string, text: string): Source {
  const kind = path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, kind);
  const imports: Import[] = [];
  const constructs: { what: Construct; line: number }[] = [];

  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) imports.push({ specifier, to: resolveImport(path, specifier) });
    for (const what of constructsOf(node)) {
      constructs.push({ what, line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return { path, imports, constructs };
}

function specifierOf(node: ts.Node): string | undefined {
  const isStatic = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
  if (isStatic && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    return node.moduleSpecifier.text;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return ts.isStringLiteral(node.argument.literal) ? node.argument.literal.text : undefined;
  }
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.ImportKeyword) return undefined;
  const [argument] = node.arguments;
  return argument && ts.isStringLiteralLike(argument) ? argument.text : undefined;
}

function resolveImport(from: string, specifier: string): Import["to"] {
  const bare = specifier.replace(/\?.*$/, "");
  if (bare.startsWith("node:")) return { kind: "node", name: bare };
  if (bare.startsWith("#")) return { kind: "file", path: posix.normalize(bare.slice(1)) };
  if (bare.startsWith(".")) return { kind: "file", path: posix.join(posix.dirname(from), bare) };
  const [scope = "", name = ""] = bare.split("/");
  return { kind: "package", name: scope.startsWith("@") ? `${scope}/${name}` : scope };
}

const runtimeGlobals = new Set(["Deno", "process", "Buffer"]);
const htmlNames = new Set(["innerHTML", "outerHTML", "insertAdjacentHTML", "dangerouslySetInnerHTML"]);

function constructsOf(node: ts.Node): Construct[] {
  if (node.kind === ts.SyntaxKind.AnyKeyword) return ["any"];
  if (ts.isNonNullExpression(node)) return ["non-null assertion"];
  if (ts.isExportAssignment(node) || hasDefaultModifier(node)) return ["default export"];
  if (ts.isImportSpecifier(node)) return importsEnvironment(node) ? ["environment"] : [];
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    return accessOf(node, node.expression.text);
  }
  if (!ts.isIdentifier(node)) return [];
  if (htmlNames.has(node.text)) return ["innerHTML"];
  return runtimeGlobals.has(node.text) && isValue(node) ? ["runtime global"] : [];
}

function accessOf(node: ts.PropertyAccessExpression, object: string): Construct[] {
  if (object === "console") return ["console"];
  const isEnvironment = node.name.text === "env" && (object === "process" || object === "Deno");
  return isEnvironment ? ["environment"] : [];
}

function hasDefaultModifier(node: ts.Node): boolean {
  if (!ts.canHaveModifiers(node)) return false;
  return ts.getModifiers(node)?.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword) ?? false;
}

/** `import { env } from "node:process"` reads the environment as `process.env` does. */
function importsEnvironment(node: ts.ImportSpecifier): boolean {
  const from = node.parent.parent.parent.moduleSpecifier;
  return (node.propertyName ?? node.name).text === "env" && ts.isStringLiteral(from) &&
    from.text === "node:process";
}

/** Whether an identifier names a value here, not a property, a key or a declared name. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  return !ts.isPropertySignature(parent) && !ts.isParameter(parent) && !ts.isVariableDeclaration(parent);
}
