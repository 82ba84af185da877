// data/report/explain.js: the page of one precursor in one run.
import assert from "node:assert/strict";
import {test} from "node:test";

import {EVIL, explainData} from "./example.mjs";
import {openPage} from "./page.mjs";

test("the gates are in order, each with its sign and its requirement", () => {
  const opened = openPage(explainData());
  const gates = opened.findAll("div.gate").map((g) => [g.querySelector("span").textContent, g.querySelector("b").textContent]);
  assert.deepEqual(gates, [["✓", "library"], ["✗", "q-value"], ["·", "note"], ["–", "later"], ["·", "odd"]]);
  assert.ok(opened.findAll("div.gate")[1].textContent.includes("Needed: 0.01"));
  assert.equal(opened.findAll("p.warn").length, 1);
  assert.equal(opened.find("h1").textContent, "PEPTIDEK2");
  assert.ok(opened.find(".head").textContent.includes("PEPTIDEK2 in run_1"));
});

test("parts without rows have no section", () => {
  const ids = (data) => openPage(data).findAll("section").map((s) => s.getAttribute("id"));
  assert.deepEqual(ids(explainData()), ["gates", "chromatograms", "features", "competitors"]);
  assert.deepEqual(ids(explainData({traces: [], features: [], competitors: []})), ["gates"]);
  assert.equal(openPage(explainData({traces: [], features: [], competitors: []})).findAll("nav").length, 0, "one section needs no list of them");
});

test("features and competitors are tables with the values given", () => {
  const opened = openPage(explainData());
  const cells = (id) => opened.find(`#${id}`).querySelector("tbody").children.map((row) => row.children.map((c) => c.textContent));
  assert.deepEqual(cells("features"), [["score", "1.5", "3", "80", "4", "0.5"]]);
  assert.deepEqual(cells("competitors"), [["OTHERK2", "yes", "3", "120"]]);
});

test("names of files and peptides are shown as text", () => {
  const opened = openPage(explainData({precursor: EVIL, run: EVIL, verdict: EVIL,
    gates: [{gate: EVIL, state: EVIL, text: EVIL, needed: EVIL}], competitors: [{precursor: EVIL, isDecoy: false, sharedPeaks: 1, weight: 1}]}));
  assert.equal(opened.document.documentElement.dataset.ready, "yes");
  assert.equal(opened.findAll("img").length, 0);
  assert.equal(opened.find("h2").textContent, EVIL);
});
