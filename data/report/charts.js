// Charts as SVG: lines, points, bars, areas and heat maps with hover and zoom. Colours are CSS
// variables, so one drawing serves light, dark and paper.

const SVG = "http://www.w3.org/2000/svg";

// An element with attributes and children; text is only ever set as text.
function el(name, attributes = {}, ...children) {
  const isSvg = el.svgNames.has(name);
  const node = isSvg ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "text") node.textContent = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}
el.svgNames = new Set(["svg", "g", "path", "line", "rect", "circle", "text", "clipPath", "defs", "title"]);

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
const colour = (index) => `var(--s${index % 12})`;

// 12,345 for counts; three or four digits of anything else.
function show(value, digits = 4) {
  if (!isNumber(value)) return value === null || value === undefined ? "–" : String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString("en-US");
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(2).replace("e+", "e").replace("-", "−").replace("e-", "e−");
  return Number(value.toPrecision(digits)).toLocaleString("en-US", {maximumFractionDigits: 6}).replace("-", "−");
}

function tickText(value, step) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4) {
    const [mantissa, power] = value.toExponential(1).split("e");
    return `${mantissa.replace(/\.0$/, "").replace("-", "−")}e${Number(power)}`.replace("e-", "e−");
  }
  const decimals = step ? Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) : 6;
  const text = value.toLocaleString("en-US", {minimumFractionDigits: step && step < 1 ? decimals : 0, maximumFractionDigits: decimals});
  return text.replace("-", "−");
}

function niceStep(span, count) {
  const rough = span / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  for (const factor of [1, 2, 5, 10]) if (rough <= factor * power * 1.0001) return factor * power;
  return 10 * power;
}

// Position of values on an axis, and its ticks.
function makeScale(low, high, from, to, isLog, wanted, isWhole = false) {
  if (isLog) {
    const a = Math.log10(low), b = Math.log10(high);
    const at = (v) => from + (to - from) * (Math.log10(v) - a) / (b - a || 1);
    const ticks = [];
    const factors = b - a > 2.2 ? [1] : b - a > 1 ? [1, 3] : [1, 2, 5];
    const stride = Math.max(1, Math.ceil((b - a) / wanted));
    for (let p = Math.floor(a); p <= Math.ceil(b); p += stride)
      for (const f of factors) {
        const v = f * 10 ** p;
        if (v >= low * 0.999 && v <= high * 1.001) ticks.push({value: v, text: tickText(Number(v.toPrecision(3)))});
      }
    return {at, back: (p) => 10 ** (a + (b - a) * (p - from) / (to - from)), ticks, low, high};
  }
  const at = (v) => from + (to - from) * (v - low) / (high - low || 1);
  const step = Math.max(niceStep(high - low || 1, wanted), isWhole ? 1 : 0);
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; ++k)
    ticks.push({value: k * step, text: tickText(Number((k * step).toPrecision(12)), step)});
  return {at, back: (p) => low + (high - low) * (p - from) / (to - from), ticks, low, high};
}

const tip = el("div", {class: "tip", role: "status"});
document.body.append(tip);
function showTip(event, text) {
  tip.textContent = text;
  tip.classList.add("on");
  const box = tip.getBoundingClientRect();
  const x = Math.min(event.clientX + 14, innerWidth - box.width - 6);
  const y = event.clientY + 16 + box.height > innerHeight ? event.clientY - box.height - 10 : event.clientY + 16;
  tip.style.left = `${Math.max(4, x)}px`;
  tip.style.top = `${Math.max(4, y)}px`;
}
const hideTip = () => tip.classList.remove("on");

// Draws when there is room, and anew when the room changes (but not for paper: the viewBox scales).
function whenSized(box, draw) {
  let last = 0;
  const redraw = () => {
    const width = Math.floor(box.clientWidth);
    if (width > 40 && Math.abs(width - last) > 1 && !matchMedia("print").matches) {
      last = width;
      draw(width);
    }
  };
  new ResizeObserver(() => requestAnimationFrame(redraw)).observe(box);
  redraw();
  return () => { last = 0; redraw(); };
}

const finite = (values) => values.filter(isNumber);
function extent(lists) {
  let low = Infinity, high = -Infinity;
  for (const list of lists)
    for (const v of list) if (isNumber(v)) {
      if (v < low) low = v;
      if (v > high) high = v;
    }
  return [low, high];
}

function axisRange(spec, lists) {
  let [low, high] = extent(lists);
  if (spec.log) {
    [low, high] = extent(lists.map((list) => list.filter((v) => v > 0)));
    if (low === Infinity) return [1, 10];
    return low === high ? [low / 2, high * 2] : [spec.low ?? low, spec.high ?? high];
  }
  if (low === Infinity) [low, high] = [0, 1];
  if (spec.zero) low = Math.min(0, low), high = Math.max(0, high);
  const room = (high - low || Math.abs(high) || 1) * (spec.room ?? 0.04);
  if (!(spec.zero && low === 0)) low -= room;
  high += room;
  return [spec.low ?? low, spec.high ?? high];
}

// series: {kind: "line" | "step" | "points" | "bars" | "area", x, y, low?, name, colour, width?, labels?}
// bars: x is the left edge, `step` their width. area: between `low` and y. marks: {x | y, text}.
function plot(parent, options) {
  const box = el("div", {class: "chart"});
  const all = options.series.filter((s) => s.x.length > 0);
  if (all.length === 0) {
    parent.append(el("p", {class: "note", text: options.empty ?? "Nothing to draw here."}));
    return box;
  }
  const hidden = new Set();
  let zoom = null;
  let redraw = () => {};
  const named = all.filter((s) => s.name);
  if (named.length > 1 && options.legend !== false) {
    const legend = el("div", {class: "legend"});
    for (const s of named) {
      const mark = el("i", {class: s.kind === "line" || s.kind === "step" ? "" : "box"});
      mark.style.background = s.colour ?? colour(all.indexOf(s));
      const button = el("button", {type: "button", "aria-pressed": "true"}, mark, el("span", {text: s.name}));
      button.addEventListener("click", () => {
        hidden.has(s) ? hidden.delete(s) : hidden.add(s);
        button.setAttribute("aria-pressed", String(!hidden.has(s)));
        redraw();
      });
      legend.append(button);
    }
    parent.append(legend);
  }
  parent.append(box);

  redraw = whenSized(box, (width) => drawPlot(box, width, options, all.filter((s) => !hidden.has(s)), zoom,
    (range) => { zoom = range; redraw(); }));
  return box;
}

function drawPlot(box, width, options, series, zoom, setZoom) {
  const xSpec = options.x ?? {}, ySpec = options.y ?? {};
  const height = options.height ?? 260;
  const top = 8, bottom = 40;
  const ends = series.map((s) => s.step ? s.x.map((v) => v + s.step) : []);
  const [x0, x1] = zoom ?? axisRange(xSpec, [...series.map((s) => s.x), ...ends]);
  const inZoom = (s) => zoom ? s.y.filter((_, i) => s.x[i] >= x0 && s.x[i] <= x1) : s.y;
  const lows = series.map((s) => s.low ? (zoom ? s.low.filter((_, i) => s.x[i] >= x0 && s.x[i] <= x1) : s.low) : []);
  const markLevels = (options.marks ?? []).filter((m) => isNumber(m.y)).map((m) => m.y);
  const bars = series.some((s) => s.kind === "bars");
  const [y0, y1] = axisRange({...ySpec, zero: ySpec.zero ?? bars}, [...series.map(inZoom), ...lows, markLevels]);
  const y = makeScale(y0, y1, height - bottom, top, ySpec.log, Math.max(2, Math.floor(height / 55)));
  const left = 30 + Math.max(14, ...y.ticks.map((t) => t.text.length * 7.1));
  const right = 12;
  const x = makeScale(x0, x1, left, width - right, xSpec.log, Math.max(2, Math.floor((width - left) / 75)), xSpec.whole);
  const id = `clip${++drawPlot.count}`;
  const svg = el("svg", {viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": options.label ?? `${ySpec.label ?? ""} against ${xSpec.label ?? ""}`});
  svg.append(el("defs", {}, el("clipPath", {id}, el("rect", {x: left, y: top, width: Math.max(1, width - right - left), height: height - bottom - top}))));
  for (const t of y.ticks) {
    svg.append(el("line", {class: "grid", x1: left, x2: width - right, y1: y.at(t.value), y2: y.at(t.value)}));
    svg.append(el("text", {x: left - 6, y: y.at(t.value) + 4, "text-anchor": "end", text: t.text}));
  }
  let lastEnd = -Infinity;
  for (const t of x.ticks) {
    const half = t.text.length * 3.5;
    const middle = Math.min(Math.max(x.at(t.value), half), width - half);
    svg.append(el("line", {class: "axis", x1: x.at(t.value), x2: x.at(t.value), y1: height - bottom, y2: height - bottom + 4}));
    if (middle - half < lastEnd + 4) continue;
    lastEnd = middle + half;
    svg.append(el("text", {x: middle, y: height - bottom + 17, "text-anchor": "middle", text: t.text}));
  }
  svg.append(el("line", {class: "axis", x1: left, x2: width - right, y1: height - bottom, y2: height - bottom}));
  if (xSpec.label) svg.append(el("text", {class: "title", x: (left + width - right) / 2, y: height - 5, "text-anchor": "middle", text: xSpec.label}));
  if (ySpec.label) {
    const middle = (top + height - bottom) / 2;
    svg.append(el("text", {class: "title", x: 11, y: middle, "text-anchor": "middle", transform: `rotate(-90 11 ${middle})`, text: middleCut(ySpec.label, Math.floor(height / 7.5))}));
  }
  const inner = el("g", {"clip-path": `url(#${id})`});
  svg.append(inner);
  series.forEach((s, i) => drawSeries(inner, s, s.colour ?? colour(i), x, y));
  for (const m of options.marks ?? []) {
    const isX = isNumber(m.x);
    const at = isX ? x.at(m.x) : y.at(m.y);
    inner.append(el("line", isX ? {class: "mark", x1: at, x2: at, y1: top, y2: height - bottom} : {class: "mark", x1: left, x2: width - right, y1: at, y2: at}));
    if (m.text) svg.append(el("text", isX ? {x: Math.min(at + 4, width - 60), y: top + 10, text: m.text} : {x: width - right - 2, y: at - 4, "text-anchor": "end", text: m.text}));
  }
  attachHover(svg, inner, box, options, series, x, y, {left, right: width - right, top, bottom: height - bottom, width}, setZoom, zoom);
  box.replaceChildren(svg);
}
drawPlot.count = 0;

function drawSeries(group, s, paint, x, y) {
  const r = (v) => Math.round(v * 10) / 10;
  const points = [];
  for (let i = 0; i < s.x.length; ++i) {
    if (!isNumber(s.x[i]) || !isNumber(s.y[i])) { points.push(null); continue; }
    points.push([r(x.at(s.x[i])), r(y.at(s.y[i]))]);
  }
  let d = "";
  if (s.kind === "bars") {
    const base = r(y.at(Math.max(y.low, 0)));
    s.x.forEach((v, i) => {
      if (!points[i] || s.y[i] === 0) return;
      const w = Math.max(0.8, x.at(v + s.step) - x.at(v) - (x.at(v + s.step) - x.at(v) > 4 ? 1 : 0));
      d += `M${points[i][0]} ${base}V${points[i][1]}h${r(w)}V${base}z`;
    });
    group.append(el("path", {d, fill: paint, "fill-opacity": s.opacity ?? 0.8}));
    return;
  }
  if (s.kind === "points") {
    for (const p of points) if (p) d += `M${p[0]} ${p[1]}h0`;
    group.append(el("path", {class: "dots", d, stroke: paint, "stroke-width": s.width ?? 3.4, "stroke-opacity": s.opacity ?? 0.5}));
    return;
  }
  if (s.kind === "area") {
    const forth = points.filter(Boolean);
    const back = s.x.map((v, i) => isNumber(v) && isNumber(s.y[i]) ? [r(x.at(v)), r(y.at(s.low ? s.low[i] : Math.max(0, y.low)))] : null).filter(Boolean).reverse();
    if (forth.length) d = "M" + [...forth, ...back].map((p) => p.join(" ")).join("L") + "z";
    group.append(el("path", {class: "area", d, fill: paint, "fill-opacity": s.opacity ?? 0.25}));
    return;
  }
  let isOpen = false, previous = null;
  for (const p of points) {
    if (!p) { isOpen = false; continue; }
    d += !isOpen ? `M${p[0]} ${p[1]}` : s.kind === "step" ? `V${previous[1]}H${p[0]}V${p[1]}` : `L${p[0]} ${p[1]}`;
    isOpen = true;
    previous = p;
  }
  group.append(el("path", {class: "line", d, stroke: paint, "stroke-width": s.width ?? 1.6, "stroke-dasharray": s.dash, "stroke-opacity": s.opacity}));
}

// Nearest value under the pointer; dragging zooms the x axis, a double click goes back.
function attachHover(svg, inner, box, options, series, x, y, area, setZoom, zoom) {
  const ring = el("circle", {class: "hover", r: 4.5, visibility: "hidden"});
  const span = el("rect", {class: "zoomed", y: area.top, height: area.bottom - area.top, visibility: "hidden"});
  inner.append(ring, span);
  let start = null;
  const position = (event) => {
    const rect = svg.getBoundingClientRect();
    return [(event.clientX - rect.left) * area.width / rect.width, (event.clientY - rect.top) * area.width / rect.width];
  };
  svg.addEventListener("pointermove", (event) => {
    const [px, py] = position(event);
    if (start !== null) {
      span.setAttribute("x", Math.min(px, start));
      span.setAttribute("width", Math.abs(px - start));
      span.setAttribute("visibility", "visible");
    }
    let best = null, bestDistance = Infinity;
    for (const s of series) {
      if (s.kind === "area" && !s.labels) continue;
      for (let i = 0; i < s.x.length; ++i) {
        if (!isNumber(s.x[i]) || !isNumber(s.y[i])) continue;
        const ax = x.at(s.x[i] + (s.step ?? 0) / 2), ay = y.at(s.y[i]);
        const distance = Math.abs(ax - px) + (s.kind === "bars" ? 0 : 0.6 * Math.abs(ay - py));
        if (distance < bestDistance) { bestDistance = distance; best = {s, i, ax, ay}; }
      }
    }
    if (!best || bestDistance > 60 || px < area.left - 4) { ring.setAttribute("visibility", "hidden"); hideTip(); return; }
    ring.setAttribute("cx", best.ax);
    ring.setAttribute("cy", best.ay);
    ring.setAttribute("visibility", "visible");
    const {s, i} = best;
    const head = s.labels ? `${s.labels[i]}\n` : s.name ? `${s.name}\n` : "";
    const where = options.tip ? options.tip(s, i) : `${options.x?.label ?? "x"}: ${show(s.x[i])}${s.step ? "…" + show(Number((s.x[i] + s.step).toPrecision(6))) : ""}\n${options.y?.label ?? "y"}: ${show(s.y[i])}`;
    showTip(event, head + where);
  });
  svg.addEventListener("pointerleave", () => { ring.setAttribute("visibility", "hidden"); hideTip(); });
  if (options.zoom === false) return;
  svg.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    start = position(event)[0];
    svg.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  svg.addEventListener("pointerup", (event) => {
    const from = start;
    start = null;
    if (from === null) return;
    const to = position(event)[0];
    span.setAttribute("visibility", "hidden");
    if (Math.abs(to - from) < 8) return;
    const clamp = (p) => Math.min(area.right, Math.max(area.left, p));
    setZoom([x.back(clamp(Math.min(from, to))), x.back(clamp(Math.max(from, to)))]);
  });
  svg.addEventListener("dblclick", () => { if (zoom) setZoom(null); });
}

const middleCut = (text, most) => text.length <= most ? text : `${text.slice(0, Math.ceil(most / 2) - 1)}…${text.slice(text.length - Math.floor(most / 2))}`;

// One horizontal bar per name while there are few; thin columns where there are many.
// series: [{name, values, colour?}]; colours: per bar, in place of the series' own.
// A series of points for each colour; the runs are numbered from 1.
function byColour(series, colours, plain) {
  const paints = colours ? [...new Set(colours)] : [plain];
  return paints.map((paint) => {
    const pick = series.values.map((_, i) => i).filter((i) => !colours || colours[i] === paint);
    return {kind: "points", x: pick.map((i) => i + 1), y: pick.map((i) => series.values[i]), name: series.name, colour: paint, opacity: 0.7, width: series.values.length > 100 ? 3.4 : 7};
  });
}

function namedBars(parent, options) {
  const {names, series} = options;
  if (names.length > (options.most ?? 40)) {
    const all = finite(series.flatMap((s) => s.values)).sort((a, b) => a - b);
    plot(parent, {
      height: options.height ?? 260, label: options.label,
      x: {label: "run, in the order of the table", low: 0, high: names.length + 1, whole: true}, y: {label: options.unit, room: 0.1},
      marks: series.length > 1 ? [{y: 0}] : all.length ? [{y: all[all.length >> 1]}] : [],
      series: series.flatMap((s, k) => byColour(s, options.colours, s.colour ?? colour(k))),
      tip: (s, i) => `${names[s.x[i] - 1]}\n${options.unit}: ${show(s.y[i])}${options.more ? "\n" + options.more(s.x[i] - 1) : ""}`,
    });
    return;
  }
  if (series.length > 1) {
    const legend = el("div", {class: "legend"});
    series.forEach((s, k) => {
      const mark = el("i", {class: "box"});
      mark.style.background = s.colour ?? colour(k);
      legend.append(el("span", {}, mark, document.createTextNode(` ${s.name}`)));
    });
    parent.append(legend);
  }
  const box = el("div", {class: "chart"});
  parent.append(box);
  whenSized(box, (width) => {
    const row = series.length > 1 ? 12 * series.length + 8 : 22;
    const bottom = 36, height = names.length * row + bottom + 6;
    const left = Math.min(width * 0.42, 12 + 7 * Math.max(4, ...names.map((n) => Math.min(n.length, 40))));
    const letters = Math.max(8, Math.floor((left - 10) / 6.6));
    const [, high] = extent(series.map((s) => s.values));
    const x = makeScale(0, high > 0 ? high * 1.02 : 1, left, width - 58, false, Math.max(2, Math.floor((width - left) / 90)));
    const svg = el("svg", {viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": options.label ?? options.unit});
    for (const t of x.ticks) {
      svg.append(el("line", {class: "grid", x1: x.at(t.value), x2: x.at(t.value), y1: 2, y2: height - bottom}));
      svg.append(el("text", {x: x.at(t.value), y: height - bottom + 15, "text-anchor": "middle", text: t.text}));
    }
    svg.append(el("text", {class: "title", x: (left + width - 58) / 2, y: height - 4, "text-anchor": "middle", text: options.unit}));
    names.forEach((name, i) => {
      const y = 4 + i * row;
      svg.append(el("text", {x: left - 7, y: y + row / 2 + 3, "text-anchor": "end", text: middleCut(name, letters)}));
      series.forEach((s, k) => {
        const value = s.values[i];
        const size = series.length > 1 ? 11 : row - 6;
        const bar = el("rect", {x: left, y: y + k * 12 + (series.length > 1 ? 1 : 1.5), width: Math.max(0, x.at(isNumber(value) ? value : 0) - left), height: size, rx: 2, fill: options.colours?.[i] ?? s.colour ?? colour(k), "fill-opacity": 0.85});
        const hit = el("rect", {x: 0, y: y + k * 12, width, height: series.length > 1 ? 12 : row, fill: "transparent"});
        hit.addEventListener("pointermove", (event) => showTip(event, `${name}\n${s.name ? s.name + ": " : ""}${show(value)} ${options.unit}${options.more ? "\n" + options.more(i) : ""}`));
        hit.addEventListener("pointerleave", hideTip);
        svg.append(bar, el("text", {x: x.at(isNumber(value) ? value : 0) + 5, y: y + k * 12 + size - (series.length > 1 ? 1 : 3), text: options.text ? options.text(value) : show(value)}), hit);
      });
    });
    box.replaceChildren(svg);
  });
}

// Square matrix of values in [low, high], from pale to strong.
function heatMap(parent, options) {
  const {names, values, low, high} = options;
  const box = el("div", {class: "chart"});
  parent.append(box);
  whenSized(box, (width) => {
    const n = names.length;
    const letters = Math.min(26, Math.max(6, ...names.map((name) => name.length)));
    const left = n > 40 ? 8 : Math.min(width * 0.36, 10 + letters * 6.8);
    const cell = Math.min(46, (width - left - 8) / n);
    const labelHeight = n > 40 ? 6 : Math.min(130, 12 + letters * 5.2);
    const svg = el("svg", {viewBox: `0 0 ${width} ${Math.ceil(n * cell + labelHeight + 34)}`, role: "img", "aria-label": options.label});
    const most = Math.floor((left - 8) / 6.6);
    for (let i = 0; i < n; ++i) {
      for (let j = 0; j < n; ++j) {
        const value = values[i][j];
        const share = isNumber(value) ? Math.min(1, Math.max(0, (value - low) / (high - low || 1))) : 0;
        const rect = el("rect", {x: left + j * cell, y: i * cell + 2, width: cell - (cell > 6 ? 1 : 0), height: cell - (cell > 6 ? 1 : 0), fill: isNumber(value) ? "var(--s0)" : "var(--grid)", "fill-opacity": isNumber(value) ? 0.06 + 0.94 * share : 1});
        rect.addEventListener("pointermove", (event) => showTip(event, `${names[i]}\n${names[j]}\n${options.unit}: ${show(value)}`));
        rect.addEventListener("pointerleave", hideTip);
        svg.append(rect);
        if (cell > 34 && isNumber(value)) {
          const text = el("text", {class: "inside", x: left + j * cell + cell / 2, y: i * cell + cell / 2 + 5, "text-anchor": "middle", text: value.toFixed(2)});
          text.style.fill = share > 0.5 ? "var(--card)" : "var(--ink)";
          text.style.pointerEvents = "none";
          svg.append(text);
        }
      }
      if (n > 40 || cell < 9) continue;
      svg.append(el("text", {x: left - 6, y: i * cell + cell / 2 + 5, "text-anchor": "end", text: middleCut(names[i], most)}));
      const x = left + i * cell + cell / 2 + 3, y = n * cell + 10;
      svg.append(el("text", {x, y, "text-anchor": "end", transform: `rotate(-50 ${x} ${y})`, text: middleCut(names[i], 20)}));
    }
    const y = n * cell + labelHeight + 14;
    const key = Math.min(160, width / 3);
    for (let k = 0; k < 20; ++k) svg.append(el("rect", {x: left + k * key / 20, y, width: key / 20 + 0.5, height: 9, fill: "var(--s0)", "fill-opacity": 0.06 + 0.94 * k / 19}));
    svg.append(el("text", {x: left - 5, y: y + 9, "text-anchor": left > 40 ? "end" : "start", text: left > 40 ? show(low, 3) : ""}));
    svg.append(el("text", {x: left + key + 5, y: y + 9, text: `${left > 40 ? "" : show(low, 3) + " … "}${show(high, 3)}  ${options.unit}`}));
    box.replaceChildren(svg);
  });
}

// A table whose columns sort by a click. columns: [{name, unit, note, values}].
function sortableTable(parent, columns, options = {}) {
  const rows = columns[0]?.values.length ?? 0;
  let order = [...Array(rows).keys()], by = -1, isUp = true;
  const body = el("tbody");
  const isText = columns.map((c) => c.values.some((v) => typeof v === "string"));
  const most = options.most ?? 400;
  const kinds = columns.map((c, k) => !isText[k] ? "" : c.values.some((v) => String(v ?? "").length > 60) ? "long" : "text");
  const fill = () => body.replaceChildren(...order.slice(0, most).map((r) => el("tr", {}, ...columns.map((c, k) =>
    el("td", {class: kinds[k], text: show(c.values[r])})))));
  const head = el("tr");
  columns.forEach((c, k) => {
    const cell = el("th", {class: isText[k] ? "text" : "", title: c.note ?? null, scope: "col"},
      el("button", {type: "button", text: c.name.replace(/\./g, " "), onclick: () => {
        isUp = by === k ? !isUp : isText[k];
        by = k;
        const sign = isUp ? 1 : -1;
        order.sort((a, b) => {
          const va = c.values[a], vb = c.values[b];
          if (va === null || vb === null) return (va === null) - (vb === null) || a - b;
          return sign * (isText[k] ? String(va).localeCompare(String(vb), "en", {numeric: true}) : va - vb) || a - b;
        });
        head.querySelectorAll("th").forEach((h, i) => h.setAttribute("aria-sort", i === k ? (isUp ? "ascending" : "descending") : "none"));
        fill();
      }}), c.unit ? el("small", {text: c.unit}) : null);
    head.append(cell);
  });
  fill();
  parent.append(el("div", {class: "scroll", tabindex: "0", role: "region", "aria-label": options.label ?? "table"}, el("table", {}, el("thead", {}, head), body)));
  const onPaper = [columns.length > 12 ? `12 of ${columns.length} columns` : "", rows > 60 ? `60 of ${show(rows)} rows` : ""].filter(Boolean).join(" and ");
  if (onPaper) parent.append(el("p", {class: "note printonly", text: `The first ${onPaper}; all are in ${options.file ?? "the page"}.`}));
  if (rows > most) parent.append(el("p", {class: "note noprint", text: `The first ${most} of ${show(rows)} rows in the chosen order; all are in ${options.file}.`}));
}
