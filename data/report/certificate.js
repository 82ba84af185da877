// FDR certificate: audit.json says the verdicts, audit.parquet has the curves.

const auditScope = (scope, level) => level === "transfer" ? "match between runs" : ({run: "q-values in the runs", global: "q-values over all runs"})[scope] ?? scope;
const auditUpper = (part) => isNumber(part?.paired) ? part.paired : part?.combined;
const verdictClass = (verdict) => ({valid: "good", inconclusive: "warn", invalid: "bad"})[verdict] ?? "";
const sharePercent = (share) => isNumber(share) ? Number((100 * share).toPrecision(3)) : null;

// What a verdict means, in words.
function verdictWords(c) {
  const least = percent(c.fdp?.lower_bound), most = percent(auditUpper(c.fdp));
  const counted = `${many(c.entrapments, "entrapment")} among ${show(c.targets + c.entrapments)} accepted`;
  const interval = `between ${percent(auditUpper(c.low_95))} and ${percent(auditUpper(c.high_95))}`;
  if (!isNumber(auditUpper(c.fdp))) return `${counted}: at least ${least} of them come from a false donor. That a precursor is not in the run to which it was transferred, entrapments cannot show: the donors' decoys count it, in Transfer.Q.Value.`;
  const end = c.too_few ? " Too few are accepted to tell." : "";
  return `${counted}: at least ${least} and at most ${most} of them are false; with 95 % certainty the upper bound lies ${interval}.${end}`;
}

// With one run, both kinds of q-values are the same.
const isAuditShown = (c) => c.scope !== "one run" && (data.names.length > 1 || c.scope !== "global");

function drawVerdicts(node, curves, level) {
  const at = curves.filter((c) => isAuditShown(c) && (!isNumber(c.q_value) || c.q_value === level));
  const list = el("div", {class: "verdicts"});
  for (const c of at)
    list.append(el("div", {class: `verdict ${verdictClass(c.verdict)}`}, el("b", {text: String(c.verdict)}),
      el("p", {}, el("span", {class: "what", text: `${c.level}, ${auditScope(c.scope, c.level)}. `}), el("span", {text: verdictWords(c)}))));
  if (at.length) node.append(list);
}

function drawVerdictTable(node, curves) {
  const value = (at, kind) => curves.map((c) => sharePercent(kind === "upper" ? auditUpper(c[at]) : c[at]?.[kind]));
  const low = value("low_95", "upper"), high = value("high_95", "upper");
  const details = el("details", {class: "more"}, el("summary", {text: "All levels, and each run alone"}));
  sortableTable(details, [
    {name: "level", values: curves.map((c) => c.level)}, {name: "scope", values: curves.map((c) => c.run ?? auditScope(c.scope, c.level))},
    {name: "claim", unit: "%", values: curves.map((c) => sharePercent(c.q_value))}, {name: "verdict", values: curves.map((c) => String(c.verdict))},
    {name: "lower bound", unit: "%", values: value("fdp", "lower_bound")}, {name: "paired", unit: "%", values: value("fdp", "paired")},
    {name: "combined", unit: "%", values: value("fdp", "combined")},
    {name: "95 % interval", unit: "%", values: low.map((v, i) => `${show(v)} … ${show(high[i])}`)},
    {name: "targets", values: curves.map((c) => c.targets)}, {name: "entrapments", values: curves.map((c) => c.entrapments)}],
  {label: "FDR certificate", file: "audit.json"});
  node.append(details);
}

// The part of a curve that is of use: claims up to 5 %, in per cent.
function drawAuditCurve(cards, c) {
  const kMost = 0.05;
  const all = c["Q.Value"] ?? [];
  const places = all.map((_, i) => i).filter((i) => isNumber(all[i]) && all[i] <= kMost);
  const values = (name) => places.map((i) => sharePercent(c[name]?.[i]));
  const x = places.map((i) => 100 * all[i]);
  const isPaired = (c.Paired ?? []).some(isNumber);
  const upper = isPaired ? "Paired" : "Combined";
  const line = (name, label, index) => ({kind: "line", x, y: values(name), name: label, colour: colour(index)});
  const most = Math.max(0, ...x);
  const open = values(`${upper}.High`);  // wide where few are accepted
  const ceiling = Math.max(1.5 * most, ...open.filter((v, i) => isNumber(v) && x[i] >= 1));
  const high = open.map((v) => isNumber(v) ? Math.min(v, ceiling) : v);
  plot(card(cards, `Claimed and measured: ${c.level}, ${auditScope(c.scope)}`, "On the dashed diagonal the claim is exact. An upper bound below it proves the claim; a lower bound above it disproves it."), {
    x: {label: "claimed q-value, %", zero: true}, y: {label: "false-discovery proportion, %", zero: true}, label: "false-discovery proportion",
    series: [{kind: "area", x, y: high, low: values(`${upper}.Low`), name: `${upper.toLowerCase()}, 95 %`, colour: colour(0), opacity: 0.16},
      line("Lower.Bound", "lower bound", 2), ...(isPaired ? [line("Paired", "upper bound: paired", 0)] : []), line("Combined", "upper bound: combined", 1),
      {kind: "line", x: [0, most], y: [0, most], name: "claim", colour: "var(--soft)", dash: "4 3"}]});
}

function drawCertificate() {
  const node = section("fdr", "FDR certificate");
  const level = data.audit.verdict_at;
  const curves = Array.isArray(data.audit.curves) ? data.audit.curves : [];
  node.append(el("p", {class: "note", text: `Entrapments are shuffled peptides that cannot be in the sample; the search took them for targets. Those it accepted say how many of all accepted are false${isNumber(level) ? `, here at a claimed ${percent(level)}` : ""}.`}));
  drawVerdicts(node, curves, level);
  const cards = cardsIn(node);
  for (const c of (data.auditCurves ?? []).filter((c) => isAuditShown(c) && (c.Combined ?? []).some(isNumber))) drawAuditCurve(cards, c);
  if (curves.length) drawVerdictTable(node, curves);
}
