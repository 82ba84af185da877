// Exports report.tsv of DIA-NN 1.8, with the available columns in the order of DIA-NN.
#include <fmt/format.h>

#include <cmath>

#include "exchange/results/exports.h"
#include "exchange/results/line_file.h"
#include "exchange/results/observed_fragments.h"

namespace overland::exchange {
namespace {

enum class Kind : std::uint8_t { text, number, count, constant };

// A column of DIA-NN and the source of its values.
struct DiannColumn {
  const char* name;
  const char* source;  // column of report.parquet, or the constant
  Kind kind = Kind::number;
};

constexpr DiannColumn kDiannColumns[] = {{"Run", "Run", Kind::text},
                                         {"Protein.Group", "Protein.Group", Kind::text},
                                         {"Protein.Ids", "Protein.Ids", Kind::text},
                                         {"Protein.Names", "Protein.Group", Kind::text},
                                         {"Genes", "Genes", Kind::text},
                                         {"PG.Quantity", "PG.MaxLFQ"},
                                         {"PG.Normalised", "PG.MaxLFQ"},
                                         {"PG.MaxLFQ", "PG.MaxLFQ"},
                                         {"Genes.Quantity", "Genes.MaxLFQ"},
                                         {"Genes.Normalised", "Genes.MaxLFQ"},
                                         {"Genes.MaxLFQ", "Genes.MaxLFQ"},
                                         {"Genes.MaxLFQ.Unique", "Genes.MaxLFQ"},
                                         {"Modified.Sequence", "Modified.Sequence", Kind::text},
                                         {"Stripped.Sequence", "Stripped.Sequence", Kind::text},
                                         {"Precursor.Id", "Precursor.Id", Kind::text},
                                         {"Precursor.Charge", "Precursor.Charge", Kind::count},
                                         {"Precursor.Mz", "Precursor.Mz"},
                                         {"Q.Value", "Q.Value"},
                                         {"PEP", "PEP"},
                                         {"Global.Q.Value", "Global.Q.Value"},
                                         {"Protein.Q.Value", "PG.Q.Value"},
                                         {"PG.Q.Value", "PG.Q.Value"},
                                         {"Global.PG.Q.Value", "Global.PG.Q.Value"},
                                         {"GG.Q.Value", "PG.Q.Value"},
                                         {"Proteotypic", "Proteotypic", Kind::count},
                                         {"Precursor.Quantity", "Precursor.Quantity"},
                                         {"Precursor.Normalised", "Precursor.Normalised"},
                                         {"RT", "RT"},
                                         {"RT.Start", "RT.Start"},
                                         {"RT.Stop", "RT.Stop"},
                                         {"iRT", "iRT"},
                                         {"Predicted.RT", "Predicted.RT"},
                                         {"Predicted.iRT", "iRT.Observed"},
                                         {"First.Protein.Description", "", Kind::constant},
                                         {"Lib.Q.Value", "Global.Q.Value"},
                                         {"Lib.PG.Q.Value", "Global.PG.Q.Value"},
                                         {"Ms1.Area", "Ms1.Area"},
                                         {"CScore", "Score"},
                                         {"MS2.Scan", "Apex.Scan", Kind::count},
                                         {"IM", "0", Kind::constant},
                                         {"iIM", "0", Kind::constant},
                                         {"FWHM", "FWHM"},
                                         {"Quantity.SD", "Quantity.SD"}};

// A row without fragments gets lists of one zero, because programs that split the lists cannot read
// empty ones.
struct FragmentTexts {
  std::string raw = "0;", corrected = "0;", correlations = "0;", info;
};

FragmentTexts texts_of(std::span<const ObservedFragment> fragments) {
  FragmentTexts t{"", "", "", ""};
  for (const ObservedFragment& f : fragments) {
    t.raw += fmt::format("{};", static_cast<float>(f.area));
    t.corrected += fmt::format("{};", static_cast<float>(f.corrected));
    t.correlations += fmt::format("{:.4f};", f.correlation);
    t.info += fmt::format("{}{}^{}/{:.6f};", f.type, f.ordinal, f.charge, f.mz);
  }
  return t;
}

class ReportLines {
 public:
  explicit ReportLines(const SearchResults& results)
      : results_(results), decoy_(results.is_decoy()) {
    for (const DiannColumn& column : kDiannColumns)
      numbers_.push_back(column.kind == Kind::number || column.kind == Kind::count
                             ? results.numbers(column.source)
                             : std::vector<double>());
  }

  [[nodiscard]] static std::vector<std::string> header(bool with_fragments) {
    std::vector<std::string> names{"File.Name"};
    for (const DiannColumn& column : kDiannColumns) names.emplace_back(column.name);
    if (with_fragments)
      for (const char* name : {"Fragment.Quant.Raw", "Fragment.Quant.Corrected",
                               "Fragment.Correlations", "Fragment.Info"})
        names.emplace_back(name);
    return names;
  }

  [[nodiscard]] bool counts(std::size_t row) const { return !decoy_[row]; }

  [[nodiscard]] std::vector<std::string> fields(std::size_t row,
                                                const FragmentTexts* fragments) const {
    std::vector<std::string> fields{results_.files[results_.run_of_row[row]]};
    for (std::size_t c = 0; c < std::size(kDiannColumns); ++c) fields.push_back(cell(c, row));
    if (fragments != nullptr)
      for (const std::string* text :
           {&fragments->raw, &fragments->corrected, &fragments->correlations, &fragments->info})
        fields.push_back(*text);
    return fields;
  }

 private:
  [[nodiscard]] std::string cell(std::size_t c, std::size_t row) const {
    const DiannColumn& column = kDiannColumns[c];
    switch (column.kind) {
      case Kind::text: {
        const auto values = results_.report.column<std::string>(column.source);
        return values ? (**values)[row] : "";
      }
      case Kind::number:
        return number_text(numbers_[c][row]);
      case Kind::count:
        return std::isfinite(numbers_[c][row]) ? std::to_string(std::llround(numbers_[c][row]))
                                               : "";
      case Kind::constant:
        return column.source;
    }
    return "";
  }

  const SearchResults& results_;
  std::vector<bool> decoy_;
  std::vector<std::vector<double>> numbers_;
};

}  // namespace

Result<void> export_diann_report(const SearchResults& results, const std::filesystem::path& file) {
  const bool with_fragments = std::filesystem::exists(results.folder / "xic.parquet");
  std::vector<FragmentTexts> fragments(with_fragments ? results.row_count() : 0);
  if (with_fragments) {
    const auto done =
        visit_fragments(results, [&](std::size_t row, std::span<const ObservedFragment> observed) {
          fragments[row] = texts_of(observed);
          return Result<void>();
        });
    if (!done) return done;
  }
  return write_line_file(file, [&](LineFile& lines) -> Result<void> {
    const ReportLines report(results);
    lines.add_fields(ReportLines::header(with_fragments), '\t');
    for (std::size_t row = 0; row < results.row_count(); ++row)
      if (report.counts(row))
        lines.add_fields(report.fields(row, with_fragments ? &fragments[row] : nullptr), '\t');
    return {};
  });
}

}  // namespace overland::exchange
