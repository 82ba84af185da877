// The page: one function per section, each drawn when its data are there.

const data = JSON.parse(document.getElementById("data").textContent);
const main = document.getElementById("page");
const sections = [];

function section(id, title) {
  const node = el("section", {id}, el("h2", {text: title}));
  main.append(node);
  sections.push({id, title});
  return node;
}
const cardsIn = (node) => {
  const cards = el("div", {class: "cards"});
  node.append(cards);
  return cards;
};
function card(cards, title, note, isWide = false) {
  const node = el("div", {class: isWide ? "card wide" : "card"}, el("h3", {text: title}), note ? el("p", {text: note}) : null);
  cards.append(node);
  return node;
}
const median = (values) => {
  const sorted = finite(values).sort((a, b) => a - b);
  return sorted.length ? (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2 : null;
};
const many = (count, one, more) => `${show(count)} ${count === 1 ? one : more ?? one + "s"}`;
const percent = (share) => isNumber(share) ? `${show(100 * share, 3)} %` : "–";

// A choice of run above the charts of one run. `draw(node, position)` fills `node`.
function perRun(parent, names, draw) {
  const area = el("div");
  if (names.length > 1) {
    const choice = el("select", {"aria-label": "run"});
    names.forEach((name, i) => choice.append(el("option", {value: i, text: name})));
    const step = (by) => { choice.value = String((Number(choice.value) + by + names.length) % names.length); change(); };
    const change = () => { area.replaceChildren(); draw(area, Number(choice.value)); };
    choice.addEventListener("change", change);
    parent.append(el("div", {class: "tools"}, el("label", {text: "run"}), choice,
      el("button", {type: "button", text: "‹", "aria-label": "previous run", onclick: () => step(-1)}),
      el("button", {type: "button", text: "›", "aria-label": "next run", onclick: () => step(1)})));
  }
  parent.append(area);
  draw(area, 0);
}

function themeButton() {
  const root = document.documentElement;
  let stored = null;
  try { stored = localStorage.getItem("overland-theme"); } catch { /* file:// pages may have no storage */ }
  if (stored) root.dataset.theme = stored;
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const button = el("button", {type: "button", class: "noprint", text: isDark() ? "light" : "dark", "aria-label": "light or dark colours"});
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    button.textContent = isDark() ? "light" : "dark";
    try { localStorage.setItem("overland-theme", root.dataset.theme); } catch { /* it holds for this visit */ }
  });
  return button;
}

function pageHead(what, tiles) {
  const top = document.getElementById("top");
  document.title = `${data.title}: Overland`;
  top.append(el("div", {class: "head"}, el("h1", {text: data.title}), el("span", {class: "what", text: what}), themeButton()));
  if (tiles.length) top.append(el("div", {class: "tiles"}, ...tiles.map(([value, text, id]) => el("div", {class: "tile"}, el("b", {text: value, id: id ?? null}), el("span", {text})))));
}
function pageFoot() {
  const top = document.getElementById("top");
  if (sections.length > 1) top.insertBefore(el("nav", {"aria-label": "sections"}, ...sections.map((s) => el("a", {href: `#${s.id}`, text: s.title}))), top.children[1] ?? null);
  document.getElementById("foot").textContent = `Made by ${data.program}. The page holds its data and needs no network.`;
}

const conditionColour = (run) => data.condition && data.condition[run] >= 0 ? colour(data.condition[run]) : colour(0);

function drawIdentifications() {
  const ids = data.ids;
  const node = section("identifications", "Identifications");
  const cards = cardsIn(node);
  const isGrouped = data.conditions.length > 1;
  const perRunCard = card(cards, "Precursors per run", `Targets in report.parquet: ${data.filter || "as filtered by the search"}.${isGrouped ? " Colour: condition." : ""}`);
  namedBars(perRunCard, {names: data.names, unit: "precursors", label: "precursors per run", series: [{name: "", values: ids.precursors}],
    colours: isGrouped ? data.names.map((_, i) => conditionColour(i)) : undefined,
    more: (i) => `peptides: ${show(ids.peptides[i])}${ids.groups ? `\nprotein groups: ${show(ids.groups[i])}` : ""}${isGrouped && data.condition[i] >= 0 ? `\ncondition: ${data.conditions[data.condition[i]]}` : ""}`});
  if (ids.groups) namedBars(card(cards, "Protein groups per run", ids.groupsNote), {names: data.names, unit: "protein groups", series: [{name: "", values: ids.groups}],
    colours: isGrouped ? data.names.map((_, i) => conditionColour(i)) : undefined});
  const q = data.qCurve;
  const shown = !q.quantiles;
  const curves = shown
    ? q.runs.map((y, i) => ({kind: "line", x: q.grid, y, name: data.names[i]}))
    : q.quantiles.map((y, i) => ({kind: "line", x: q.grid, y, name: ["lowest run", "median run", "highest run"][i]}));
  plot(card(cards, "Precursors against the q-value", "Targets at or below each run-specific q-value."),
    {x: {label: "q-value", log: true}, y: {label: "precursors", zero: true}, series: curves.filter((s) => s.y.length), label: "precursors against q-value"});
  if (ids.charges.length) namedBars(card(cards, "Charges", "Share of the reported rows."), {names: ids.charges.map(([z]) => `${z}+`), unit: "% of rows", series: [{name: "", values: ids.charges.map(([, share]) => Number((100 * share).toPrecision(3)))}]});
  if (data.importance) namedBars(card(cards, "What rescoring leans on", `Share of the gain of all splits of its trees: the ${data.importance.names.length} most important features of a peak group.`), {names: data.importance.names, unit: "% of gain", label: "importance of features", series: [{name: "", values: data.importance.shares}]});
}

const curveOf = (run, pattern) => data.models[run]?.curves.find((c) => pattern.test(c.name));

function drawCalibration() {
  const runs = data.runDetails;
  const hasModel = data.models.some((m) => m && m.curves.length);
  const node = section("calibration", "Calibration");
  const cards = cardsIn(node);
  perRun(card(cards, "Retention time", "Library scale against time: reported precursors, the run's model and its search tolerance."), runs.map((r) => data.names[r.run]), (area, i) => {
    const r = runs[i];
    const curve = curveOf(r.run, /irt_of_rt/);
    const tolerance = data.models[r.run]?.values["rt.tolerance_irt"];
    const local = curveOf(r.run, /tolerance_of_rt/);
    const series = [{kind: "points", x: r.rt, y: r.irt, name: "precursors", colour: "var(--s0)"}];
    if (curve) {
      const [low, high] = extent([r.rt]);
      const line = stretched(curve, low, high);
      const reach = (t) => local ? valueAt(local, t) : tolerance;
      if (isNumber(tolerance)) series.unshift({kind: "area", x: line.x, y: line.x.map((t, k) => line.y[k] + reach(t)), low: line.x.map((t, k) => line.y[k] - reach(t)), name: "search tolerance", colour: "var(--s1)", opacity: 0.14});
      series.push({kind: "line", x: line.x, y: line.y, name: "model", colour: "var(--s1)"});
    }
    plot(area, {x: {label: "retention time (minutes)"}, y: {label: "iRT of the library"}, series, label: "retention-time alignment"});
  });
  perRun(card(cards, "Retention-time error", "Observed less predicted, over the run."), runs.map((r) => data.names[r.run]), (area, i) => {
    const r = runs[i];
    plot(area, {x: {label: "retention time (minutes)"}, y: {label: "error (seconds)"}, marks: [{y: 0}], series: [{kind: "points", x: r.rt, y: r.rtError, colour: "var(--s0)"}], label: "retention-time error"});
  });
  drawMassError(cards, "mass", "fragments");
  drawMassError(cards, "ms1_mass", "precursors (MS1)");
  const sd = data.models.map((m) => m?.values["mass.sd_ppm"] ?? null);
  if (sd.some(isNumber) && data.names.length > 1) namedBars(card(cards, "Spread of the mass error", "Of fragments: standard deviation after the correction."), {names: data.names, unit: "ppm", series: [{name: "", values: sd}]});
  drawEnergy(cards);
  drawQuadrupole(cards);
  drawOtherModels(cards);
  if (!hasModel) node.append(el("p", {class: "note", text: "The calibration models are not drawn: the folder work/ of this search is gone."}));
}

const noPoints = {x: [], y: [], z: []};
const pointsOf = (run, kind) => data.points?.[run]?.[kind] ?? noPoints;

// Value of a curve of knots; 0 without knots.
function valueAt(curve, x) {
  if (!curve || !curve.x.length) return 0;
  if (curve.x.length === 1) return curve.y[0];
  let i = 0;
  while (i + 2 < curve.x.length && curve.x[i + 1] <= x) ++i;
  return curve.y[i] + (x - curve.x[i]) * (curve.y[i + 1] - curve.y[i]) / (curve.x[i + 1] - curve.x[i] || 1);
}

// Over time (the part that depends on m/z taken away) and over m/z (the part of time taken away).
function drawMassError(cards, kind, of) {
  const named = (run, name) => data.models[run]?.curves.find((c) => c.name === `${kind}.${name}`);
  // A run without MS1 scans has a model for them, too: that of the fragments. Nothing was measured.
  const isMeasured = (run) => kind === "mass" || pointsOf(run, kind).x.length > 0;
  const runs = data.names.map((_, i) => i).filter((i) => named(i, "offset_ppm_of_rt") && isMeasured(i));
  if (!runs.length) return;
  const parts = (run) => ({time: named(run, "offset_ppm_of_rt"), mz: named(run, "offset_ppm_of_mz"), points: pointsOf(run, kind),
    low: data.models[run].values[`${kind}.tolerance_low_ppm`], high: data.models[run].values[`${kind}.tolerance_high_ppm`]});
  const draw = (area, label, x, y, curve, fallback, m) => {
    const [low, high] = extent([x.length ? x : fallback]);
    const line = stretched(curve, low, high);
    plot(area, {x: {label}, y: {label: "error (ppm)", zero: true}, marks: [{y: 0}], label: `mass error of ${of}`, series: [
      {kind: "area", x: line.x, y: line.y.map((v) => v + m.high), low: line.y.map((v) => v + m.low), name: "tolerance", colour: "var(--s1)", opacity: 0.14},
      {kind: "points", x, y, name: "confident identifications", colour: "var(--s0)"}, {kind: "line", x: line.x, y: line.y, name: "model", colour: "var(--s1)"}]});
  };
  perRun(card(cards, `Mass error of ${of} over time`, "The run's model, with the tolerance that the search used around it."), runs.map((r) => data.names[r]), (area, i) => {
    const m = parts(runs[i]);
    const times = data.runDetails.find((r) => r.run === runs[i])?.rt ?? [0, 1];
    draw(area, "retention time (minutes)", m.points.x, m.points.y.map((v, k) => v - valueAt(m.mz, m.points.z[k])), m.time, times, m);
  });
  const withMz = runs.filter((r) => parts(r).mz);
  if (withMz.length) perRun(card(cards, `Mass error of ${of} over m/z`, "What is left when the drift over time is taken away."), withMz.map((r) => data.names[r]), (area, i) => {
    const m = parts(withMz[i]);
    draw(area, "m/z", m.points.z, m.points.y.map((v, k) => v - valueAt(m.time, m.points.x[k])), m.mz, m.mz.x, m);
  });
}

// Collision energy: the best of each confident identification against m/z, and the curve of agreement.
function drawEnergy(cards) {
  const runs = data.names.map((_, i) => i).filter((i) => pointsOf(i, "energy").x.length > 0);
  const byCharge = (p, make) => [...new Set(p.z)].sort((a, b) => a - b).map((z, k) => {
    const pick = p.x.map((_, j) => j).filter((j) => p.z[j] === z);
    return make(pick.map((j) => p.x[j]), pick.map((j) => p.y[j]), `${z}+`, colour(k));
  });
  if (runs.length) perRun(card(cards, "Collision energy", "At which the library's spectra agree best with those of confident identifications."), runs.map((r) => data.names[r]), (area, i) =>
    plot(area, {x: {label: "m/z of the precursor"}, y: {label: "NCE"}, label: "collision energy", series: byCharge(pointsOf(runs[i], "energy"), (x, y, name, paint) => ({kind: "points", x, y, name, colour: paint}))}));
  const profiles = data.names.map((_, i) => i).filter((i) => pointsOf(i, "energy_profile").x.length > 0);
  if (profiles.length) perRun(card(cards, "Agreement by collision energy", "Mean similarity of observed and library spectra."), profiles.map((r) => data.names[r]), (area, i) =>
    plot(area, {x: {label: "NCE"}, y: {label: "similarity"}, label: "agreement by collision energy", series: byCharge(pointsOf(profiles[i], "energy_profile"), (x, y, name, paint) => ({kind: "line", x, y, name, colour: paint}))}));
}

// A curve over a range, neither shorter nor longer: beyond its knots the outermost pieces go on, as in the search.
function stretched(curve, low, high) {
  const x = [low, ...curve.x.filter((v) => v > low && v < high), high];
  return {x, y: x.map((v) => valueAt(curve, v))};
}

const modelTitles = [[/nce|energy/i, "Collision energy", "m/z of the precursor", "NCE"], [/quad|transmission/i, "Quadrupole transmission", "m/z from the window's centre", "transmission"]];

// T(d) = 1 / (1 + exp(2 ln 9 (d - offset) / width)): from 0.9 to 0.1 over the width. The search's own form, which
// depends on the window's width too, comes to this where windows are wide against their edges.
function transmissionAt(distance, edge) {
  return 1 / (1 + Math.exp(2 * Math.log(9) * (distance - edge.offset) / Math.max(edge.width, 1e-3)));
}

// Both edges of a run; over the runs where half is let through.
function drawQuadrupole(cards) {
  const edge = (run, side) => ({offset: data.models[run]?.values[`quad.${side}_edge.offset_mz`], width: data.models[run]?.values[`quad.${side}_edge.width_mz`]});
  const methods = data.runs.find((c) => c.name === "Quad.Method")?.values ?? [];
  const runs = data.names.map((_, i) => i).filter((i) => isNumber(edge(i, "low").width) && methods[i] === "fitted");
  if (!runs.length) return;
  const x = [...Array(121).keys()].map((k) => (k - 60) / 50);
  perRun(card(cards, "Quadrupole transmission", "Share of an ion that is let through near the limits of its isolation window, as fitted to isotopes of fragments; 0 is the nominal limit."), runs.map((r) => data.names[r]), (area, i) => {
    const line = (side, k) => ({kind: "line", x, y: x.map((d) => transmissionAt(d, edge(runs[i], side))), name: `${side} edge`, colour: colour(k)});
    plot(area, {x: {label: "m/z outside of the limit", room: 0}, y: {label: "transmission", zero: true}, marks: [{x: 0}], label: "quadrupole transmission", series: [line("low", 0), line("high", 1)]});
  });
  if (runs.length > 1) namedBars(card(cards, "Quadrupole edges", "Where half is let through: m/z outside of the nominal limit."), {names: runs.map((r) => data.names[r]), unit: "m/z", label: "quadrupole edges",
    most: 0, series: ["low", "high"].map((side) => ({name: `${side} edge`, values: runs.map((r) => edge(r, side).offset)}))});
}

// Whatever else calibration fitted: each kind of curve one chart, a line per part.
function drawOtherModels(cards) {
  const groups = new Map();
  data.models.forEach((m, run) => (m?.curves ?? []).forEach((c) => {
    if (/irt_of_rt|tolerance_of_rt|mass.*offset/.test(c.name)) return;
    const key = c.name.split(".")[0];
    if (!groups.has(key)) groups.set(key, new Map());
    const byRun = groups.get(key);
    if (!byRun.has(run)) byRun.set(run, []);
    byRun.get(run).push(c);
  }));
  for (const [key, byRun] of groups) {
    const known = modelTitles.find(([pattern]) => pattern.test(key));
    const runs = [...byRun.keys()];
    perRun(card(cards, known ? known[1] : `Model: ${key.replace(/_/g, " ")}`, "As fitted for the run."), runs.map((r) => data.names[r]), (area, i) => {
      plot(area, {x: {label: known ? known[2] : "x"}, y: {label: known ? known[3] : "value"}, series: byRun.get(runs[i]).map((c) => ({kind: "line", x: c.x, y: c.y, name: c.name.slice(key.length + 1).replace(/[._]/g, " ")}))});
    });
  }
  const energies = data.models.map((m) => m?.values["nce"] ?? null);
  if (energies.some((v) => v > 0)) namedBars(card(cards, "Collision energy used", "At which the library's spectra were evaluated."), {names: data.names, unit: "NCE", series: [{name: "", values: energies}]});
}

function histogramSeries(h, counts, name, index) {
  const x = counts.map((_, i) => Number((h.low + i * h.step).toPrecision(10)));
  return {kind: "bars", x, y: counts, step: h.step, name, colour: colour(index)};
}

const mostOverlaid = 12;

// At each of some times the lowest, middle and highest of the curves that reach there, without the
// outermost twentieths.
function spreadOf(runs) {
  const [low, high] = extent(runs.map((r) => r.x));
  const x = [...Array(61).keys()].map((k) => low + (high - low) * k / 60);
  const at = x.map((t) => runs.filter((r) => t >= r.x[0] && t <= r.x[r.x.length - 1]).map((r) => valueAt(r, t)).sort((a, b) => a - b));
  const part = (share) => at.map((values) => values.length ? values[Math.round(share * (values.length - 1))] : null);
  return {x, low: part(0.05), middle: part(0.5), high: part(0.95)};
}

// Curves of runs over time: all in one chart, as a band where they are many, and each by itself.
function overTime(parent, runs, label, y, marks = []) {
  const areFew = runs.length <= mostOverlaid;
  const line = (r) => ({kind: "line", x: r.x, y: r.y, name: data.names[r.run], colour: areFew ? colour(r.run) : colour(0), width: 1.3});
  const together = () => {
    if (areFew) return runs.map(line);
    const spread = spreadOf(runs);
    return [{kind: "area", x: spread.x, y: spread.high, low: spread.low, name: "nine tenths of the runs", colour: colour(0), opacity: 0.2}, {kind: "line", x: spread.x, y: spread.middle, name: "median run", colour: colour(0)}];
  };
  perRun(parent, [...(runs.length > 1 ? ["all runs"] : []), ...runs.map((r) => data.names[r.run])], (area, i) => {
    const series = runs.length === 1 ? [line(runs[0])] : i === 0 ? together() : [line(runs[i - 1])];
    plot(area, {x: {label: "retention time (minutes)"}, y, marks, label, series});
  });
}

function drawTic(cards) {
  for (const [level, title] of [["ms1", "Total ion current, MS1"], ["ms2", "Total ion current, MS2"]]) {
    const runs = (data.tic ?? []).filter((r) => r[level]).map((r) => ({run: r.run, ...r[level]}));
    if (runs.length) overTime(card(cards, title, "Mean of the scans in each short span of time."), runs, title, {label: "counts", zero: true});
  }
}

// Curves over time; runs that were corrected by one number as bars.
function drawNormalisation(cards) {
  const all = (data.normalisation ?? []).filter((r) => r.method !== "none");
  const curves = all.filter((r) => r.method === "curve");
  const constants = all.filter((r) => r.method !== "curve");
  if (curves.length) overTime(card(cards, "Normalisation", `log2 taken off each run's quantities, fitted to precursors that keep still over the runs (scatter around it: ${show(median(curves.map((r) => r.sd)), 2)}).`),
    curves, "normalisation", {label: "log2 correction"}, [{y: 0}]);
  if (constants.length) plot(card(cards, "Normalisation by one number", "log2 taken off each run's quantities."), {
    x: {label: "run, in the order of the table", low: 0.5, high: data.names.length + 0.5, whole: true}, y: {label: "log2 correction", zero: true}, marks: [{y: 0}], zoom: false, label: "normalisation",
    series: [{kind: "points", width: 8, opacity: 0.8, x: constants.map((r) => r.run + 1), y: constants.map((r) => r.y[0]), labels: constants.map((r) => data.names[r.run])}], tip: (s, i) => `log2: ${show(s.y[i], 3)}`});
}

function drawChromatography() {
  const node = section("chromatography", "Chromatography");
  const cards = cardsIn(node);
  drawTic(cards);
  const titles = {fwhm: ["Peak widths", "Full width at half maximum."], points: ["Points per peak", "Scans inside the limits with signal; six or more describe a peak well."]};
  for (const key of ["fwhm", "points"]) {
    const h = data.histograms[key];
    if (!h) continue;
    perRun(card(cards, titles[key][0], titles[key][1]), ["all runs", ...(h.runs ? data.names : [])], (area, i) => {
      plot(area, {x: {label: h.label}, y: {label: "precursors", zero: true}, series: [histogramSeries(h, i === 0 ? h.all : h.runs[i - 1], "", 0)], marks: isNumber(h.median) && i === 0 ? [{x: h.median, text: `median ${show(h.median, 3)}`}] : [], label: titles[key][0]});
    });
    if (data.names.length > 1) namedBars(card(cards, `${titles[key][0]}: medians`, "Per run."), {names: data.names, unit: h.label, series: [{name: "", values: h.medians}]});
  }
}

function drawQuantities() {
  const node = section("quantities", "Quantities");
  const cards = cardsIn(node);
  const h = data.histograms.quantity;
  if (h) perRun(card(cards, "Range of quantities", data.quantityNote), ["all runs", ...(h.runs ? data.names : [])], (area, i) => {
    plot(area, {x: {label: h.label}, y: {label: "precursors", zero: true}, series: [histogramSeries(h, i === 0 ? h.all : h.runs[i - 1], "", 0)], label: "range of quantities"});
  });
  const loss = data.histograms.interference;
  if (loss) perRun(card(cards, "Interference", "Share of the matched peaks' intensity that belongs to other precursors."), ["all runs", ...(loss.runs ? data.names : [])], (area, i) => {
    plot(area, {x: {label: loss.label}, y: {label: "precursors", zero: true}, series: [histogramSeries(loss, i === 0 ? loss.all : loss.runs[i - 1], "", 0)], label: "interference"});
  });
  drawNormalisation(cards);
  if (data.names.length > 1) {
    const found = data.missing.foundIn;
    plot(card(cards, "Missing values", `${show(data.missing.complete)} of ${show(data.missing.precursors)} precursors have a row in every run (${percent(data.missing.complete / data.missing.precursors)}).`), {
      x: {label: "found in at least … runs", low: 0.5, whole: true}, y: {label: "precursors", zero: true}, label: "precursors by number of runs",
      series: [{kind: "bars", x: found.map((_, i) => i + 0.5), y: found, step: 1, name: ""}],
      tip: (s, i) => `in at least ${many(i + 1, "run")}\n${many(s.y[i], "precursor")} (${percent(s.y[i] / data.missing.precursors)})`});
  }
  if (data.cv.length) {
    plot(card(cards, "Coefficients of variation", `Within each condition of two or more runs (${data.conditionsFrom}); precursors with a quantity in at least 70 % of its runs. ${data.cvNote}`), {
      x: {label: "CV (%)", low: 0}, y: {label: "share of precursors (%)", zero: true}, label: "coefficients of variation",
      series: data.cv.map((c, k) => ({kind: "step", x: c.counts.map((_, i) => i * c.step), y: c.counts.map((n) => Number((100 * n / c.precursors).toPrecision(4))), name: `${c.condition} (${c.runs} runs): median ${show(c.median, 3)} %`, colour: colour(c.index ?? k)}))});
  }
  for (const r of data.ratios) {
    const groups = r.groups.length ? r.groups : [""];
    plot(card(cards, `Ratios ${r.a} / ${r.b}`, `Means of the runs of each condition; ${show(r.count)} precursors${r.shown < r.count ? `, ${show(r.shown)} of them drawn` : ""}, median log2 ratio ${show(r.median, 3)}.`), {
      x: {label: `log10 mean quantity`}, y: {label: "log2 ratio"}, marks: [{y: 0}], label: `ratios ${r.a} to ${r.b}`,
      series: groups.map((g, k) => {
        const pick = r.x.map((_, i) => i).filter((i) => !r.groups.length || r.group[i] === k);
        return {kind: "points", x: pick.map((i) => r.x[i]), y: pick.map((i) => r.y[i]), name: g, colour: colour(k)};
      })});
  }
}

function drawCohort() {
  const node = section("cohort", "Runs compared");
  const cards = cardsIn(node);
  const pca = data.pca;
  if (pca) {
    const used = data.conditions.length > 1 ? data.conditions.map((name, k) => ({name, k})) : [{name: "", k: -1}];
    const others = data.conditions.length > 1 && pca.run.some((r) => data.condition[r] < 0) ? [{name: "no condition", k: -1}] : [];
    plot(card(cards, "Principal components", `Of log2 quantities of ${show(pca.precursors)} precursors seen in at least 70 % of the runs; each run shifted to a common median.`), {
      x: {label: `component 1 (${percent(pca.share[0])} of variance)`, room: 0.1}, y: {label: `component 2 (${percent(pca.share[1])})`, room: 0.1}, zoom: false, height: 300, label: "principal components",
      series: [...used, ...others].map(({name, k}) => {
        const pick = pca.run.map((_, i) => i).filter((i) => data.conditions.length <= 1 || data.condition[pca.run[i]] === k);
        return {kind: "points", width: pca.run.length > 200 ? 6 : 10, opacity: 0.8, x: pick.map((i) => pca.x[i]), y: pick.map((i) => pca.y[i]), labels: pick.map((i) => data.names[pca.run[i]]), name, colour: k < 0 ? colour(0) : colour(k)};
      }),
      tip: () => ""});
  }
  const c = data.correlation;
  if (c) {
    const flat = c.r.flat().filter(isNumber);
    heatMap(card(cards, "Correlation of runs", `Pearson, of log2 quantities of the precursors that both runs have. Runs are in the order of their conditions${data.pca ? " and, within, of the first component" : ""}.${c.run.length < data.names.length ? ` ${c.run.length} of ${show(data.names.length)} runs, evenly chosen.` : ""}`),
      {names: c.run.map((r) => data.names[r]), values: c.r, low: Math.min(...flat), high: 1, unit: "r", label: "correlation of runs"});
  }
}

function drawRuns() {
  const node = section("runs", "Runs");
  const columns = data.runs.filter((c) => c.values.some((v) => v !== "" && v !== null));
  const failed = data.runs.find((c) => c.name === "Status")?.values.filter((v) => v === "failed").length ?? 0;
  if (failed) node.append(el("p", {class: "note bad", text: `${many(failed, "run")} failed; the column Error says why.`}));
  if (columns.some((c) => c.name === "Scan.Conditions")) node.append(el("p", {class: "note", text: "Scan conditions: compensation voltages (FAIMS) and collision energies that alternate in a run. Each has isolation windows and chromatograms that are searched apart; a precursor counts in the one where it scores best."}));
  sortableTable(node, columns, {label: "runs", file: "runs.parquet"});
}

function drawResources() {
  const r = data.resources;
  const node = section("resources", "Time and memory");
  const cards = cardsIn(node);
  const names = r.stages.map((s) => s.stage);
  namedBars(card(cards, "Time per stage", `When each stage was done, summed over the runs: ${show(r.total.wall, 3)} s wall, ${show(r.total.cpu, 3)} s CPU.`), {names, unit: "seconds", series: [{name: "wall", values: r.stages.map((s) => s.wall)}, {name: "CPU", values: r.stages.map((s) => s.cpu)}], text: (v) => show(v, 3)});
  namedBars(card(cards, "Memory", "Highest use so far when each stage ended."), {names, unit: "MB", series: [{name: "", values: r.stages.map((s) => Number((s.peakBytes / 1e6).toPrecision(3)))}]});
}

function drawSettings() {
  const node = section("settings", "Settings and versions");
  const cards = cardsIn(node);
  const list = el("dl");
  const add = (key, value) => { if (value !== undefined && value !== null && value !== "") list.append(el("dt", {text: key}), el("dd", {text: String(value)})); };
  add("program", data.manifest?.program);
  add("schema of the tables", data.manifest?.schema_version);
  add("library", data.manifest?.library?.source);
  add("hash of the library", data.manifest?.library?.hash);
  for (const [name, table] of Object.entries(data.manifest?.tables ?? {})) add(name, `${table.rows ?? ""}; filter: ${table.filter ?? "not stated"}`);
  card(cards, "What was made", "From manifest.json.").append(list);
  const settings = el("dl", {class: "pairs"});
  const walk = (value, path) => {
    if (value && typeof value === "object" && !Array.isArray(value)) Object.entries(value).forEach(([key, inner]) => walk(inner, [...path, key]));
    else settings.append(el("dt", {text: path.join(".")}), el("dd", {text: Array.isArray(value) ? value.join(", ") : String(value)}));
  };
  walk(data.config ?? {}, []);
  card(cards, "Parameters", "From config.json; docs/guide/parameters.md says what each means.").append(settings);
  if (data.leftOut.length) {
    const absent = el("dl");
    for (const [name, why] of data.leftOut) absent.append(el("dt", {text: name}), el("dd", {text: why}));
    card(cards, "Not on this page", "Sections without their input.").append(absent);
  }
}

function drawReport() {
  const runs = data.names.length;
  const tiles = [[show(runs), runs === 1 ? "run" : "runs", "n-runs"], [show(data.ids.distinct), "precursors", "n-precursors"], [show(data.ids.distinctPeptides), "peptides", "n-peptides"]];
  if (data.ids.distinctGroups) tiles.push([show(data.ids.distinctGroups), "protein groups", "n-groups"]);
  if (data.histograms.fwhm && isNumber(data.histograms.fwhm.median)) tiles.push([`${show(data.histograms.fwhm.median, 3)} s`, "median peak width (FWHM)"]);
  if (data.histograms.points && isNumber(data.histograms.points.median)) tiles.push([show(data.histograms.points.median, 3), "median points per peak"]);
  if (data.cv.length) tiles.push([`${show(median(data.cv.map((c) => c.median)), 3)} %`, "median CV within conditions"]);
  if (runs > 1) tiles.push([percent(data.missing.cells), "of run × precursor cells filled"]);
  pageHead(`search of ${many(runs, "run")}${data.manifest?.library?.source ? ` with ${data.manifest.library.source}` : ""}`, tiles);
  if (data.ids.distinct > 0) drawIdentifications();
  else main.append(el("p", {class: "note warn", text: "Nothing was identified. log.txt says what was tried and what to change."}));
  if (data.audit) drawCertificate();
  if (data.ids.distinct > 0) {
    drawCalibration();
    drawChromatography();
    drawQuantities();
    if (data.pca || data.correlation) drawCohort();
  }
  if (data.xic || data.isServed) drawChromatograms();
  drawRuns();
  if (data.resources) drawResources();
  drawSettings();
  pageFoot();
}
