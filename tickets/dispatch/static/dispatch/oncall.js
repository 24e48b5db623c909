/* Dragging over a week fills in from when until when somebody takes over. Without it the fields do. */
(() => {
  "use strict";
  const STEP = 900; // a quarter of an hour
  const form = document.querySelector("[data-stretch]");
  if (!form) return;
  const zone = form.dataset.stretch;
  const wall = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
  });
  const typed = (seconds) => wall.format(new Date(seconds * 1000)).replace(" ", "T").slice(0, 16);

  document.querySelectorAll(".rota svg").forEach((svg) => {
    const from = Number(svg.dataset.start), to = Number(svg.dataset.end);
    let first = null, box = null;
    const at = (event) => {
      const frame = svg.getBoundingClientRect();
      const share = Math.min(1, Math.max(0, (event.clientX - frame.left) / frame.width));
      return Math.round((from + share * (to - from)) / STEP) * STEP;
    };
    const draw = (one, two) => {
      const scale = 700 / (to - from);
      box.setAttribute("x", (Math.min(one, two) - from) * scale);
      box.setAttribute("width", Math.max(1, Math.abs(two - one) * scale));
    };
    svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || event.pointerType === "touch") return;
      first = at(event);
      box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of [["y", 14], ["height", 30], ["rx", 3], ["data-drag", ""]]) box.setAttribute(name, value);
      svg.append(box);
      svg.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    svg.addEventListener("pointermove", (event) => { if (first !== null) draw(first, at(event)); });
    svg.addEventListener("pointerup", (event) => {
      if (first === null) return;
      const last = at(event);
      if (Math.abs(last - first) >= STEP) {
        form.elements.starts.value = typed(Math.min(first, last));
        form.elements.ends.value = typed(Math.max(first, last));
        form.elements.starts.focus();
      }
      box.remove();
      first = box = null;
    });
    svg.addEventListener("pointercancel", () => { if (box) box.remove(); first = box = null; });
  });
})();
