// data/report/page.js: the sections of the report, what each needs, and that names stay text.
import assert from "node:assert/strict";
import {test} from "node:test";

import {EVIL, models, reportData} from "./example.mjs";
import {openPage, plain, scriptNames, scriptText, templateText} from "./page.mjs";

const sectionIds = (opened) => opened.findAll("section").map((s) => s.getAttribute("id"));
const quiet = openPage(reportData(), {isDrawn: false});

test("all scripts of the page are present, and the last one draws", () => {
  const names = scriptNames();
  assert.deepEqual([...names].sort(), ["certificate.js", "charts.js", "explain.js", "page.js", "start.js", "xic.js"]);
  assert.equal(names[names.length - 1], "start.js");
  for (const name of names) {
    const text = scriptText(name);
    assert.ok(!/\binnerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/.test(text), `${name} makes elements of text`);
    assert.ok(!/<\/script/i.test(text), `${name} would end its own element`);
    assert.ok(!/https?:\/\/(?!www\.w3\.org)/.test(text), `${name} names another machine`);
  }
});

test("the template forbids what the page does not need", () => {
  const [, policy] = /Content-Security-Policy" content="([^"]+)"/.exec(templateText());
  assert.ok(policy.startsWith("default-src 'none';"));
  assert.ok(/connect-src 'self'(;|$)/.test(policy));
  assert.ok(!/unsafe-eval|https?:|\*/.test(policy));
  for (const mark of ["{{css}}", "{{data}}", "{{script}}"]) assert.equal(templateText().split(mark).length, 2, mark);
  for (const id of ["top", "page", "foot", "data"]) assert.ok(templateText().includes(`id="${id}"`));
});

test("a complete report has every section once, in order, and states that it is ready", () => {
  const opened = openPage(reportData(["a_1", "b_1", "a_2", "b_2"]));
  assert.deepEqual(sectionIds(opened), ["identifications", "calibration", "chromatography", "quantities", "cohort", "chromatograms", "runs",
    "resources", "settings"]);
  assert.deepEqual(opened.findAll("a").map((a) => a.getAttribute("href")), sectionIds(opened).map((id) => `#${id}`));
  assert.equal(opened.document.documentElement.dataset.ready, "yes");
  assert.ok(!/NaN|undefined|\[object/.test(opened.html()), /.{60}(NaN|undefined|\[object).{60}/.exec(opened.html())?.[0]);
  assert.deepEqual(opened.consoleLines, []);
});

test("the tiles are the counts of the data", () => {
  const opened = openPage(reportData(["a_1", "b_1", "a_2", "b_2"]));
  assert.equal(opened.find("#n-runs").textContent, "4");
  assert.equal(opened.find("#n-precursors").textContent, "120");
  assert.equal(opened.find("#n-peptides").textContent, "100");
  assert.equal(opened.find("#n-groups").textContent, "45");
  assert.ok(opened.find(".tiles").textContent.includes("83 %of run × precursor cells filled"));
  assert.ok(opened.find(".tiles").textContent.includes("8.25 %median CV"));
  assert.equal(opened.find("h1").textContent, "out");
  assert.equal(opened.document.title, "out: Overland");
  assert.equal(openPage(reportData(["a"])).find(".tiles").textContent.includes("cells filled"), false, "one run has no gaps");
});

test("a part without data is left out, and the other parts are drawn", () => {
  const whole = reportData(["a_1", "b_1", "a_2", "b_2"]);
  for (const [key, value, absent] of [["importance", null, "What rescoring leans on"], ["tic", null, "Total ion current"],
    ["normalisation", null, "Normalisation"], ["pca", null, "Principal components"], ["correlation", null, "Correlation of runs"],
    ["resources", null, "Time per stage"], ["xic", null, "Fragment chromatograms over the runs"], ["cv", [], "Coefficients of variation"],
    ["ratios", [], "Ratios A / B"], ["histograms", {}, "Peak widths"]]) {
    assert.ok(openPage(whole).text().includes(absent), absent);
    const opened = openPage({...whole, [key]: value});
    assert.ok(!opened.text().includes(absent), `${key} is gone`);
    assert.equal(opened.document.documentElement.dataset.ready, "yes", key);
  }
});

test("a folder without models is reported as such, and without points the models alone are drawn", () => {
  const none = openPage({...reportData(["a"]), models: [null], points: [null]});
  assert.ok(none.text().includes("The calibration models are not drawn"));
  const models_only = openPage({...reportData(["a"]), points: null});
  assert.ok(models_only.text().includes("Mass error of fragments over time"));
  assert.ok(!models_only.text().includes("The calibration models are not drawn"));
});

test("a search without results states this and still lists its runs and settings", () => {
  const data = reportData(["a"]);
  const opened = openPage({...data, ids: {...data.ids, distinct: 0, precursors: [0]}, xic: null, histograms: {}});
  assert.deepEqual(sectionIds(opened), ["runs", "resources", "settings"]);
  assert.ok(opened.text().includes("Nothing was identified."));
});

test("names of runs, conditions, settings and errors are never taken for HTML", () => {
  const names = [0, 1, 2, 3].map((i) => `${EVIL}${i}`);
  const data = reportData(names, {title: EVIL, conditions: [EVIL, "B"], filter: EVIL, leftOut: [[EVIL, EVIL]], config: {[EVIL]: {[EVIL]: [EVIL]}}});
  data.manifest.library.source = EVIL;
  data.runs.push({name: EVIL, unit: EVIL, note: EVIL, values: names});
  data.cv[0].condition = EVIL;
  data.ratios[0].a = data.ratios[0].groups[0] = EVIL;
  data.xic.precursors[0].id = EVIL;
  data.importance.names[0] = data.resources.stages[0].stage = EVIL;
  const opened = openPage(data);
  assert.equal(opened.document.documentElement.dataset.ready, "yes");
  assert.ok(!/<img|<script/.test(opened.html()));
  assert.equal(opened.findAll("img").length, 0);
  assert.equal(opened.findAll("script").length, 1, "that of the data");
  assert.equal(opened.find("h1").textContent, EVIL);
  assert.equal(opened.find("tbody").children[0].children[0].textContent, names[0]);
});

test("failed runs are counted above the table of runs", () => {
  const data = reportData(["a", "b", "c"]);
  data.runs.find((c) => c.name === "Status").values = ["ok", "failed", "failed"];
  assert.ok(openPage(data).text().includes("2 runs failed; the column Error says why."));
  assert.ok(!openPage(reportData(["a"])).text().includes("failed;"));
});

test("columns of runs.parquet without a value are not shown", () => {
  const heads = openPage(reportData()).find("#runs").querySelectorAll("th").map((h) => h.textContent);
  assert.ok(heads.includes("Precursors") && !heads.includes("Empty"), heads);
});

test("conditions of scans are explained where a run has several, and never taken for HTML", () => {
  assert.ok(!openPage(reportData()).text().includes("Scan conditions"));
  const data = reportData();
  data.runs.push({name: "Scan.Conditions", unit: "", note: "", values: ["-60 V; -40 V", EVIL]});
  const opened = openPage(data);
  assert.ok(opened.text().includes("searched apart"));
  assert.ok(opened.text().includes("-60 V; -40 V") && opened.text().includes(EVIL));
  assert.equal(opened.find("#runs").querySelectorAll("img").length, 0);
});

test("the choice of run draws that run, forwards and backwards across the ends", async () => {
  const drawn = [];
  const parent = quiet.part("el")("div");
  quiet.part("perRun")(parent, ["a", "b", "c"], (_, i) => drawn.push(i));
  const [back, forth] = parent.querySelectorAll("button");
  await forth.click();
  await forth.click();
  await forth.click();
  await back.click();
  const choice = parent.querySelector("select");
  choice.value = 1;
  await choice.fire("change");
  assert.deepEqual(drawn, [0, 1, 2, 0, 2, 1]);
  const single = quiet.part("el")("div");
  quiet.part("perRun")(single, ["only"], (_, i) => drawn.push(i));
  assert.equal(single.querySelectorAll("select").length, 0);
});

test("the chosen colours are kept if the browser stores anything", async () => {
  const storage = new Map();
  const opened = openPage(reportData(), {storage});
  const button = opened.find("button.noprint");
  assert.equal(button.textContent, "dark");
  await button.click();
  assert.equal(opened.document.documentElement.dataset.theme, "dark");
  assert.equal(storage.get("overland-theme"), "dark");
  assert.equal(openPage(reportData(), {storage}).find("button.noprint").textContent, "light");
  assert.equal(openPage(reportData(), {isDark: true}).find("button.noprint").textContent, "light");
});

test("the median is computed from the finite values", () => {
  const median = quiet.part("median");
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
  assert.equal(median([null, 5, NaN]), 5);
  assert.equal(median([]), null);
  const values = [3, 1, 2];
  median(values);
  assert.deepEqual(values, [3, 1, 2], "the caller's order stays");
});

test("counts have a plural form and shares a percent sign", () => {
  const [many, percent] = ["many", "percent"].map(quiet.part);
  assert.deepEqual([many(1, "run"), many(2, "run"), many(0, "run"), many(1000, "entry", "entries")], ["1 run", "2 runs", "0 runs", "1,000 entries"]);
  assert.deepEqual([percent(0.0123), percent(1), percent(null), percent(NaN)], ["1.23 %", "100 %", "–", "–"]);
});

test("a curve of knots is linear between its knots and continues beyond them", () => {
  const valueAt = quiet.part("valueAt"), curve = {x: [0, 10, 20], y: [0, 10, 0]};
  for (const [x, y] of [[0, 0], [5, 5], [10, 10], [15, 5], [20, 0], [25, -5], [-5, -5]]) assert.equal(valueAt(curve, x), y, `at ${x}`);
  assert.equal(valueAt({x: [], y: []}, 3), 0);
  assert.equal(valueAt({x: [1], y: [7]}, 3), 7);
  assert.equal(valueAt(undefined, 3), 0);
  assert.ok(Number.isFinite(valueAt({x: [1, 1], y: [2, 3]}, 1)));
  const stretched = plain(quiet.part("stretched")(curve, 5, 30));
  assert.deepEqual(stretched, {x: [5, 10, 20, 30], y: [5, 10, 0, -10]});
});

test("the quadrupole transmits nine tenths half a width inside its edge, and one tenth half a width outside", () => {
  const transmissionAt = quiet.part("transmissionAt"), edge = {offset: 0.3, width: 0.5};
  for (const [distance, share] of [[0.3, 0.5], [0.05, 0.9], [0.55, 0.1]]) assert.ok(Math.abs(transmissionAt(distance, edge) - share) < 1e-9);
  assert.ok(Number.isFinite(transmissionAt(0.3, {offset: 0.3, width: 0})));
  let last = 1;
  for (let d = -2; d <= 2; d += 0.01) {
    const here = transmissionAt(d, edge);
    assert.ok(here <= last && here >= 0);
    last = here;
  }
});

test("a band over runs contains nine tenths of the runs at each time", () => {
  const runs = Array.from({length: 41}, (_, i) => ({run: i, x: [0, 10], y: [i, i]}));
  const spread = plain(quiet.part("spreadOf")(runs));
  assert.equal(spread.x.length, 61);
  for (const k of [0, 30, 60]) assert.deepEqual([spread.low[k], spread.middle[k], spread.high[k]], [2, 20, 38]);
  const partly = plain(quiet.part("spreadOf")([{run: 0, x: [0, 5], y: [1, 1]}, {run: 1, x: [5, 10], y: [3, 3]}]));
  assert.deepEqual([partly.low[0], partly.high[0], partly.low[60], partly.high[60]], [1, 1, 3, 3], "a run counts where it has points");
});

test("many runs over time are drawn as a band, few runs as one line each", () => {
  const count = (n) => {
    const opened = openPage({...reportData(Array.from({length: n}, (_, i) => `run ${i}`)), normalisation: null});
    return opened.find("#chromatography").textContent.includes("nine tenths of the runs");
  };
  assert.deepEqual([count(2), count(12), count(13)], [false, false, true]);
});

test("bars of a histogram begin at its low end and are one step wide", () => {
  const series = plain(quiet.part("histogramSeries")({low: 0.1, step: 0.2}, [4, 5, 6], "n", 0));
  assert.deepEqual([series.x, series.y, series.step], [[0.1, 0.3, 0.5], [4, 5, 6], 0.2]);
});

test("a run's model with unknown curves gets a separate chart", () => {
  const odd = models();
  odd.curves.push({name: "new_thing.part_1", x: [0, 1], y: [1, 2]}, {name: "new_thing.part_2", x: [0, 1], y: [2, 1]});
  const opened = openPage({...reportData(["a"]), models: [odd]});
  assert.ok(opened.text().includes("Model: new thing"));
  assert.ok(opened.text().includes("part 1"));
  assert.ok(opened.text().includes("Quadrupole transmission"), "a known one has its title");
});

test("runs corrected by one number are points at their position in the table", () => {
  const data = reportData(["a", "b", "c"]);
  data.normalisation = [{run: 0, method: "constant", sd: 0.1, x: [null], y: [0.25]}, {run: 2, method: "constant", sd: 0.1, x: [null], y: [-0.5]},
    {run: 1, method: "none", sd: 0, x: [null], y: [0]}];
  const opened = openPage(data);
  assert.ok(opened.text().includes("Normalisation by one number"));
  const dots = opened.findAll("path.dots").filter((p) => p.getAttribute("stroke-width") === "8");
  assert.equal(dots[0].getAttribute("d").match(/M/g).length, 2);
});

test("settings are one line per key, for any value", () => {
  const opened = openPage({...reportData(["a"]), config: {a: {b: {c: [1, 2]}}, d: null, e: false, f: ""}});
  const list = opened.find("dl.pairs");
  const keys = list.querySelectorAll("dt").map((n) => n.textContent), values = list.querySelectorAll("dd").map((n) => n.textContent);
  assert.deepEqual(Object.fromEntries(keys.map((key, i) => [key, values[i]])), {"a.b.c": "1, 2", d: "null", e: "false", f: ""});
  assert.ok(openPage({...reportData(["a"]), config: null, manifest: null}).text().includes("Settings and versions"));
});

test("a page of 500 runs is drawn", () => {
  const names = Array.from({length: 500}, (_, i) => `cohort_${i}`);
  const data = reportData(names);
  data.correlation = {run: names.slice(0, 60).map((_, i) => i), r: Array.from({length: 60}, () => Array(60).fill(0.9))};
  data.qCurve.quantiles = [[1, 2, 3], [2, 3, 4], [3, 4, 5]];
  const opened = openPage(data);
  assert.equal(opened.document.documentElement.dataset.ready, "yes");
  assert.ok(opened.text().includes("60 of 500 runs, evenly chosen"));
  assert.ok(opened.text().includes("lowest run"));
  assert.ok(opened.html().length < 3e6);
});
