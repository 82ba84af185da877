// data/report/charts.js: numbers as text, scales, drawings, tables.
import assert from "node:assert/strict";
import {test} from "node:test";

import {EVIL, reportData} from "./example.mjs";
import {openPage, plain} from "./page.mjs";

const page = openPage(reportData(), {isDrawn: false});
const [show, tickText, niceStep, makeScale, extent, axisRange, middleCut, el, plot, namedBars, heatMap, sortableTable, isNumber] =
  ["show", "tickText", "niceStep", "makeScale", "extent", "axisRange", "middleCut", "el", "plot", "namedBars", "heatMap", "sortableTable", "isNumber"].map(page.part);
const box = () => el("div");

// Numbers from a generator that a failure can be repeated with.
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

test("numbers are shown with the digits that a reader needs", () => {
  for (const [value, text] of [[0, "0"], [12345, "12,345"], [-12345, "-12,345"], [0.123456, "0.1235"], [1234.56, "1,235"], [-0.5, "−0.5"],
    [1.5e6, "1,500,000"], [1234567.8, "1.23e6"], [0.00012, "1.20e−4"], [-0.00012, "−1.20e−4"], [1e20, "1.00e20"]])
    assert.equal(show(value), text, String(value));
  assert.equal(show(0.123456, 2), "0.12");
});

test("a value that is not a number is shown unchanged, and a missing value as a dash", () => {
  assert.equal(show(null), "–");
  assert.equal(show(undefined), "–");
  assert.equal(show("ok"), "ok");
  assert.equal(show(NaN), "NaN");
  assert.equal(show(EVIL), EVIL);
  for (const value of [NaN, Infinity, "1", null, undefined]) assert.equal(isNumber(value), false);
});

test("the text of a number reads back as the number, to the digits shown", () => {
  const next = random(7);
  for (let i = 0; i < 2000; ++i) {
    const value = (next() - 0.5) * 10 ** (next() * 24 - 12);
    const back = Number(show(value).replace(/,/g, "").replace(/−/g, "-"));
    assert.ok(Math.abs(back - value) <= 6e-3 * Math.abs(value), `${value} is shown as ${show(value)}`);
  }
});

test("labels of ticks have the decimals of their step", () => {
  assert.equal(tickText(0, 0.1), "0");
  assert.equal(tickText(0.5, 0.1), "0.5");
  assert.equal(tickText(1, 0.25), "1.0");
  assert.equal(tickText(-2.5, 0.5), "−2.5");
  assert.equal(tickText(2000000, 1e6), "2e6");
  assert.equal(tickText(1.5e-5, 1e-5), "1.5e−5");
  assert.equal(tickText(1500, 500), "1,500");
});

test("steps are 1, 2 or 5 times a power of ten, and there are few of them", () => {
  const next = random(11);
  for (let i = 0; i < 2000; ++i) {
    const span = 10 ** (next() * 20 - 10), count = 1 + Math.floor(next() * 10);
    const step = niceStep(span, count);
    const lead = step / 10 ** Math.floor(Math.log10(step) + 1e-9);
    assert.ok([1, 2, 5].some((factor) => Math.abs(lead - factor) < 1e-6), `${step} of ${span} / ${count}`);
    assert.ok(span / step <= count * 1.001, `${span / step} steps where ${count} were wanted`);
    assert.ok(span / step > count / 2.6, `${span / step} steps where ${count} were wanted`);
  }
});

for (const isLog of [false, true])
  test(`a ${isLog ? "logarithmic" : "linear"} scale and its inverse agree, and its ticks ascend within the range`, () => {
    const next = random(isLog ? 3 : 5);
    for (let i = 0; i < 500; ++i) {
      const low = isLog ? 10 ** (next() * 8 - 4) : (next() - 0.5) * 1e4;
      const high = isLog ? low * 10 ** (0.3 + 5 * next()) : low + 10 ** (next() * 6 - 2);
      const scale = makeScale(low, high, 40, 600, isLog, 6);
      assert.ok(Math.abs(scale.at(low) - 40) < 1e-6 && Math.abs(scale.at(high) - 600) < 1e-6);
      const at = 40 + 560 * next();
      assert.ok(Math.abs(scale.at(scale.back(at)) - at) < 1e-4, `${low} to ${high}`);
      const places = plain(scale.ticks).map((t) => scale.at(t.value));
      assert.ok(places.every((p) => p > 39 && p < 601), `ticks of ${low} to ${high} at ${places}`);
      assert.deepEqual(places, [...places].sort((a, b) => a - b));
      assert.equal(new Set(scale.ticks.map((t) => t.text)).size, scale.ticks.length, `two ticks of ${low} to ${high} read alike: ${scale.ticks.map((t) => t.text)}`);
    }
  });

test("a scale of one value has no NaN, and a scale of counts has no fractions", () => {
  const one = makeScale(5, 5, 0, 100, false, 5);
  assert.ok(Number.isFinite(one.at(5)));
  assert.ok(Number.isFinite(makeScale(5, 5, 0, 100, true, 5).at(5)));
  assert.ok(makeScale(0.5, 3.5, 0, 100, false, 10, true).ticks.every((t) => Number.isInteger(t.value)));
});

test("an axis contains all values and the limits that it was given", () => {
  assert.deepEqual(plain(extent([[3, null, NaN, Infinity], [-1, 7, "9"]])), [-1, 7]);
  assert.deepEqual(plain(axisRange({}, [[]])).map(Math.sign), [-1, 1]);
  assert.deepEqual(plain(axisRange({zero: true, room: 0}, [[5, 9]])), [0, 9]);
  assert.deepEqual(plain(axisRange({zero: true, room: 0}, [[-5, -2]])), [-5, 0]);
  assert.deepEqual(plain(axisRange({low: 1, high: 2}, [[5, 9]])), [1, 2]);
  assert.deepEqual(plain(axisRange({log: true}, [[-3, 0]])), [1, 10], "nothing positive");
  assert.deepEqual(plain(axisRange({log: true}, [[4]])), [2, 8], "one value");
  assert.deepEqual(plain(axisRange({log: true}, [[-3, 0, 2, 50]])), [2, 50]);
});

test("long names are cut in the middle and keep both ends", () => {
  assert.equal(middleCut("short", 10), "short");
  for (const most of [5, 6, 9, 20]) {
    const cut = middleCut("a_very_long_name_of_a_run_of_last_week_17", most);
    assert.equal(cut.length, most);
    assert.ok(cut.startsWith("a_") && cut.endsWith("7") && cut.includes("…"), cut);
  }
});

test("text is set as text and attributes as attributes", () => {
  const node = el("p", {text: EVIL, title: EVIL, hidden: true, absent: null, gone: undefined, not: false});
  assert.equal(node.textContent, EVIL);
  assert.equal(node.children.length, 0);
  assert.equal(node.getAttribute("title"), EVIL);
  assert.equal(node.getAttribute("hidden"), "");
  for (const name of ["absent", "gone", "not"]) assert.equal(node.getAttribute(name), null);
  assert.ok(!node.outerHTML.includes("<img"));
  assert.equal(el("rect").namespaceURI, "http://www.w3.org/2000/svg");
  assert.equal(el("div").namespaceURI, null);
});

const numbersOf = (node) => [...node.all()].flatMap((n) => [...n.attributes.values()]).join(" ");

test("missing values interrupt a line, and no coordinate is NaN", () => {
  const parent = box();
  plot(parent, {series: [{kind: "line", x: [0, 1, 2, 3, 4], y: [1, 2, null, NaN, 5], name: "a"},
    {kind: "points", x: [0, null, 2], y: [1, 2, Infinity], name: "b"}, {kind: "step", x: [0, 1, 2], y: [1, 2, 1]},
    {kind: "bars", x: [0, 1], y: [3, 0], step: 1}, {kind: "area", x: [0, 1], y: [1, 2], low: [0, 1]}], marks: [{x: 1, text: "here"}, {y: 2}]});
  assert.ok(!/NaN|Infinity|undefined/.test(numbersOf(parent)));
  const [line] = parent.querySelectorAll("path.line");
  assert.equal(line.getAttribute("d").match(/M/g).length, 2, "two pieces");
  const [dots] = parent.querySelectorAll("path.dots");
  assert.equal(dots.getAttribute("d").match(/M/g).length, 1, "one point of three is finite");
  assert.ok(parent.textContent.includes("here"));
});

test("a plot without values shows the given message", () => {
  const parent = box();
  plot(parent, {series: [{kind: "line", x: [], y: []}], empty: "No runs."});
  assert.equal(parent.textContent, "No runs.");
  assert.equal(parent.querySelectorAll("svg").length, 0);
});

test("a click in the legend hides a line and brings it back", async () => {
  const parent = box();
  plot(parent, {series: [{kind: "line", x: [0, 1], y: [0, 1], name: "one"}, {kind: "line", x: [0, 1], y: [1, 0], name: EVIL}]});
  const lines = () => parent.querySelectorAll("path.line").length;
  const [, second] = parent.querySelectorAll("button");
  assert.equal(lines(), 2);
  assert.equal(second.textContent, EVIL);
  await second.click();
  assert.equal(lines(), 1);
  assert.equal(second.getAttribute("aria-pressed"), "false");
  await second.click();
  assert.equal(lines(), 2);
});

test("dragging zooms to the selected range, and a double click restores the full range", async () => {
  const parent = box();
  plot(parent, {series: [{kind: "line", x: [0, 50, 100], y: [0, 1, 0]}], x: {room: 0}});
  const ticks = () => parent.querySelectorAll("text").map((t) => t.textContent);
  const before = ticks();
  const svg = () => parent.querySelector("svg");
  const drag = async (from, to) => {
    await svg().fire("pointerdown", {clientX: from});
    await svg().fire("pointermove", {clientX: to});
    await svg().fire("pointerup", {clientX: to});
  };
  await drag(300, 303);
  assert.deepEqual(ticks(), before, "a click is no drag");
  await drag(500, 300);
  assert.notDeepEqual(ticks(), before);
  assert.ok(!ticks().includes("100"));
  await svg().fire("dblclick");
  assert.deepEqual(ticks(), before);
});

test("the pointer shows the nearest value of all series, and its marks disappear when it leaves", async () => {
  const parent = box();
  plot(parent, {series: [{kind: "points", x: [0, 10], y: [0, 1], name: EVIL}, {kind: "points", x: [5], y: [0.5], labels: ["middle"]}],
    x: {label: "time", room: 0}, y: {label: "level", room: 0}});
  const svg = parent.querySelector("svg"), tip = page.find(".tip");
  await svg.fire("pointermove", {clientX: 627, clientY: 9});
  assert.equal(tip.textContent, `${EVIL}\ntime: 10\nlevel: 1`);
  assert.equal(tip.children.length, 0);
  await svg.fire("pointermove", {clientX: 345, clientY: 110});
  assert.ok(tip.textContent.startsWith("middle\n"), tip.textContent);
  assert.ok(tip.classList.contains("on"));
  await svg.fire("pointerleave");
  assert.ok(!tip.classList.contains("on"));
});

test("the nearest value is found by both axes for points and by x alone for bars", async () => {
  const nearest = async (kind, clientX, clientY) => {
    const parent = box();
    const step = kind === "bars" ? 1 : undefined;
    plot(parent, {series: [{kind, x: [0, 1, 2], y: [1, 9, 1], step, labels: ["low", "high", "last"]}], x: {room: 0}, y: {room: 0}});
    await parent.querySelector("svg").fire("pointermove", {clientX, clientY});
    return page.find(".tip").textContent.split("\n")[0];
  };
  assert.equal(await nearest("bars", 130, 10), "low", "though the pointer is as high as its neighbour");
  assert.equal(await nearest("points", 322, 30), "high");
  assert.equal(await nearest("points", 338, 23), "high", "a little aside and a little below");
});

test("few names are drawn as bars and many as points, without loss", () => {
  for (const count of [3, 40, 41, 500]) {
    const parent = box(), names = Array.from({length: count}, (_, i) => `run ${i}`);
    namedBars(parent, {names, unit: "precursors", series: [{name: "", values: names.map((_, i) => i)}]});
    const points = parent.querySelectorAll("path.dots").reduce((n, path) => n + path.getAttribute("d").match(/M/g).length, 0);
    const bars = parent.querySelectorAll("rect").filter((r) => r.getAttribute("rx") === "2").length;
    assert.deepEqual([bars, points], count <= 40 ? [count, 0] : [0, count]);
  }
});

test("bars are as long as their values, and missing values have no bar", () => {
  const parent = box();
  namedBars(parent, {names: ["a", "b", EVIL], unit: "s", series: [{name: "", values: [10, 5, null]}]});
  const widths = parent.querySelectorAll("rect").filter((r) => r.getAttribute("rx") === "2").map((r) => Number(r.getAttribute("width")));
  assert.ok(Math.abs(widths[0] - 2 * widths[1]) < 1e-6, widths);
  assert.equal(widths[2], 0);
  assert.ok(parent.textContent.includes("–"));
  assert.equal(parent.querySelectorAll("img").length, 0);
});

test("points coloured by condition are at their run's number", () => {
  const series = plain(page.part("byColour")({name: "n", values: [7, 8, 9]}, ["red", "blue", "red"], "grey"));
  assert.deepEqual(series.map((s) => [s.colour, s.x, s.y]), [["red", [1, 3], [7, 9]], ["blue", [2], [8]]]);
  assert.deepEqual(plain(page.part("byColour")({name: "n", values: [7, 8]}, undefined, "grey")).map((s) => [s.colour, s.x]), [["grey", [1, 2]]]);
});

test("a heat map has a cell per pair, pale at the low end and strong at the high", () => {
  const parent = box();
  heatMap(parent, {names: ["a", "b"], values: [[1, 0.5], [null, 0]], low: 0, high: 1, unit: "r"});
  const cells = parent.querySelectorAll("rect").slice(0, 4);
  const opacity = cells.map((c) => Number(c.getAttribute("fill-opacity")));
  assert.ok(Math.abs(opacity[0] - 1) < 1e-9 && opacity[1] > opacity[3], opacity);
  assert.equal(cells[2].getAttribute("fill"), "var(--grid)", "not known");
  assert.ok(!/NaN/.test(numbersOf(parent)));
});

const column = (table, k) => table.querySelectorAll("tbody")[0].children.map((row) => row.children[k].textContent);

test("a table sorts by each column, numbers by value and missing values last", async () => {
  const parent = box();
  sortableTable(parent, [{name: "Run.Name", values: ["run 10", "run 9", EVIL, "run 1"]}, {name: "n", unit: "counts", values: [3, null, 20, 100]}]);
  const [byName, byNumber] = parent.querySelectorAll("button");
  assert.equal(byName.textContent, "Run Name");
  assert.deepEqual(column(parent, 1), ["3", "–", "20", "100"], "as given");
  await byNumber.click();
  assert.deepEqual(column(parent, 1), ["100", "20", "3", "–"], "the greatest first");
  await byNumber.click();
  assert.deepEqual(column(parent, 1), ["3", "20", "100", "–"]);
  assert.deepEqual(parent.querySelectorAll("th").map((h) => h.getAttribute("aria-sort")), ["none", "ascending"]);
  await byName.click();
  assert.deepEqual(column(parent, 0), [EVIL, "run 1", "run 9", "run 10"]);
  assert.equal(parent.querySelectorAll("img").length, 0);
});

test("sorting equals a slow sort for any values", async () => {
  const next = random(23);
  for (let round = 0; round < 20; ++round) {
    const values = Array.from({length: 30}, () => next() < 0.2 ? null : Math.floor(next() * 10));
    const parent = box();
    sortableTable(parent, [{name: "place", values: values.map((_, i) => i)}, {name: "v", values}]);
    await parent.querySelectorAll("button")[1].click();
    const order = column(parent, 0).map(Number), got = order.map((i) => values[i]);
    const known = got.filter((v) => v !== null);
    assert.deepEqual(got, [...known, ...got.filter((v) => v === null)], "missing ones last");
    assert.deepEqual(known, [...known].sort((a, b) => b - a));
    for (let i = 1; i < order.length; ++i) if (got[i] === got[i - 1]) assert.ok(order[i - 1] < order[i], "ties stay in their order");
    assert.deepEqual([...order].sort((a, b) => a - b), values.map((_, i) => i));
  }
});

test("a long table shows its first rows and says how many there are", () => {
  const parent = box(), values = Array.from({length: 1000}, (_, i) => i);
  sortableTable(parent, [{name: "v", values}], {file: "runs.parquet"});
  assert.equal(column(parent, 0).length, 400);
  assert.ok(parent.textContent.includes("The first 400 of 1,000 rows"), parent.textContent);
  assert.ok(parent.textContent.includes("60 of 1,000 rows"), "on paper");
});
