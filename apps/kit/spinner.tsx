// A ring that turns; with words it is announced, without it is decoration.

/** `label` is what a screen reader says; leave it out beside visible words. */
export function Spinner({ label }: { label?: string }) {
  if (!label) return <span class="spinner" aria-hidden="true" />;
  return (
    <span role="status">
      <span class="spinner" aria-hidden="true" />
      <span class="unseen">{label}</span>
    </span>
  );
}
