/* Live pages by polling: GET <data-live>?since=N answers 204, or {"cur": M, "e": ["t4821", "counts"]}.
   Every name becomes an event "live:<name>" on body, which rows subscribe to in markup:
     hx-get="…" hx-trigger="live:t4821 from:body" hx-target="this" hx-swap="outerHTML"
   ["*"] means "too much to name": lists subscribe to live:all. An event stream can replace this file alone. */
(() => {
  "use strict";
  const doc = document, body = doc.body, url = body.dataset.live;
  if (!url) return;
  const VISIBLE = 3000, HIDDEN = 60000, LONGEST = 60000;
  /* Without a cursor from the server: its clock, two seconds back. Names of the stream begin with the time, so
     nothing told between rendering and the first question is missed; a name too many only refreshes a row. */
  let cur = body.dataset.cur || `${(Number(body.dataset.now) - 2) * 1000}-0`, failures = 0, timer = 0, seen = Date.now();

  const later = () => {
    const base = doc.hidden ? HIDDEN : Math.min(LONGEST, VISIBLE * 2 ** failures);
    clearTimeout(timer);
    /* Jitter, so that a hundred tabs opened by one restart do not ask in the same instant */
    timer = setTimeout(poll, base * (0.9 + Math.random() * 0.2));
  };
  const mark = () => {
    const stale = failures >= 2, live = doc.querySelectorAll(".fresh[data-live]");
    body.toggleAttribute("data-stale", stale);
    const at = new Date(seen).toLocaleTimeString(doc.documentElement.lang, { hour: "numeric", minute: "2-digit" });
    for (const el of live) {
      el.dataset.word ??= el.textContent;
      const text = stale ? (el.dataset.staleWord || "Last updated %s").replace("%s", at) : el.dataset.word;
      if (el.textContent !== text) el.textContent = text;
    }
  };
  const tell = (name) => body.dispatchEvent(new CustomEvent(`live:${name}`));
  const poll = async () => {
    try {
      const answer = await fetch(`${url}?since=${encodeURIComponent(cur)}`, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.status !== 204 && !answer.ok) throw new Error(String(answer.status));
      const date = Date.parse(answer.headers.get("Date"));
      if (date && window.steward) window.steward.clock.offset = date - Date.now();
      failures = 0; seen = Date.now();
      if (answer.status === 200) {
        const news = await answer.json();
        cur = news.cur;
        for (const name of news.e) tell(name === "*" ? "all" : name);
      }
    } catch { failures += 1; }
    mark();
    later();
  };
  doc.addEventListener("visibilitychange", () => { if (doc.hidden) later(); else poll(); });
  addEventListener("online", poll);

  /* ---- swaps that must not be felt ------------------------------------------------------------------ */
  const byNews = (e) => e.detail.requestConfig?.triggeringEvent?.type?.startsWith("live:");
  const busy = (el) => {
    const at = doc.activeElement;
    return (el.contains(at) && at.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) || el.querySelector(":popover-open, dialog[open]");
  };
  const waiting = new Map();
  const keep = new Map();

  body.addEventListener("htmx:beforeRequest", (e) => {
    const trigger = e.detail.requestConfig?.triggeringEvent;
    if (!byNews(e)) return;
    const el = e.detail.elt;
    /* Never take a field away from someone who is writing in it */
    if (busy(el)) { e.preventDefault(); waiting.set(el, trigger.type); return; }
    /* Never move a list under the pointer or the cursor: say that there is more, and wait */
    const more = el.matches("[data-live-list]") && (el.matches(":hover") || el.querySelector("[data-cursor], [aria-selected=true]")) && doc.querySelector(el.dataset.liveList);
    if (more) { e.preventDefault(); more.hidden = false; }
  });
  doc.addEventListener("focusout", () => setTimeout(() => {
    for (const [el, type] of waiting) if (!busy(el)) { waiting.delete(el); body.dispatchEvent(new CustomEvent(type)); }
  }));
  doc.addEventListener("toggle", (e) => { if (e.newState === "closed") doc.dispatchEvent(new FocusEvent("focusout")); }, true);

  const place = (el) => {
    const at = doc.activeElement;
    if (!el.contains(at) || at === el) return null;
    const same = [...el.querySelectorAll("a, button, input")];
    return { id: at.id, n: same.indexOf(at) };
  };
  /* All that an answer replaces: its target, and whatever else it names */
  const replaced = (target, html) =>
    [target, ...[...html.matchAll(/ id="([\w-]+)"[^>]* hx-swap-oob/g)].map((found) => doc.getElementById(found[1]))].filter(Boolean);
  body.addEventListener("htmx:beforeSwap", (e) => {
    const el = e.detail.target;
    if (!byNews(e)) return;
    /* A menu may have opened while the answer was on its way */
    if (replaced(el, e.detail.serverResponse || "").some(busy)) {
      e.detail.shouldSwap = false;
      waiting.set(e.detail.elt, e.detail.requestConfig.triggeringEvent.type);
      return;
    }
    if (!el.id) return;
    const ticked = [...el.querySelectorAll("input.check:checked")].map((b) => b.value);
    const cursor = el.hasAttribute("data-cursor") ? el.id : el.querySelector("[data-cursor]")?.id;
    const ids = new Set([...el.querySelectorAll("[id]")].map((x) => x.id));
    keep.set(el.id, { ticked, cursor, focus: place(el), ids, list: el.matches("[data-live-list]") });
  });
  body.addEventListener("htmx:afterSettle", (e) => {
    for (const [id, was] of keep) {
      const el = doc.getElementById(id);
      if (!el) continue;
      keep.delete(id);
      for (const b of el.querySelectorAll("input.check")) if (was.ticked.includes(b.value)) b.checked = true;
      if (was.cursor) doc.getElementById(was.cursor)?.setAttribute("data-cursor", "");
      if (was.focus) (doc.getElementById(was.focus.id) || [...el.querySelectorAll("a, button, input")][was.focus.n])?.focus({ preventScroll: true });
      const fresh = was.list ? [...el.querySelectorAll("tr[id], li[id], article[id]")].filter((x) => !was.ids.has(x.id)) : [el];
      for (const x of fresh) { x.setAttribute("data-fresh", ""); setTimeout(() => x.removeAttribute("data-fresh"), 2000); }
      if (was.list && fresh.length) announce(el, fresh.length);
    }
  }, true); /* captured: the selection is painted by app.js after the ticks are back */

  /* A refresh is silent; an arrival is said, at most every half minute */
  let said = 0;
  const announce = (el, n) => {
    const region = doc.querySelector("#toasts");
    if (!region || !el.dataset.noun || Date.now() - said < 30000) return;
    said = Date.now();
    const line = Object.assign(doc.createElement("span"), { className: "vh", textContent: el.dataset.noun.replace("%s", n) });
    region.append(line);
    setTimeout(() => line.remove(), 4000);
  };
  later();
})();
