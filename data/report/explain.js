// The page of `overland explain`: the gates of one precursor in one run.

function drawExplain() {
  const e = data.explain;
  pageHead(`${e.precursor} in ${e.run}`, []);
  const node = section("gates", e.verdict);
  const cards = cardsIn(node);
  const gates = card(cards, "Gates", "In the order of the search; the first that is not passed decides.", true);
  const signs = {passed: ["✓", "good"], failed: ["✗", "bad"], note: ["·", "warn"], "not reached": ["–", ""]};
  for (const gate of e.gates) {
    const [sign, kind] = signs[gate.state] ?? ["·", ""];
    gates.append(el("div", {class: "gate"}, el("span", {class: `sign ${kind}`, text: sign, "aria-label": gate.state}), el("b", {text: gate.gate}), el("p", {text: gate.text}), gate.needed ? el("p", {class: "warn", text: `Needed: ${gate.needed}`}) : null));
  }
  if (e.traces.length) {
    const shown = section("chromatograms", "Chromatograms of the second pass");
    drawPrecursor(shown.appendChild(el("div")), e.precursor, e.traces.map(decodeTrace));
  }
  if (e.features.length) {
    const features = section("features", "Features against the run");
    features.append(el("p", {class: "note", text: "Percentile among the best peak groups of targets that pass, and of decoys. A target that looks like the others that pass stands in the middle of the first."}));
    sortableTable(features, [
      {name: "feature", values: e.features.map((f) => f.name)}, {name: "value", values: e.features.map((f) => f.value)},
      {name: "percentile among passing targets", unit: "%", values: e.features.map((f) => f.amongTargets)}, {name: "percentile among decoys", unit: "%", values: e.features.map((f) => f.amongDecoys)},
      {name: "median of passing targets", values: e.features.map((f) => f.medianTargets)}, {name: "median of decoys", values: e.features.map((f) => f.medianDecoys)}], {label: "features"});
  }
  if (e.competitors.length) {
    const competitors = section("competitors", "Competitors at the apex");
    competitors.append(el("p", {class: "note", text: "Other library precursors in the same scan that share fragment peaks with it."}));
    sortableTable(competitors, [
      {name: "precursor", values: e.competitors.map((c) => c.precursor)}, {name: "decoy", values: e.competitors.map((c) => c.isDecoy ? "yes" : "no")},
      {name: "shared peaks", values: e.competitors.map((c) => c.sharedPeaks)}, {name: "weight", unit: "intensity", values: e.competitors.map((c) => c.weight)}], {label: "competitors"});
  }
  pageFoot();
}
