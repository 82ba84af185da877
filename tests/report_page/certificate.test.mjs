// data/report/certificate.js: what the verdicts of an audit say, and to whom they are shown.
import assert from "node:assert/strict";
import {test} from "node:test";

import {auditCurve, EVIL, reportData} from "./example.mjs";
import {openPage, plain} from "./page.mjs";

const withAudit = (curves, auditCurves = null, names = ["a", "b"]) =>
  openPage(reportData(names, {audit: {verdict_at: 0.01, curves}, auditCurves}));
const quiet = openPage(reportData(), {isDrawn: false});

test("a verdict names its counts, its bounds and its interval", () => {
  const words = quiet.part("verdictWords")(auditCurve());
  assert.equal(words, "2 entrapments among 1,000 accepted: at least 0.2 % and at most 0.3 % of them are false; " +
    "with 95 % certainty the upper bound lies between 0.1 % and 0.6 %.");
  assert.ok(quiet.part("verdictWords")(auditCurve({entrapments: 1})).startsWith("1 entrapment among 999 accepted"));
  assert.ok(quiet.part("verdictWords")(auditCurve({too_few: true})).endsWith("Too few are accepted to tell."));
});

test("the paired bound is used if there is one, otherwise the combined bound", () => {
  const auditUpper = quiet.part("auditUpper");
  assert.equal(auditUpper({paired: 0.1, combined: 0.2}), 0.1);
  assert.equal(auditUpper({paired: null, combined: 0.2}), 0.2);
  assert.equal(auditUpper(undefined), undefined);
  const words = quiet.part("verdictWords")(auditCurve({fdp: {lower_bound: 0.01, paired: null, combined: null}}));
  assert.ok(words.includes("Transfer.Q.Value"), "without an upper bound the page says what does count");
});

test("each verdict has the colour of its kind, and an unknown verdict has no colour", () => {
  const opened = withAudit(["valid", "inconclusive", "invalid", EVIL].map((verdict) => auditCurve({verdict})));
  assert.deepEqual(opened.findAll("div.verdict").map((v) => v.getAttribute("class")), ["verdict good", "verdict warn", "verdict bad", "verdict "]);
  assert.equal(opened.findAll("div.verdict")[3].querySelector("b").textContent, EVIL);
  assert.equal(opened.findAll("img").length, 0);
});

test("verdicts at other q-values, verdicts on single runs, and duplicates of a single run are in the table only", () => {
  const curves = [auditCurve(), auditCurve({q_value: 0.05}), auditCurve({scope: "one run", run: "a"}), auditCurve({scope: "global"}), auditCurve({q_value: null})];
  assert.equal(withAudit(curves).findAll("div.verdict").length, 3);
  assert.equal(withAudit(curves, null, ["a"]).findAll("div.verdict").length, 2, "one run: both kinds of q-value are the same");
  assert.equal(withAudit(curves).find("details").querySelector("tbody").children.length, 5);
});

test("shares are percentages with three digits", () => {
  const sharePercent = quiet.part("sharePercent");
  assert.deepEqual([0.012345, 1, 0, null, NaN].map(sharePercent), [1.23, 100, 0, null, null]);
});

test("curves up to a stated rate of 5 % are drawn, their upper bands are cut where few rows are accepted", () => {
  let drawn = null;
  const opened = openPage(reportData(["a", "b"], {audit: {curves: []}}), {isDrawn: false});
  opened.part("(f) => { plot = f; }")((_, options) => { drawn = options; });
  const q = [0.0001, 0.01, 0.05, 0.2];
  opened.part("drawAuditCurve")(opened.part("el")("div"), {...auditCurve(), "Q.Value": q, "Lower.Bound": [0, 0.005, 0.02, 0.1],
    Combined: [0.001, 0.02, 0.04, 0.3], Paired: [0.001, 0.01, 0.04, 0.3], "Paired.Low": [0, 0.005, 0.03, 0.2], "Paired.High": [0.9, 0.02, 0.06, 0.4]});
  const series = plain(drawn.series.map(({name, x, y}) => ({name, x, y})));
  const paired = series.find((s) => s.name === "upper bound: paired");
  assert.deepEqual(paired.x, [0.01, 1, 5]);
  assert.deepEqual(paired.y, [0.1, 1, 4]);
  assert.deepEqual(series[0].y, [7.5, 2, 6], "0.9 at the first point is cut to 1.5 times the largest claim");
  assert.deepEqual(series.at(-1), {name: "claim", x: [0, 5], y: [0, 5]});
});

test("a certificate without curves and a missing certificate are accepted", () => {
  assert.equal(withAudit([]).document.documentElement.dataset.ready, "yes");
  assert.ok(openPage(reportData(["a"], {audit: {}})).text().includes("FDR certificate"));
  assert.ok(!openPage(reportData(["a"])).text().includes("FDR certificate"));
  assert.ok(withAudit([auditCurve()], [{level: "precursor", scope: "run", "Q.Value": [], Combined: []}]).text().includes("valid"));
});
