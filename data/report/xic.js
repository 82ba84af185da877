// Chromatograms of one precursor over the runs, and its library spectrum against what was observed.

// Inlined traces are bytes of a square-root scale: value = top (byte / 255)^2.
function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; ++i) bytes[i] = text.charCodeAt(i);
  return bytes;
}

// {run, rt[], labels[], library[], raw[fragment][point], weight[], start, stop, apex, q, isDecoy}
function decodeTrace(t) {
  const points = t.rt.length, fragments = t.labels.length;
  const rows = (values) => [...Array(fragments).keys()].map((f) => [...values.slice(f * points, (f + 1) * points)]);
  if (typeof t.raw !== "string") return {...t, raw: rows(t.raw)};
  const raw = Array.from(bytesOf(t.raw), (b) => t.top * (b / 255) ** 2);
  return {...t, raw: rows(raw), weight: Array.from(bytesOf(t.weight), (b) => t.weightTop * (b / 255) ** 2)};
}

const sumIn = (trace, values) => values.reduce((sum, v, k) => trace.rt[k] >= trace.start && trace.rt[k] <= trace.stop ? sum + v : sum, 0);

function drawTrace(parent, trace) {
  const panel = el("div", {class: "panel"}, el("h4", {text: data.names[trace.run] ?? trace.run}),
    el("p", {text: `${isNumber(trace.apex) ? `apex ${show(trace.apex, 5)} min` : "no apex"}${isNumber(trace.q) ? `, q = ${show(trace.q, 3)}` : ""}${isNumber(trace.area) ? `, area ${show(trace.area)}` : ""}${trace.isDecoy ? ", decoy" : ""}`}));
  parent.append(panel);
  const limits = [];
  if (isNumber(trace.start)) limits.push({x: trace.start}, {x: trace.stop});
  plot(panel, {height: 210, legend: false, x: {label: "minutes", room: 0}, y: {label: "intensity", zero: true}, marks: limits, label: "fragment chromatograms",
    series: [...trace.raw.map((y, f) => ({kind: "line", x: trace.rt, y, name: trace.labels[f], colour: colour(f), width: 1.5})),
      ...(trace.weight.length ? [{kind: "line", x: trace.rt, y: scaledTo(trace.weight, Math.max(...trace.raw.flat(), 1)), name: "deconvolved (scaled)", colour: "var(--ink)", dash: "5 3", width: 1.2}] : [])]});
}
const scaledTo = (values, top) => {
  const most = Math.max(...values, 0);
  return most > 0 ? values.map((v) => v * top / most) : values;
};

// Upwards what was observed inside the limits, downwards the library, each scaled to its largest.
function drawMirror(parent, trace) {
  const observed = trace.raw.map((row) => sumIn(trace, row));
  const norm = (values) => { const top = Math.max(...values, 1e-30); return values.map((v) => 100 * v / top); };
  const up = norm(observed), down = norm(trace.library);
  const box = el("div", {class: "chart"});
  parent.append(box);
  whenSized(box, (width) => {
    const n = up.length, left = 46, right = 8, height = 250, middle = 114, reach = 92;
    const cell = (width - left - right) / Math.max(n, 1);
    const svg = el("svg", {viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "observed and library intensities"});
    for (const v of [-100, -50, 0, 50, 100]) {
      const y = middle - v * reach / 100;
      svg.append(el("line", {class: v === 0 ? "axis" : "grid", x1: left, x2: width - right, y1: y, y2: y}), el("text", {x: left - 5, y: y + 4, "text-anchor": "end", text: String(Math.abs(v))}));
    }
    svg.append(el("text", {class: "title", x: 11, y: middle, "text-anchor": "middle", transform: `rotate(-90 11 ${middle})`, text: "% of the largest"}));
    const text = (x, y, value) => el("text", {class: "title", x, y, "text-anchor": "end", text: value});
    svg.append(text(width - right, 14, "observed"), text(width - right, middle + reach - 4, "library"));
    for (let f = 0; f < n; ++f) {
      const x = left + f * cell + cell * 0.2, w = Math.max(2, cell * 0.6);
      const h = up[f] * reach / 100, d = down[f] * reach / 100;
      const seen = el("rect", {x, y: middle - h, width: w, height: h, fill: colour(f)});
      const expected = el("rect", {x, y: middle, width: w, height: d, fill: colour(f), "fill-opacity": 0.5});
      for (const bar of [seen, expected]) {
        bar.addEventListener("pointermove", (event) => showTip(event, `${trace.labels[f]}\nobserved ${show(up[f], 3)} %, library ${show(down[f], 3)} %`));
        bar.addEventListener("pointerleave", hideTip);
      }
      const cx = x + w / 2, cy = height - 36;
      svg.append(seen, expected, el("text", {x: cx + 4, y: cy, "text-anchor": "end", transform: `rotate(-45 ${cx + 4} ${cy})`, text: trace.labels[f]}));
    }
    box.replaceChildren(svg);
  });
}

// What the deconvolution leaves: matched intensity less weight times library, over time.
function drawResidual(parent, trace) {
  const total = trace.library.reduce((a, b) => a + b, 0) || 1;
  const seen = trace.rt.map((_, k) => trace.raw.reduce((sum, row) => sum + row[k], 0));
  const fitted = trace.weight.length ? trace.weight : trace.rt.map(() => 0);
  const residual = trace.rt.map((_, k) => trace.raw.reduce((sum, row, f) => sum + row[k] - fitted[k] * trace.library[f] / total, 0));
  const limits = isNumber(trace.start) ? [{x: trace.start}, {x: trace.stop}] : [];
  plot(parent, {height: 250, x: {label: "minutes", room: 0}, y: {label: "intensity"}, marks: [{y: 0}, ...limits], label: "residual",
    series: [{kind: "line", x: trace.rt, y: seen, name: "matched peaks, summed"}, {kind: "line", x: trace.rt, y: fitted, name: "own share (fitted)", colour: "var(--s2)"}, {kind: "line", x: trace.rt, y: residual, name: "residual", colour: "var(--s1)", dash: "4 3"}]});
}

function drawPrecursor(area, id, traces) {
  area.replaceChildren();
  if (!traces.length) { area.append(el("p", {class: "note", text: "No chromatogram of this precursor."})); return; }
  area.append(el("h3", {class: "mono", text: id}));
  const legend = el("div", {class: "legend"});
  traces[0].labels.forEach((label, f) => {
    const mark = el("i");
    mark.style.background = colour(f);
    legend.append(el("span", {}, mark, document.createTextNode(` ${label}`)));
  });
  legend.append(el("span", {text: "dashed curve: deconvolved weight; vertical lines: limits"}));
  const most = 24;
  const panels = el("div", {class: "panels"});
  area.append(legend, panels);
  traces.slice(0, most).forEach((t) => drawTrace(panels, t));
  if (traces.length > most) area.append(el("p", {class: "note", text: `The first ${most} of ${traces.length} runs.`}));
  const cards = cardsIn(area);
  cards.style.marginTop = "12px";
  perRun(card(cards, "Library and observed", "Fragment intensities summed between the limits, above; the library, below."), traces.map((t) => data.names[t.run] ?? t.run), (node, i) => drawMirror(node, traces[i]));
  perRun(card(cards, "Residual", "What other precursors or noise have in the matched peaks."), traces.map((t) => data.names[t.run] ?? t.run), (node, i) => drawResidual(node, traces[i]));
}

async function fromServer(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return answer.json();
}

function drawChromatograms() {
  const node = section("chromatograms", "Chromatograms");
  const inlined = data.xic ?? {precursors: [], total: 0};
  const note = data.isServed ? "All precursors of xic.parquet, as this server reads them."
    : `${many(inlined.precursors.length, "precursor")} of ${show(inlined.total)} in xic.parquet ${inlined.precursors.length === 1 ? "is" : "are"} in this page, those with the best scores; 'overland report --serve' shows all.`;
  const box = card(cardsIn(node), "Fragment chromatograms over the runs", note, true);
  const input = el("input", {type: "search", placeholder: "sequence, modified sequence or charge, e.g. PEPTIDEK2", "aria-label": "precursor", autocomplete: "off", spellcheck: "false"});
  const hits = el("ul", {class: "hits", hidden: true, role: "listbox"});
  const area = el("div");
  box.append(el("div", {class: "tools"}, el("div", {class: "search"}, input, hits)), area);
  let found = [], at = 0, asked = 0;
  const open = async (id) => {
    hits.hidden = true;
    input.value = id;
    const mine = ++asked;
    try {
      const traces = data.isServed ? await fromServer(`api/xic?id=${encodeURIComponent(id)}`) : inlined.precursors.find((p) => p.id === id).traces;
      if (mine === asked) drawPrecursor(area, id, traces.map(decodeTrace));
    } catch (error) {
      area.replaceChildren(el("p", {class: "note bad", text: `The chromatograms could not be read: ${error.message}`}));
    }
  };
  const list = () => {
    hits.replaceChildren(...found.map((id, i) => el("li", {role: "option", "aria-selected": String(i === at), text: id, onpointerdown: (event) => { event.preventDefault(); open(id); }})));
    hits.hidden = found.length === 0;
  };
  const search = async () => {
    const text = input.value.trim().toUpperCase();
    const mine = ++asked;
    try {
      const all = data.isServed ? await fromServer(`api/precursors?text=${encodeURIComponent(text)}`) : inlined.precursors.map((p) => p.id).filter((id) => id.toUpperCase().includes(text) || id.replace(/\([^)]*\)/g, "").includes(text));
      if (mine !== asked) return;
      found = all.slice(0, 50);
      at = 0;
      list();
    } catch (error) {
      area.replaceChildren(el("p", {class: "note bad", text: `The search failed: ${error.message}`}));
    }
  };
  input.addEventListener("input", search);
  input.addEventListener("focus", () => { input.select(); search(); });
  input.addEventListener("blur", () => { hits.hidden = true; });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && found[at]) { open(found[at]); input.blur(); }
    else if (event.key === "Escape") hits.hidden = true;
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") { at = Math.max(0, Math.min(found.length - 1, at + (event.key === "ArrowDown" ? 1 : -1))); list(); event.preventDefault(); }
  });
  const first = inlined.precursors[0]?.id;
  if (first && !data.isServed) open(first);
  if (data.isServed) fromServer("api/precursors?text=").then((ids) => { if (ids[0]) open(ids[0]); }, () => {});
}
