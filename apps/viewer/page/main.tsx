// The share page. It reads the token from the address, opens the link and shows what it opens; it stores nothing.
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { Gate } from "./gate.tsx";
import { OpenedRoom } from "./openedRoom.tsx";
import { tokenOf, Visit } from "./visit.ts";

function SharePage({ visit }: { visit: Visit }) {
  const standing = visit.standing.value;
  useEffect(() => {
    document.documentElement.dataset.standing = standing.at;
  }, [standing.at]);
  if (standing.at !== "open") return <Gate visit={visit} standing={standing} />;
  return (
    <OpenedRoom
      key={standing.opened.shareId}
      opened={standing.opened}
      onRefused={(status) => visit.refused(status)}
    />
  );
}

function begin(): void {
  const page = document.getElementById("page");
  if (!page) throw new Error("the page has no place to stand in");
  const visit = new Visit(tokenOf(location.hash));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") visit.look();
  });
  addEventListener("online", () => visit.standing.peek().at === "unreachable" ? visit.retry() : visit.look());
  // Another link pasted into the same tab.
  addEventListener("hashchange", () => location.reload());
  page.replaceChildren();
  render(<SharePage visit={visit} />, page);
  visit.begin();
}

begin();
