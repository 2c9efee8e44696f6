// Which instances go on one association. Each SOP class is proposed in the transfer syntaxes that are stored, and in
// the two that every archive knows, for what can be written so; an association has room for 128 proposals.
import { explicitVRLittleEndian, implicitVRLittleEndian, transferSyntaxOf } from "#core/dicom/mod.ts";
import { mostContexts, type StoredAs } from "#core/dimse/mod.ts";

/** An instance as it is stored. */
export type Kind = StoredAs;

/** The transfer syntaxes in which an instance may go, the stored one first. */
export function syntaxesFor({ transferSyntaxUID }: Kind): string[] {
  const stored = transferSyntaxOf(transferSyntaxUID);
  const others = stored?.lossless && stored.littleEndian
    ? [explicitVRLittleEndian, implicitVRLittleEndian].filter((one) => one !== transferSyntaxUID)
    : [];
  return [transferSyntaxUID, ...others];
}

/** Instances in their order, cut into associations, each with the pairs that it proposes. */
export function associations<Instance extends Kind>(
  instances: readonly Instance[],
  most: number = mostContexts,
): { readonly instances: Instance[]; readonly proposed: StoredAs[] }[] {
  const planned: { instances: Instance[]; proposed: Map<string, StoredAs> }[] = [];
  for (const instance of instances) {
    const wanted = syntaxesFor(instance).map((transferSyntaxUID) => ({
      sopClassUID: instance.sopClassUID,
      transferSyntaxUID,
    }));
    const current = planned.at(-1);
    const added = wanted.filter((one) => !current?.proposed.has(keyOf(one)));
    const fits = current && current.proposed.size + added.length <= most;
    const target = fits ? current : { instances: [], proposed: new Map<string, StoredAs>() };
    if (!fits) planned.push(target);
    target.instances.push(instance);
    for (const one of wanted) target.proposed.set(keyOf(one), one);
  }
  return planned.map(({ instances: some, proposed }) => ({
    instances: some,
    proposed: [...proposed.values()],
  }));
}

function keyOf({ sopClassUID, transferSyntaxUID }: StoredAs): string {
  return `${sopClassUID} ${transferSyntaxUID}`;
}
