/* Time series a person explores: any [data-chart] draws what its endpoint answers.
   {"t": [s…], "zone"?, "series": [{"name", "unit", "v": […], "kind"?}], "min"?, "max"?, "now"?, "limits"?: [{"at", "name"}],
    "bands"?: [{"from", "to"}]}; kind is forecast, low or high. Colours are read from the tokens when drawing. */
(() => {
  "use strict";
  const token = (name) => {
    /* Canvas knows no light-dark(): the browser resolves the token on an element and is asked for the result */
    const probe = document.createElement("i");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  };
  const faint = (colour, share) => `color-mix(in oklab, ${colour} ${share}%, transparent)`;
  const lang = document.documentElement.lang || "en";
  const LINES = ["s1", "s2", "s3", "s4"];

  const words = (value, unit) => {
    if (value === null || value === undefined) return "–";
    const shown = new Intl.NumberFormat(lang, { maximumFractionDigits: Math.abs(value) < 10 ? 2 : 1 }).format(value);
    return unit ? `${shown}${unit === "%" ? "" : " "}${unit}` : shown;
  };
  /* Times are the page's, which may be another zone than the browser's */
  const stamp = (seconds, span, timeZone) => new Intl.DateTimeFormat(lang, span > 172800
    ? { month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZone }
    : { weekday: "short", hour: "numeric", minute: "2-digit", timeZone }).format(seconds * 1000);
  const ticks = (values, span, timeZone) => {
    const form = new Intl.DateTimeFormat(lang, span > 172800 ? { month: "short", day: "numeric", timeZone } : { hour: "numeric", minute: "2-digit", timeZone });
    return values.map((s) => form.format(s * 1000));
  };

  const colour = (data, index) => {
    const main = data.series.filter((s) => !s.kind);
    const at = main.indexOf(data.series[index]);
    return token(LINES[(at < 0 ? 0 : at) % LINES.length]);
  };
  const line = (data, s, n) => {
    const stroke = colour(data, n), only = data.series.filter((x) => !x.kind).length === 1;
    if (s.kind === "low" || s.kind === "high") return { stroke: "transparent", points: { show: false } };
    const drawn = { label: s.name, stroke, width: 1.75, points: { show: false }, spanGaps: false };
    if (s.kind === "forecast") return { ...drawn, dash: [5, 4] };
    return only ? { ...drawn, fill: faint(stroke, 6) } : drawn;
  };
  const ranges = (data) => {
    const low = data.series.findIndex((s) => s.kind === "low"), high = data.series.findIndex((s) => s.kind === "high");
    return low < 0 || high < 0 ? [] : [{ series: [high + 1, low + 1], fill: faint(token("s1"), 14) }];
  };

  /* Planned work lies behind the lines; limits and now lie over them */
  const behind = (data) => (u) => {
    u.ctx.save();
    u.ctx.fillStyle = faint(token("info-mark"), 14);
    for (const b of data.bands || []) {
      const from = u.valToPos(b.from, "x", true), to = u.valToPos(b.to, "x", true);
      u.ctx.fillRect(from, u.bbox.top, Math.max(1, to - from), u.bbox.height);
    }
    u.ctx.restore();
  };
  const rule = (u, from, to, stroke, dash) => {
    const ctx = u.ctx, unit = devicePixelRatio;
    ctx.save();
    ctx.strokeStyle = stroke; ctx.lineWidth = unit; ctx.setLineDash(dash.map((d) => d * unit));
    ctx.beginPath(); ctx.moveTo(...from); ctx.lineTo(...to); ctx.stroke();
    ctx.restore();
  };
  const over = (data) => (u) => {
    const { left, top, width, height } = u.bbox;
    for (const limit of data.limits || []) {
      const y = u.valToPos(limit.at, "y", true);
      if (y >= top && y <= top + height) rule(u, [left, y], [left + width, y], token("danger-mark"), [3, 2]);
    }
    if (data.now) { const x = u.valToPos(data.now, "x", true); rule(u, [x, top], [x, top + height], token("edge"), []); }
  };

  const options = (data, width, height, say) => {
    const ink = token("ink-3"), span = data.t.at(-1) - data.t[0], unit = data.series[0]?.unit || "";
    const font = "11px Inter, system-ui, sans-serif";
    const axis = { stroke: ink, font, ticks: { show: false }, gap: 6 };
    const tops = (data.limits || []).map((l) => l.at);
    const range = (u, min, max) => {
      const low = data.min ?? Math.min(0, min ?? 0), high = data.max ?? Math.max(max ?? 1, ...tops);
      const room = (high - low) * 0.06 || 1;
      return [low, data.max ?? high + room];
    };
    return {
      width, height, padding: [8, 8, 0, 0], legend: { show: false },
      ...(data.zone && { tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), data.zone) }),
      cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
      scales: { x: { time: true }, y: { range } },
      axes: [
        { ...axis, size: 28, space: 90, grid: { show: false }, values: (u, at) => ticks(at, span, data.zone) },
        { ...axis, size: 56, space: 36, grid: { stroke: token("grid"), width: 1 }, values: (u, at) => at.map((v) => words(v, unit)) },
      ],
      bands: ranges(data),
      series: [{}, ...data.series.map((s, n) => line(data, s, n))],
      hooks: { drawClear: [behind(data)], draw: [over(data)], setCursor: [(u) => say(u.cursor.idx)] },
    };
  };

  const legend = (box, data) => {
    for (const old of box.querySelectorAll("[data-made]")) old.remove();
    const made = [];
    const entry = (name, mark) => {
      const span = document.createElement("span"), i = document.createElement("i");
      span.dataset.made = ""; i.dataset.s = mark;
      span.append(i, name);
      made.push(span);
    };
    let n = 0;
    for (const s of data.series) {
      if (s.kind === "forecast") entry(s.name, "dash");
      else if (!s.kind) entry(s.name, String(++n));
    }
    for (const l of data.limits || []) entry(l.name, "limit");
    box.prepend(...made);
  };

  const start = async (root) => {
    const plot = root.querySelector("[data-plot]"), read = root.querySelector("[data-read]"), rest = read.innerHTML;
    let u = null, data = null, at = null;
    const say = (index) => {
      if (index === null || index === undefined) { read.innerHTML = rest; return; }
      const values = data.series.filter((s) => s.kind !== "low" && s.kind !== "high" && s.v[index] !== null && s.v[index] !== undefined);
      read.textContent = `${stamp(data.t[index], data.t.at(-1) - data.t[0], data.zone)}: ${values.map((s) => `${s.name} ${words(s.v[index], s.unit)}`).join(", ") || "–"}`;
    };
    const draw = () => {
      u?.destroy();
      u = new uPlot(options(data, plot.clientWidth, plot.clientHeight, say), [data.t, ...data.series.map((s) => s.v)], plot);
      legend(root.querySelector("[data-legend]"), data);
    };
    const fetched = async () => {
      const answer = await fetch(root.dataset.chart, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const got = await answer.json();
      if (!got.t?.length) { read.textContent = root.dataset.none || rest || "No data yet"; return; }
      data = got;
      if (u && u.series.length === data.series.length + 1) u.setData([data.t, ...data.series.map((s) => s.v)]);
      else draw();
    };
    const again = () => fetched().catch(() => root.setAttribute("data-stale", ""));
    await again();

    plot.addEventListener("keydown", (e) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[e.key];
      if (!step || !u) return;
      e.preventDefault();
      at = Math.max(0, Math.min(data.t.length - 1, (at ?? data.t.length - 1) + step));
      u.setCursor({ left: u.valToPos(data.t[at], "x"), top: 0 });
      say(at);
    });
    plot.addEventListener("blur", () => { at = null; u?.setCursor({ left: -10, top: -10 }); read.innerHTML = rest; });
    new ResizeObserver(() => u?.setSize({ width: plot.clientWidth, height: plot.clientHeight })).observe(plot);
    document.body.addEventListener("themechange", () => { if (data) draw(); });
    setInterval(() => { if (!document.hidden) again(); }, 60000);
  };

  const all = (from) => {
    for (const el of from.querySelectorAll?.("[data-chart]:not([data-drawn])") || []) { el.setAttribute("data-drawn", ""); start(el); }
  };
  all(document);
  document.body.addEventListener("htmx:afterSettle", (e) => all(e.target));
})();
