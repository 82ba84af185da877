// Results of a search made up for tests: a small library, rows of a report on it, and the folder
// that `overland search` would leave of them. Each value is simple enough to be worked out by hand.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/rng.h"
#include "chemistry/peptide.h"
#include "io/table/list_table_sink.h"
#include "io/table/table.h"
#include "report/precursor_report.h"
#include "report/quantity_tables.h"
#include "support/table_checks.h"

namespace overland::support {

inline constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
// A name as an input may hold it: it must break no line, field or page.
inline constexpr const char* kHostileName = "a\tb\"c\"\n<script>alert('x')</script>,d;e & 100 %";

struct ExamplePrecursor {
  std::string modified;
  int charge = 2;
  std::string proteins, genes;
  bool is_decoy = false;
  std::uint8_t entrapment = 0;
};

// Texts as a mapped file would hold them.
class OwnedTexts {
 public:
  explicit OwnedTexts(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) {
      bytes_ += text;
      offsets_.push_back(static_cast<std::int32_t>(bytes_.size()));
    }
  }
  [[nodiscard]] io::StringColumn column() const {
    return {.offsets = offsets_, .bytes = bytes_.data()};
  }

 private:
  std::vector<std::int32_t> offsets_{0};
  std::string bytes_;
};

// A library whose precursors are all there is of it: no fragments.
class ExampleLibrary {
 public:
  explicit ExampleLibrary(const std::vector<ExamplePrecursor>& precursors)
      : modified_(each(precursors, &ExamplePrecursor::modified)),
        proteins_(each(precursors, &ExamplePrecursor::proteins)),
        genes_(each(precursors, &ExamplePrecursor::genes)) {
    for (const ExamplePrecursor& p : precursors) {
      const auto peptide = parse_peptide(p.modified);
      mz_.push_back(peptide ? static_cast<float>(precursor_mz(*peptide, p.charge).value) : 500.0F);
      irt_.push_back(static_cast<float>(10 * mz_.size()));
      charge_.push_back(static_cast<std::uint8_t>(p.charge));
      decoy_.push_back(p.is_decoy ? 1 : 0);
      entrapment_.push_back(p.entrapment);
      set_.push_back(static_cast<std::uint32_t>(set_.size()));
    }
  }
  [[nodiscard]] library::LibraryView view() const {
    library::LibraryView v;
    v.precursor_mz = mz_;
    v.irt = irt_;
    v.charge = charge_;
    v.is_decoy = decoy_;
    v.entrapment = entrapment_;
    v.protein_set = set_;
    v.modified_sequence = modified_.column();
    v.protein_ids = proteins_.column();
    v.genes = genes_.column();
    return v;
  }

 private:
  static std::vector<std::string> each(const std::vector<ExamplePrecursor>& precursors,
                                       std::string ExamplePrecursor::* member) {
    std::vector<std::string> texts;
    for (const ExamplePrecursor& p : precursors) texts.push_back(p.*member);
    return texts;
  }
  OwnedTexts modified_, proteins_, genes_;
  std::vector<float> mz_, irt_;
  std::vector<std::uint8_t> charge_, decoy_, entrapment_;
  std::vector<std::uint32_t> set_;
};

// The chromatograms of a row of the report: [fragment][point].
struct ExampleTrace {
  std::size_t row = 0;
  std::vector<float> minutes, weight;
  std::vector<std::string> fragments;
  std::vector<float> mz, share, raw;
};

struct ExampleResults {
  std::vector<std::string> runs, files;
  std::vector<ExamplePrecursor> precursors;
  std::vector<report::ReportRow> rows;
  std::vector<ExampleTrace> traces;

  [[nodiscard]] std::string id(const report::ReportRow& row) const {
    return precursors[row.precursor].modified + std::to_string(precursors[row.precursor].charge);
  }
  [[nodiscard]] io::Table report() const {
    const ExampleLibrary library(precursors);
    io::Table table = report::make_report(rows, library.view(), runs);
    table.metadata["overland.filter"] = "Q.Value <= 0.01";
    return table;
  }
  // As the folder of a search; without traces there is no xic.parquet.
  void write(const std::filesystem::path& folder) const;
  [[nodiscard]] io::Table runs_table() const;
  [[nodiscard]] report::LevelQuantities protein_groups() const;
  void write_traces(const std::filesystem::path& file) const;
};

inline io::Table ExampleResults::runs_table() const {
  io::Table table;
  std::vector<std::uint64_t> counts(runs.size(), 0);
  for (const report::ReportRow& row : rows) ++counts[row.run];
  table.add("Run", runs);
  table.add("File", files);
  table.add("Precursors", std::move(counts));
  return table;
}

inline report::LevelQuantities ExampleResults::protein_groups() const {
  std::map<std::string, std::map<std::uint32_t, std::pair<double, std::uint32_t>>> groups;
  std::map<std::string, double> q;
  for (const report::ReportRow& row : rows) {
    if (row.protein_group.empty() || precursors[row.precursor].is_decoy) continue;
    auto& [quantity, count] = groups[row.protein_group][row.run];
    quantity = row.protein_quantity;
    ++count;
    q[row.protein_group] = row.global_protein_q_value;
  }
  report::LevelQuantities level{"Protein.Group", {}, {}, {}, "Global.PG.Q.Value", {}, {}};
  level.profiles.begin = {0};
  for (const auto& [name, of_run] : groups) {
    level.names.push_back(name);
    level.q_value.push_back(q[name]);
    for (const auto& [run, entry] : of_run) {
      level.profiles.run.push_back(run);
      level.profiles.log2_quantity.push_back(std::log2(entry.first));
      level.profiles.ions.push_back(entry.second);
      level.profiles.component.push_back(0);
    }
    level.profiles.begin.push_back(level.profiles.run.size());
  }
  return level;
}

inline void ExampleResults::write_traces(const std::filesystem::path& file) const {
  auto sink = io::ListTableSink::open(file);
  ASSERT_TRUE(sink) << sink.error().message();
  std::vector<std::string> run, precursor;
  std::vector<std::uint8_t> decoy;
  std::vector<float> apex, start, stop;
  std::vector<double> quantity;
  const auto list = [](const char* name) {
    io::NamedList made;
    made.name = name;
    made.lists.begin = {0};
    return made;
  };
  io::NamedList rt = list("RT"), weight = list("Weight"), mz = list("Fragment.Mz"),
                share = list("Fragment.Share"), raw = list("Intensity.Raw"),
                label = list("Fragment");
  label.is_text = true;
  const auto append = [](io::NamedList& to, const std::vector<float>& values) {
    to.lists.values.insert(to.lists.values.end(), values.begin(), values.end());
    to.lists.begin.push_back(to.lists.values.size());
  };
  for (const ExampleTrace& t : traces) {
    const report::ReportRow& row = rows[t.row];
    run.push_back(runs[row.run]);
    precursor.push_back(id(row));
    decoy.push_back(precursors[row.precursor].is_decoy ? 1 : 0);
    apex.push_back(row.rt), start.push_back(row.rt_start), stop.push_back(row.rt_stop);
    quantity.push_back(row.quantity);
    append(rt, t.minutes), append(weight, t.weight), append(mz, t.mz), append(share, t.share);
    append(raw, t.raw);
    label.text.insert(label.text.end(), t.fragments.begin(), t.fragments.end());
    label.lists.begin.push_back(label.text.size());
  }
  io::Table plain;
  plain.add("Run", std::move(run)), plain.add("Precursor.Id", std::move(precursor));
  plain.add("Decoy", std::move(decoy)), plain.add("Apex", std::move(apex));
  plain.add("RT.Start", std::move(start)), plain.add("RT.Stop", std::move(stop));
  plain.add("Precursor.Quantity", std::move(quantity));
  ASSERT_TRUE(sink->append(plain, {rt, weight, label, mz, share, raw}));
  ASSERT_TRUE(sink->close());
}

inline report::NameRange all_names(const report::LevelQuantities& level) {
  return {0, level.names.size()};
}

inline void ExampleResults::write(const std::filesystem::path& folder) const {
  const report::LevelQuantities groups = protein_groups();
  std::filesystem::create_directories(folder);
  ASSERT_TRUE(io::write_parquet(report(), folder / "report.parquet"));
  ASSERT_TRUE(io::write_parquet(runs_table(), folder / "runs.parquet"));
  ASSERT_TRUE(
      io::write_parquet(report::make_long_level(groups, all_names(groups), runs, "PG.MaxLFQ"),
                        folder / "protein_groups.parquet"));
  if (!traces.empty()) write_traces(folder / "xic.parquet");
  write_text(folder / "manifest.json",
             R"({"program": "overland 1.2.3", "tables": {"report.parquet": {"filter": "q"}}})");
}

// A row of five points and three fragments around its apex. Fragment f of the row is observed with
// `excess` times what the deconvolution gives it.
inline ExampleTrace trace_of(const ExampleResults& results, std::size_t row, double excess) {
  const report::ReportRow& r = results.rows[row];
  const ExamplePrecursor& p = results.precursors[r.precursor];
  ExampleTrace trace{.row = row,
                     .minutes = {},
                     .weight = {0, 50, 100, 50, 0},
                     .fragments = {"y4^1", "y5^1", "b3^1"},
                     .mz = {},
                     .share = {0.5F, 0.3F, 0.2F},
                     .raw = {}};
  for (int k = -2; k <= 2; ++k) trace.minutes.push_back(r.rt + 0.05F * static_cast<float>(k));
  const auto peptide = parse_peptide(p.modified);
  for (const auto& [type, ordinal] : {std::pair{FragmentType::y, 4}, std::pair{FragmentType::y, 5},
                                      std::pair{FragmentType::b, 3}}) {
    const FragmentIon ion{.type = type, .ordinal = static_cast<std::uint8_t>(ordinal), .charge = 1};
    trace.mz.push_back(peptide ? static_cast<float>(fragment_mz(*peptide, ion).value) : 100.0F);
  }
  for (const float share : trace.share)
    for (const float weight : trace.weight)
      trace.raw.push_back(static_cast<float>(excess) * share * weight);
  return trace;
}

// Row of precursor p in run r, with values that tell both apart.
inline report::ReportRow example_row(std::uint32_t p, std::uint32_t r) {
  const double place = p + 0.1 * r;
  report::ReportRow row;
  row.precursor = p, row.run = r;
  row.rt = static_cast<float>(10 + place);
  row.rt_start = row.rt - 0.1F, row.rt_stop = row.rt + 0.1F, row.fwhm = 0.08F;
  row.irt_observed = static_cast<float>(100 * place), row.predicted_rt = row.rt + 0.01F;
  row.quantity = 1000 * (p + 1) * (r + 1), row.quantity_sd = 10, row.ms1_area = 500;
  row.normalised = row.quantity * 0.5;
  row.protein_quantity = 7000 * (r + 1), row.gene_quantity = 8000;
  row.quantity_status = "ok";
  row.interference = 0.25F;
  row.q_value = 0.001 * (p + 1) / (r + 1), row.global_q_value = 0.0005 * (p + 1);
  row.pep = 0.01, row.global_pep = 0.005;
  row.peptide_q_value = 0.002, row.global_peptide_q_value = 0.0015, row.peptide_pep = 0.02;
  row.protein_q_value = 0.003, row.global_protein_q_value = 0.0025, row.protein_pep = 0.03;
  row.transfer_q_value = kMissing;
  row.score = static_cast<float>(5 - place);
  row.points = 7, row.apex_scan = static_cast<std::int32_t>(1000 + 10 * p + r);
  return row;
}

// Three runs, two of them of one condition; five precursors, the last a decoy. Precursor 1 has no
// quantity in the second run and precursor 2 is not in the third; precursor 3 has no protein group.
inline ExampleResults example_results() {
  ExampleResults results{.runs = {"A_1", "A_2", "B_1"},
                         .files = {"/data/run files/A_1.mzML", "/data/A_2.mzML.gz", "B_1.arrow"},
                         .precursors = {{"AC(UniMod:4)LLPEPK", 2, "P1;P2", "G1"},
                                        {"(UniMod:1)AAKC(UniMod:4)LPEK", 3, "P1_HUMAN", "G1;G2"},
                                        {"GM(UniMod:35)ESTIDER", 2, "P3", "G3"},
                                        {"LVNELTEFAK", 2, "P4", ""},
                                        {"DECOYPEPTIDEK", 2, "P1", "G1", true}},
                         .rows = {},
                         .traces = {}};
  results.precursors[4].modified = "DECAYPEPTIDEK";
  for (std::uint32_t r = 0; r < 3; ++r) {
    for (std::uint32_t p = 0; p < 5; ++p) {
      if (p == 2 && r == 2) continue;
      report::ReportRow row = example_row(p, r);
      row.protein_group = p == 0 ? "P1;P2" : p == 3 ? "" : results.precursors[p].proteins;
      row.genes = results.precursors[p].genes;
      if (p == 1 && r == 1) {
        row.quantity = row.normalised = row.quantity_sd = kMissing;
        row.quantity_status = "no signal";
      }
      results.rows.push_back(row);
    }
  }
  for (std::size_t row = 0; row < results.rows.size(); ++row)
    results.traces.push_back(trace_of(results, row, row % 2 == 0 ? 1.0 : 2.0));
  return results;
}

}  // namespace overland::support
