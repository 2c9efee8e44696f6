// The name under which a browser keeps a download. What an animal is called is a stranger's text: letters, digits and
// a few marks of it are left, so that no name is a path, a command or markup.

/** The name of a study's ZIP: the animal and the day. The owner is left out: such files are handed on. */
export function zipName(animal: string | null, studyDate: string | null): string {
  const plain = (animal ?? "").normalize("NFC").replace(/[^\p{L}\p{M}\p{N} '_-]+/gu, " ").replace(
    /\s+/g,
    " ",
  );
  const words = [plain.trim().slice(0, 60).trim() || "study", studyDate].filter((part) => part !== null);
  return `${words.join(" ").toWellFormed()}.zip`;
}

/** Content-Disposition of a download (RFC 6266), with the name in UTF-8 and, for old clients, in ASCII. */
export function attachment(name: string): string {
  const ascii = name.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[^\x20-\x7e]|["\\%]/g, "_");
  if (ascii === name) return `attachment; filename="${name}"`;
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
