/* What every page needs from a browser beyond links and forms. Each part works on attributes, so a room adds
   behaviour by writing markup. Without this file every page still reads and every form still sends. */
(() => {
  "use strict";
  const doc = document, body = doc.body, root = doc.documentElement;
  const one = (sel, from = doc) => from.querySelector(sel);
  const all = (sel, from = doc) => [...from.querySelectorAll(sel)];
  const word = (name) => one("#toasts").dataset[name];
  const mac = /Mac|iP(hone|ad)/.test(navigator.platform);
  const clock = { offset: (Number(body.dataset.now) || 0) && Number(body.dataset.now) * 1000 - Date.now() };
  window.steward = { clock, now: () => Date.now() + clock.offset };

  for (const k of all("[data-mod]")) k.textContent = (mac ? "⌘" : "Ctrl ") + k.dataset.mod;

  /* ---- toast: what has happened, with a way back ------------------------------------------------- */
  let undo = null;
  const fade = (toast) => {
    let wait = setTimeout(() => toast.remove(), 8000);
    toast.addEventListener("pointerenter", () => clearTimeout(wait));
    toast.addEventListener("pointerleave", () => { wait = setTimeout(() => toast.remove(), 4000); });
  };
  const button = (text, act) => {
    const b = doc.createElement("button");
    b.type = "button"; b.textContent = text; b.addEventListener("click", act);
    return b;
  };
  const toast = ({ text, undo: url }) => {
    const box = doc.createElement("div");
    box.className = "toast";
    box.append(text);
    undo = url ? () => { box.remove(); undo = null; htmx.ajax("POST", url, { swap: "none", source: body }); } : null;
    if (undo) box.append(button(word("undo"), undo));
    box.append(button(word("close"), () => box.remove()));
    one("#toasts").append(box);
    fade(box);
  };
  all("#toasts > .toast").forEach(fade);
  body.addEventListener("toast", (e) => toast(typeof e.detail.value === "string" ? { text: e.detail.value } : e.detail));

  /* ---- dialogs ------------------------------------------------------------------------------------ */
  const dlg = one("#dlg"), confirmBox = one("#confirm");
  body.addEventListener("htmx:afterSwap", (e) => {
    if (e.target !== dlg) return;
    if (!dlg.textContent.trim()) dlg.close(); else if (!dlg.open) dlg.showModal();
  });
  body.addEventListener("dialog-close", () => dlg.close());
  dlg.addEventListener("close", () => dlg.replaceChildren());
  const ask = (from) => new Promise((done) => {
    const yes = one("#confirm-yes"), say = from.dataset;
    one("#confirm-h").textContent = say.confirm;
    one("#confirm-b").textContent = say.confirmBody || "";
    one("#confirm-b").parentElement.hidden = !say.confirmBody;
    yes.textContent = say.confirmYes || (from.matches("button, a") ? from.textContent.trim() : yes.textContent);
    yes.className = say.confirmTone === "danger" ? "btn btn--danger" : "btn btn--primary";
    confirmBox.returnValue = "";
    confirmBox.addEventListener("close", () => done(confirmBox.returnValue === "yes"), { once: true });
    confirmBox.showModal();
  });
  /* Asked once, in the capture phase, before either the browser or htmx acts on it */
  const agreed = new WeakSet();
  const guard = (e, el, again) => {
    if (!el || agreed.delete(el)) return;
    e.preventDefault(); e.stopImmediatePropagation();
    ask(el).then((yes) => { if (yes) { agreed.add(el); again(); } });
  };
  doc.addEventListener("submit", (e) => {
    const by = e.submitter, el = by?.dataset.confirm ? by : e.target.dataset.confirm ? e.target : null;
    guard(e, el, () => e.target.requestSubmit(by));
  }, true);
  doc.addEventListener("click", (e) => {
    const el = e.target.closest("a[data-confirm], button[data-confirm]");
    if (el && !(el.form && el.type === "submit")) guard(e, el, () => el.click());
  }, true);

  /* ---- menus: a popover beside its button -------------------------------------------------------- */
  doc.addEventListener("toggle", (e) => {
    const menu = e.target;
    if (!menu.matches?.(".menu[popover]")) return;
    const opener = one(`[popovertarget="${menu.id}"]`);
    opener?.setAttribute("aria-expanded", String(e.newState === "open"));
    /* A swap copies attributes of what it replaces, and the policy refuses a copied style */
    if (e.newState !== "open") menu.removeAttribute("style");
    if (e.newState !== "open" || menu.id === "me-menu" || !opener) return;
    const at = opener.getBoundingClientRect(), box = menu.getBoundingClientRect(), gap = 4;
    const below = at.bottom + gap + box.height <= innerHeight || at.top < box.height;
    menu.style.top = `${below ? at.bottom + gap : at.top - gap - box.height}px`;
    menu.style.left = `${Math.max(8, Math.min(at.left, innerWidth - box.width - 8))}px`;
    one(".menu__i", menu)?.focus({ preventScroll: true });
  }, true);
  /* Closed after the form was sent: htmx forgets which button it was once that button loses focus */
  doc.addEventListener("click", (e) => {
    const menu = e.target.closest?.(".menu[popover] .menu__i")?.closest("[popover]");
    if (menu) setTimeout(() => menu.matches(":popover-open") && menu.hidePopover());
  });
  const inMenu = (e) => {
    const menu = e.target.closest(".menu"), step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (!menu || !step) return false;
    const items = all(".menu__i", menu), n = items.indexOf(doc.activeElement) + step;
    items.at(n % items.length)?.focus();
    return true;
  };

  /* ---- lists: a cursor that is real focus, and a selection that is real checkboxes --------------- */
  const rows = () => all("[data-list] :is(tr, li, article)").filter((r) => !r.matches(".grp") && one("a[href]", r) && !r.closest("thead"));
  const cursor = () => one("[data-list] [data-cursor]");
  const box = (row) => one("input[type=checkbox].check", row);
  let anchor = null;
  const stand = (row) => {
    cursor()?.removeAttribute("data-cursor");
    row.setAttribute("data-cursor", "");
    row.scrollIntoView({ block: "nearest" });
    const link = one("a[href]", row);
    link.setAttribute("data-here", "");
    link.addEventListener("blur", () => link.removeAttribute("data-here"), { once: true });
    link.focus({ preventScroll: true });
  };
  const move = (step) => {
    const list = rows(), at = list.indexOf(cursor());
    if (list.length) stand(list[Math.max(0, Math.min(list.length - 1, at + step))]);
    return cursor();
  };
  const paint = () => {
    const boxes = rows().map(box).filter(Boolean), on = boxes.filter((b) => b.checked).length;
    for (const b of boxes) {
      const row = b.closest("tr, li");
      if (b.checked) row.setAttribute("aria-selected", "true"); else row.removeAttribute("aria-selected");
    }
    for (const b of all("[data-check-all]")) { b.checked = on > 0 && on === boxes.length; b.indeterminate = on > 0 && on < boxes.length; }
    for (const bar of all("[data-bulk]")) { bar.hidden = !on; const n = one("[data-count]", bar); if (n) n.textContent = on; }
  };
  const pick = (row, on, range) => {
    const list = rows(), from = range && anchor ? list.indexOf(anchor) : -1, to = list.indexOf(row);
    const picked = from < 0 ? [row] : list.slice(Math.min(from, to), Math.max(from, to) + 1);
    for (const r of picked) if (box(r)) box(r).checked = on;
    anchor = row;
    paint();
  };
  const clear = () => { const had = rows().map(box).filter((b) => b?.checked); for (const b of had) b.checked = false; paint(); return had.length > 0; };
  doc.addEventListener("click", (e) => {
    const here = e.target.closest?.("[data-list] a[hx-get]")?.closest("tr, li, article");
    if (here) { cursor()?.removeAttribute("data-cursor"); here.setAttribute("data-cursor", ""); }
    const b = e.target.closest?.("[data-list] input.check");
    if (!b) { if (e.target.closest?.("[data-clear]")) clear(); return; }
    if (b.matches("[data-check-all]")) { for (const r of rows()) if (box(r)) box(r).checked = b.checked; paint(); }
    else pick(b.closest("tr, li"), b.checked, e.shiftKey);
  });

  /* ---- palette: the server searches, this only moves and opens ------------------------------------ */
  const palette = one("#palette"), q = palette && one("input", palette), found = palette && one("[role=listbox]", palette);
  let search = null, timer = 0;
  const options = () => all("[role=option]", found);
  const choose = (step) => {
    const list = options(), at = list.findIndex((o) => o.getAttribute("aria-selected") === "true");
    list.forEach((o, n) => { o.id ||= `palette-o${n}`; o.setAttribute("aria-selected", "false"); });
    const next = list.at((Math.max(0, at + step)) % list.length);
    if (!next) { q.removeAttribute("aria-activedescendant"); return; }
    next.setAttribute("aria-selected", "true");
    q.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  };
  const look = async () => {
    search?.abort();
    search = new AbortController();
    try {
      const answer = await fetch(`${palette.dataset.src}?q=${encodeURIComponent(q.value)}`, { headers: { "HX-Request": "true" }, signal: search.signal });
      if (!answer.ok) return;
      found.innerHTML = await answer.text();
      choose(0);
    } catch (failure) { if (failure.name !== "AbortError") found.textContent = word("failed"); }
  };
  const follow = (option, apart) => {
    const url = option?.dataset.href;
    if (!url) return;
    if (apart) open(url, "_blank", "noopener"); else location.assign(url);
  };
  const openPalette = (text = "") => {
    if (!palette || palette.open) return;
    q.value = text;
    palette.showModal();
    q.focus();
    look();
  };
  if (palette) {
    q.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 80); });
    found.addEventListener("click", (e) => follow(e.target.closest("[role=option]"), e.metaKey || e.ctrlKey));
    palette.addEventListener("keydown", (e) => {
      if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); choose(e.key === "ArrowDown" ? 1 : options().length - 1); }
      if (e.key === "Enter" && !e.isComposing) { e.preventDefault(); follow(one("[aria-selected=true]", found), e.metaKey || e.ctrlKey); }
    });
  }

  /* ---- clicks that open and close ------------------------------------------------------------------ */
  doc.addEventListener("click", (e) => {
    const el = e.target.closest?.("[data-dismiss], [data-close], [data-palette], [data-open], [data-copy]");
    if (!el) { if (e.target.matches?.("#palette, #keys")) e.target.close(); return; }
    if (el.matches("[data-dismiss]")) el.closest(".toast, .note").remove();
    else if (el.matches("[data-close]")) el.closest("dialog").close();
    else if (el.matches("[data-palette]")) { if (e.metaKey || e.ctrlKey) return; e.preventDefault(); openPalette(); }
    else if (el.matches("[data-open]")) one(el.dataset.open)?.showModal();
    else navigator.clipboard?.writeText(one(el.dataset.copy).textContent.trim()).then(() => toast({ text: word("copied") }));
  });

  /* ---- keyboard -------------------------------------------------------------------------------------
     Single letters, never while typing, never with AltGr or during composition, and a person can turn them off.
     A control asks for its key with data-key; "shift+a" asks for a capital. */
  const typing = (el) => el.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  let chord = 0;
  const press = (name) => {
    const el = all(`[data-key="${CSS.escape(name)}"]`).find((x) => x.checkVisibility?.() ?? x.offsetParent);
    if (!el) return false;
    el.click();
    if (el.dataset.focus) one(el.dataset.focus)?.focus(); else if (el.matches("input, select, textarea")) el.focus();
    return true;
  };
  const listKey = (e, key) => {
    const here = cursor();
    if (key === "j" || (here && key === "arrowdown")) {
      const from = here; move(1);
      if (e.shiftKey && from) { anchor ||= from; pick(cursor(), true, true); }
    } else if (key === "k" || (here && key === "arrowup")) {
      const from = here; move(-1);
      if (e.shiftKey && from) { anchor ||= from; pick(cursor(), true, true); }
    } else if (key === "x" && here && box(here)) pick(here, !box(here).checked, e.shiftKey);
    else if (key === "enter" && here && !e.target.closest("a, button, input, summary")) one("a[href]", here).click();
    else return false;
    return true;
  };
  const plain = (e) => {
    const key = e.key.toLowerCase();
    if (Date.now() - chord < 1500) {
      chord = 0;
      const to = one(`[data-g="${CSS.escape(key)}"]`);
      if (to) { to.click(); return true; }
    }
    if (key === "g" && !e.shiftKey) { chord = Date.now(); return true; }
    if (press(e.shiftKey && /^[a-z]$/.test(key) ? `shift+${key}` : key)) return true;
    if (key === "/") { const field = one("[data-search]"); if (field) { field.focus(); field.select?.(); } else openPalette(); return true; }
    if (key === "?") { one("#keys")?.showModal(); return true; }
    if (key === "z" && undo) { undo(); return true; }
    if (key === "escape") return clear();
    return rows().length > 0 && listKey(e, key);
  };
  doc.addEventListener("keydown", (e) => {
    if (e.isComposing || e.altKey || e.defaultPrevented) return;
    if (e.metaKey || e.ctrlKey) {
      if (e.key.toLowerCase() === "k") { e.preventDefault(); openPalette(); }
      else if (e.key === "Enter") {
        const form = e.target.closest("form");
        if (form) { e.preventDefault(); form.requestSubmit(one("[data-send]", form)); } else if (press("mod+enter")) e.preventDefault();
      }
      return;
    }
    if (e.key === "Escape" && typing(e.target) && !one("dialog[open]")) { e.target.blur(); return; }
    if (inMenu(e)) { e.preventDefault(); return; }
    if (typing(e.target) || one("dialog[open]") || one(":popover-open") || body.dataset.keys === "off") return;
    if (plain(e)) e.preventDefault();
  });

  /* ---- drafts: what a person wrote outlives an expired session, a reload, a crash ------------------ */
  const slot = (el) => `draft:${location.pathname}:${el.dataset.draft}`;
  const restore = (from) => { for (const el of all("[data-draft]", from)) if (!el.value) el.value = sessionStorage.getItem(slot(el)) || ""; };
  const forget = (form) => { for (const el of all("[data-draft]", form)) sessionStorage.removeItem(slot(el)); };
  doc.addEventListener("input", (e) => {
    if (!e.target.dataset?.draft) return;
    if (e.target.value) sessionStorage.setItem(slot(e.target), e.target.value); else sessionStorage.removeItem(slot(e.target));
  });
  doc.addEventListener("submit", (e) => { if (!e.defaultPrevented) forget(e.target); });
  doc.addEventListener("reset", (e) => forget(e.target));
  body.addEventListener("htmx:afterRequest", (e) => {
    const form = e.target.closest?.("form");
    if (form && e.detail.successful && e.detail.requestConfig.verb !== "get") { forget(form); if (form.matches("[data-reset]")) form.reset(); }
  });
  doc.addEventListener("change", (e) => { if (e.target.matches("[data-autosubmit]")) e.target.form.requestSubmit(); });

  /* ---- clocks: they count here, by the server's time ----------------------------------------------- */
  const brief = (seconds) => {
    const s = Math.abs(Math.trunc(seconds)), m = Math.floor(s / 60), d = Math.floor(m / 1440), two = String(m % 60).padStart(2, "0");
    if (m < 1) return `${s}s`;
    if (m < 60) return `${m}m`;
    if (d < 1) return `${Math.floor(m / 60)}h ${two}m`;
    return d < 14 ? `${d}d ${Math.floor((m % 1440) / 60)}h` : `${d}d`;
  };
  const tick = (el, now) => {
    const due = Number(el.dataset.due), from = Number(el.dataset.from) || due, left = due - now / 1000, target = due - from;
    const state = left < 0 ? "late" : left <= 1200 || left <= target * 0.15 ? "risk" : left <= 3600 || left <= target * 0.3 ? "soon" : "ok";
    const text = left < 0 ? word("over").replace("%s", brief(left)) : brief(left), shown = one("[data-t]", el);
    if (shown.textContent !== text) shown.textContent = text;
    if (el.dataset.state !== state) el.dataset.state = state;
    const used = left < 0 || !target ? 100 : Math.max(0, Math.min(100, Math.round(100 * (1 - left / target))));
    one(".v", el)?.setAttribute("stroke-dasharray", `${used} 100`);
  };
  const since = (el, now) => {
    const gap = (now - Date.parse(el.dateTime)) / 1000, size = brief(gap);
    if (Math.abs(gap) >= 604800) return;
    const text = el.dataset.rel === "short" ? size : Math.abs(gap) < 60 ? word("just") : word(gap > 0 ? "ago" : "in").replace("%s", size);
    if (el.textContent !== text) el.textContent = text;
  };
  const beat = () => {
    if (doc.hidden) return;
    const now = window.steward.now();
    for (const el of all("[data-due]")) tick(el, now);
    for (const el of all("time[data-rel]")) since(el, now);
    for (const el of all("time[data-run]")) {
      const s = Math.max(0, Math.floor(now / 1000 - el.dataset.run)), two = (n) => String(n).padStart(2, "0");
      el.textContent = `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
    }
  };
  setInterval(beat, 1000);
  doc.addEventListener("visibilitychange", beat);

  /* ---- theme: at once here, remembered by the server ----------------------------------------------- */
  const themed = () => body.dispatchEvent(new CustomEvent("themechange"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", themed);
  doc.addEventListener("submit", (e) => {
    if (!e.target.matches("[data-theme-form]") || !e.submitter) return;
    e.preventDefault();
    const value = e.submitter.value;
    if (value) root.dataset.theme = value; else delete root.dataset.theme;
    for (const b of all("button", e.target)) b.setAttribute("aria-pressed", String(b === e.submitter));
    const sent = new FormData(e.target);
    sent.set("theme", value);
    fetch(e.target.action, { method: "POST", body: sent, headers: { "HX-Request": "true" } });
    themed();
  });

  /* ---- after every swap ------------------------------------------------------------------------------ */
  body.addEventListener("htmx:afterSettle", (e) => {
    restore(e.target);
    paint();
    const wrong = one("[aria-invalid=true]", e.target), head = e.target.matches?.("[data-view]") && one("h1, h2", e.target);
    if (wrong) wrong.focus();
    else if (head) { head.tabIndex = -1; head.focus({ preventScroll: true }); }
    else if (e.target.matches?.("#flash")) e.target.scrollIntoView({ block: "nearest" });
  });
  const failed = () => { one("#flash")?.replaceChildren(Object.assign(doc.createElement("div"), { className: "note", textContent: word("failed") })); one("#flash .note")?.setAttribute("data-tone", "danger"); };
  /* Live refreshes have their own sign of trouble; only what the person asked for may shout */
  const byNews = (e) => e.detail.requestConfig?.triggeringEvent?.type?.startsWith("live:");
  for (const name of ["htmx:responseError", "htmx:sendError"]) body.addEventListener(name, (e) => { if (!byNews(e)) failed(); });
  restore(doc);
  paint();
  beat();
})();
