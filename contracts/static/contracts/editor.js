/* Writing a draft by hand: lines are dragged or sent up and down, the parts on the left say where one is.
   Each of it is a button too, so nothing here is needed. */
(() => {
  "use strict";
  const doc = document;
  const line = (el) => el.closest?.(".ln");
  const lines = () => [...doc.querySelectorAll("[data-lines] > .ln")];
  const send = (from, to) => {
    const by = doc.getElementById("ln-move");
    if (from === to || to < 0 || to >= lines().length) return;
    by.setAttribute("hx-vals", JSON.stringify({ do: `move:${from}:${to}` }));
    by.click();
  };

  doc.addEventListener("keydown", (e) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[e.key], here = line(e.target);
    if (!e.altKey || !step || !here) return;
    e.preventDefault();
    const at = lines().indexOf(here);
    send(at, at + step);
  });

  let dragged = null;
  doc.addEventListener("dragstart", (e) => {
    if (!e.target.closest?.(".ln__grip")) return;
    dragged = line(e.target);
    e.dataTransfer.effectAllowed = "move";
    e.dataTransfer.setDragImage(dragged, 8, 8);
  });
  doc.addEventListener("dragover", (e) => {
    const over = dragged && line(e.target);
    for (const one of lines()) one.toggleAttribute("data-over", one === over && one !== dragged);
    if (over) e.preventDefault();
  });
  doc.addEventListener("drop", (e) => {
    const over = dragged && line(e.target);
    if (!over) return;
    e.preventDefault();
    const all = lines();
    send(all.indexOf(dragged), all.indexOf(over));
  });
  doc.addEventListener("dragend", () => { dragged = null; for (const one of lines()) one.removeAttribute("data-over"); });

  /* A finding names its field by address; the cursor goes there and not only the eye */
  doc.addEventListener("click", (e) => {
    const link = e.target.closest?.("#coming a[href^='#'], [data-parts] a");
    const to = link && doc.querySelector(link.getAttribute("href"));
    if (!to) return;
    to.closest("details")?.setAttribute("open", "");
    setTimeout(() => to.focus());
  });

  const parts = () => [...doc.querySelectorAll("[data-parts] a")];
  const seen = new IntersectionObserver((found) => {
    const on = found.find((one) => one.isIntersecting);
    if (on) for (const a of parts()) a.toggleAttribute("aria-current", a.hash === `#${on.target.id}`);
  }, { rootMargin: "-20% 0px -70% 0px" });
  const watch = () => { for (const a of parts()) { const to = doc.querySelector(a.hash); if (to) seen.observe(to); } };
  watch();
  doc.body.addEventListener("htmx:afterSettle", (e) => { if (e.target.id === "editor") watch(); });
})();
