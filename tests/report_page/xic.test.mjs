// data/report/xic.js: traces decoded, drawn, searched for.
import assert from "node:assert/strict";
import {test} from "node:test";

import {EVIL, reportData, trace} from "./example.mjs";
import {openPage, plain, settled} from "./page.mjs";

const page = openPage(reportData(), {isDrawn: false});
const [decodeTrace, bytesOf, sumIn, scaledTo, drawMirror, drawResidual, drawPrecursor, el] =
  ["decodeTrace", "bytesOf", "sumIn", "scaledTo", "drawMirror", "drawResidual", "drawPrecursor", "el"].map(page.part);
const base64 = (bytes) => Buffer.from(bytes).toString("base64");

test("bytes of all values are decoded from base64", () => {
  const bytes = Array.from({length: 256}, (_, i) => i);
  assert.deepEqual(Array.from(bytesOf(base64(bytes))), bytes);
  assert.equal(bytesOf("").length, 0);
});

test("plain traces become a row of points per fragment", () => {
  const decoded = plain(decodeTrace(trace()));
  assert.deepEqual(decoded.raw, [[0, 30, 60, 0], [0, 10, 20, 0]]);
  assert.deepEqual(decoded.weight, [0, 40, 80, 0]);
});

test("inlined traces decode to within the width of a byte on the square-root scale", () => {
  const original = trace(), top = Math.max(...original.raw), weightTop = Math.max(...original.weight);
  const coded = (values, most) => base64(values.map((v) => Math.round(255 * Math.sqrt(v / most))));
  const decoded = plain(decodeTrace({...original, raw: coded(original.raw, top), top, weight: coded(original.weight, weightTop), weightTop}));
  const near = (got, want, most) => got.forEach((v, i) => {
    const width = 2 * Math.sqrt(want[i] / most) * 0.5 / 255 + 1 / 255 ** 2; // of sqrt, carried to the value
    assert.ok(Math.abs(v - want[i]) <= width * most, `${v} for ${want[i]}`);
  });
  near(decoded.raw.flat(), original.raw, top);
  near(decoded.weight, original.weight, weightTop);
  assert.equal(Math.max(...decoded.raw.flat()), top, "the largest is exact");
});

test("a trace without points or without intensity is drawn without error", () => {
  const empty = plain(decodeTrace({...trace(), rt: [], labels: [], raw: [], weight: []}));
  assert.deepEqual(empty.raw, []);
  const dark = decodeTrace({...trace(), raw: base64([0, 0, 0, 0, 0, 0, 0, 0]), top: 0, weight: base64([0, 0, 0, 0]), weightTop: 0});
  assert.deepEqual(plain(dark.raw), [[0, 0, 0, 0], [0, 0, 0, 0]]);
  const area = el("div");
  drawPrecursor(area, "A2", [dark]);
  assert.ok(!/NaN|Infinity/.test(area.outerHTML));
});

test("the sum covers the points between the limits, both included", () => {
  const t = {rt: [1, 2, 3, 4], start: 2, stop: 3};
  assert.equal(sumIn(t, [1, 10, 100, 1000]), 110);
  assert.equal(sumIn({...t, start: null, stop: null}, [1, 10, 100, 1000]), 0);
});

test("a curve is scaled to a height, and a curve of zeros is unchanged", () => {
  assert.deepEqual(plain(scaledTo([1, 4, 2], 8)), [2, 8, 4]);
  assert.deepEqual(plain(scaledTo([0, 0], 8)), [0, 0]);
});

test("the mirror plot shows both spectra relative to their largest fragment", () => {
  const parent = el("div");
  drawMirror(parent, decodeTrace(trace()));
  const heights = parent.querySelectorAll("rect").map((r) => Number(r.getAttribute("height")));
  assert.equal(heights.length, 4, "two fragments, up and down");
  const [up1, down1, up2, down2] = heights;
  assert.ok(Math.abs(up2 / up1 - 30 / 90) < 1e-9, "areas 90 and 30");
  assert.ok(Math.abs(down2 / down1 - 0.25 / 0.75) < 1e-9);
  assert.equal(up1, down1, "the largest of each is 100 %");
});

test("the residual is the matched intensity minus the fitted share", () => {
  const t = decodeTrace({...trace(), weight: [0, 40, 80, 0]});
  let drawn = null;
  const spied = openPage(reportData(), {isDrawn: false});
  spied.part("(f) => { plot = f; }")((_, options) => { drawn = options; });
  spied.part("drawResidual")(el("div"), t);
  const [seen, fitted, residual] = plain(drawn.series.map((s) => s.y));
  assert.deepEqual(seen, [0, 40, 80, 0]);
  assert.deepEqual(fitted, [0, 40, 80, 0]);
  residual.forEach((v) => assert.ok(Math.abs(v) < 1e-9, "the library times the weight is all of it"));
  drawResidual(el("div"), {...t, weight: []});
});

test("names and labels of a precursor are shown as text", () => {
  const evil = openPage(reportData([EVIL, EVIL]), {isDrawn: false});
  const area = evil.part("el")("div");
  evil.part("drawPrecursor")(area, EVIL, [evil.part("decodeTrace")({...trace(), labels: [EVIL, "b3^1"]})]);
  assert.equal(area.querySelector("h3").textContent, EVIL);
  assert.equal(area.querySelector("h4").textContent, EVIL);
  assert.ok(!area.outerHTML.includes("<img") && !area.outerHTML.includes("<script"));
  drawPrecursor(area, "X", []);
  assert.ok(area.textContent.includes("No chromatogram"));
});

test("of many runs only the first are drawn, and the page states this", () => {
  const names = Array.from({length: 30}, (_, i) => `run ${i}`);
  const many = openPage(reportData(names), {isDrawn: false});
  const area = many.part("el")("div");
  many.part("drawPrecursor")(area, "A2", names.map((_, i) => many.part("decodeTrace")(trace(i))));
  assert.equal(area.querySelectorAll("div.panel").length, 24);
  assert.ok(area.textContent.includes("The first 24 of 30 runs."));
});

const search = async (opened, text) => {
  const input = opened.find("input");
  input.value = text;
  await input.fire("input");
  await settled();
  return opened.findAll("li").map((li) => li.textContent);
};
const withIds = (ids) => reportData(["run_1"], {xic: {total: 9, precursors: ids.map((id) => ({id, traces: [trace(0)]}))}});

test("a precursor is found by any part of its name, with modifications or without, in any case", async () => {
  const ids = ["PEPM(UniMod:35)TIDEK2", "OTHERK3", "AC(UniMod:4)DEFK2"];
  const opened = openPage(withIds(ids));
  assert.deepEqual(await search(opened, "pepmtide"), [ids[0]]);
  assert.deepEqual(await search(opened, " unimod:4)d"), [ids[2]]);
  assert.deepEqual(await search(opened, "K3"), [ids[1]]);
  assert.deepEqual(await search(opened, ""), ids);
  assert.deepEqual(await search(opened, "NOSUCH"), []);
  assert.equal(opened.find("ul.hits").hidden, true, "no empty list stands open");
});

test("the arrow keys move through the hits, and Enter opens one", async () => {
  const opened = openPage(withIds(["AAK2", "ABK2", "ACK2"]));
  await search(opened, "A");
  const input = opened.find("input");
  const chosen = () => opened.findAll("li").findIndex((li) => li.getAttribute("aria-selected") === "true");
  for (const [key, place] of [["ArrowDown", 1], ["ArrowDown", 2], ["ArrowDown", 2], ["ArrowUp", 1], ["ArrowUp", 0], ["ArrowUp", 0], ["ArrowDown", 1]]) {
    await input.fire("keydown", {key});
    assert.equal(chosen(), place, key);
  }
  await input.fire("keydown", {key: "Enter"});
  await settled();
  assert.equal(opened.find("h3.mono").textContent, "ABK2");
  await search(opened, "A");
  await input.fire("keydown", {key: "Escape"});
  assert.equal(opened.find("ul.hits").hidden, true);
});

test("the page states how many of the precursors it contains", () => {
  assert.ok(openPage(withIds(["AAK2"])).text().includes("1 precursor of 9 in xic.parquet is in this page"));
  assert.ok(openPage(withIds(["AAK2", "ABK2"])).text().includes("2 precursors of 9 in xic.parquet are in this page"));
});

test("a served page requests chromatograms from the server, with names encoded in the address", async () => {
  const id = "A+C(UniMod:4)&x=ä K2";
  const asked = [];
  const opened = openPage({...reportData(["run_1"]), isServed: true, xic: null}, {answers: (path) => {
    asked.push(path);
    const url = new URL(path, "http://127.0.0.1/");
    if (url.pathname === "/api/precursors") return [id];
    return url.searchParams.get("id") === id ? [trace(0)] : undefined;
  }});
  await settled();
  await settled();
  assert.deepEqual(asked.map((path) => path.split("?")[0]), ["api/precursors", "api/xic"]);
  assert.equal(opened.find("h3.mono").textContent, id);
});

test("an error of the server is shown in place of the chromatograms", async () => {
  const opened = openPage({...reportData(["run_1"]), isServed: true, xic: null},
    {answers: (path) => path === "api/precursors?text=" ? ["AAK2"] : undefined});
  await settled();
  await settled();
  assert.ok(opened.text().includes("The chromatograms could not be read: 404 Not Found"), opened.find(".bad")?.textContent);
  await search(opened, "B");
  assert.ok(opened.text().includes("The search failed: 404 Not Found"));
});
