// Data of a page as report_page_data of src/report/page_data.h writes them: small, with everything
// that a section asks for. `EVIL` is a name that would be a program if it were ever taken for HTML.

export const EVIL = `"><img src=x onerror=alert(1)></script><script>alert('x')</script>&amp;`;

const curve = (name, x, y) => ({name, x, y});
const histogram = (label, runs) => ({label, low: 0, step: 2, all: [1, 5, 2], median: 3.5, medians: Array(runs).fill(3.5),
  ...(runs > 1 ? {runs: Array.from({length: runs}, (_, i) => [i, 1, 0])} : {})});

export function trace(run = 0) {
  return {run, rt: [1, 1.1, 1.2, 1.3], labels: ["y4^1", "b3^1"], library: [0.75, 0.25],
    raw: [0, 30, 60, 0, 0, 10, 20, 0], weight: [0, 40, 80, 0], start: 1, stop: 1.2, apex: 1.2, area: 4321.5, q: 0.001, isDecoy: false};
}

export function models() {
  return {curves: [curve("rt.irt_of_rt", [0, 10, 20], [0, 50, 90]), curve("mass.offset_ppm_of_rt", [0, 20], [1, 3]),
    curve("mass.offset_ppm_of_mz", [400, 900], [-1, 1]), curve("quad_shape.centre", [0, 1], [1, 0])],
  values: {"rt.tolerance_irt": 4, "mass.tolerance_low_ppm": -5, "mass.tolerance_high_ppm": 5, "mass.sd_ppm": 1.2, "nce": 27,
    "quad.low_edge.offset_mz": 0.1, "quad.low_edge.width_mz": 0.5, "quad.high_edge.offset_mz": -0.1, "quad.high_edge.width_mz": 0.4}};
}

// A report of `names`; two conditions where there are four or more runs.
export function reportData(names = ["run_1", "run_2"], change = {}) {
  const runs = names.length;
  const each = (value) => names.map((_, i) => typeof value === "function" ? value(i) : value);
  const isGrouped = runs >= 4;
  const data = {
    page: "report", program: "overland 0.1.0", title: "out", isServed: false,
    manifest: {program: "overland 0.1.0", schema_version: "1", library: {source: "library.lib", hash: "abc"},
      tables: {"report.parquet": {rows: 10, filter: "q <= 0.01"}}},
    config: {search: {seed: 1}, report: {q_value: 0.01}}, filter: "q <= 0.01",
    names, conditions: isGrouped ? ["A", "B"] : [], condition: each((i) => isGrouped ? i % 2 : -1), conditionsFrom: "by run names",
    runs: [{name: "Run", unit: "", note: "", values: names}, {name: "Precursors", unit: "", note: "reported", values: each((i) => 100 + i)},
      {name: "Empty", unit: "", note: "", values: each(null)}, {name: "Status", unit: "", note: "", values: each("ok")},
      {name: "Quad.Method", unit: "", note: "", values: each("fitted")}],
    ids: {distinct: 120, distinctPeptides: 100, precursors: each((i) => 100 + i), peptides: each(90), charges: [[2, 0.75], [3, 0.25]],
      groups: each(40), distinctGroups: 45, groupsNote: "Rows of protein_groups.parquet."},
    qCurve: {grid: [0.0001, 0.001, 0.01], runs: each((i) => [50, 80, 100 + i])},
    audit: null, auditCurves: null, importance: {names: ["score", "rt error"], shares: [60, 20]},
    models: each(models), points: each(() => ({mass: {x: [1, 2, 3], y: [1, 2, 3], z: [450, 600, 800]},
      energy: {x: [500, 600], y: [27, 28], z: [2, 3]}, energy_profile: {x: [20, 25], y: [0.8, 0.9], z: [2, 2]}})),
    runDetails: each((run) => ({run, rt: [1, 5, 12], irt: [5, 25, 58], rtError: [1, -2, 0.5]})),
    tic: each((run) => ({run, ms1: {x: [0, 1, 2], y: [10, 20, 30]}, ms2: {x: [0, 1, 2], y: [1, 2, 3]}})),
    normalisation: each((run) => ({run, method: "curve", sd: 0.1, x: [0, 10], y: [0.1, -0.1]})),
    histograms: {fwhm: histogram("seconds", runs), points: histogram("points", runs), quantity: histogram("log10 quantity", runs),
      interference: histogram("interference", runs)},
    missing: {precursors: 120, complete: 80, foundIn: each((i) => 120 - i), cells: 0.83},
    cv: isGrouped ? [{condition: "A", index: 0, runs: 2, precursors: 60, median: 8.25, step: 2, counts: [10, 50]}] : [],
    cvNote: "Of Precursor.Normalised.", quantityNote: "Of Precursor.Normalised.",
    ratios: isGrouped ? [{a: "A", b: "B", count: 3, shown: 2, median: -0.5, x: [4, 5], y: [-1, 0], group: [0, 1], groups: ["other", "HUMAN"]}] : [],
    pca: runs >= 3 ? {run: each((i) => i), x: each((i) => i - 1), y: each((i) => (i % 2) - 0.5), share: [0.7, 0.2], precursors: 99} : null,
    correlation: runs >= 2 ? {run: each((i) => i), r: each((i) => each((j) => i === j ? 1 : 0.9))} : null,
    resources: {threads: 2, total: {wall: 3.2, cpu: 5.1}, stages: [{stage: "read", wall: 1, cpu: 2, peakBytes: 1.5e8}]},
    xic: {total: 2, precursors: [{id: "PEPTIDEK2", traces: each((run) => trace(run))}]}, leftOut: [],
  };
  return {...data, ...change};
}

export function auditCurve(change = {}) {
  return {level: "precursor", scope: "run", q_value: 0.01, verdict: "valid", targets: 998, entrapments: 2,
    fdp: {lower_bound: 0.002, combined: 0.004, paired: 0.003}, low_95: {paired: 0.001, combined: 0.002}, high_95: {paired: 0.006, combined: 0.008},
    too_few: false, ...change};
}

// The page of one precursor, as write_explanation_page of src/stages/explain_text.cpp has it.
export function explainData(change = {}) {
  const explain = {precursor: "PEPTIDEK2", run: "run_1", verdict: "Not reported: the q-value is too high.", found: true,
    gates: [{gate: "library", state: "passed", text: "It is there."}, {gate: "q-value", state: "failed", text: "0.2", needed: "0.01"},
      {gate: "note", state: "note", text: "n"}, {gate: "later", state: "not reached", text: "-"}, {gate: "odd", state: "unheard of", text: "?"}],
    traces: [trace(0)], features: [{name: "score", value: 1.5, amongTargets: 3, amongDecoys: 80, medianTargets: 4, medianDecoys: 0.5}],
    competitors: [{precursor: "OTHERK2", isDecoy: true, sharedPeaks: 3, weight: 120}], ...change};
  return {page: "explain", program: "overland 0.1.0", title: explain.precursor, names: [explain.run], explain};
}
