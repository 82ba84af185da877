// Exports a library as a table with a row per fragment and the column names of DIA-NN.
#include <fmt/format.h>

#include "exchange/export/export_formats.h"
#include "io/table/table_sink.h"

namespace overland::exchange {
namespace {

constexpr std::size_t kRowsPerGroup = 1 << 17;

// The common columns of both tables, one entry per fragment.
struct Rows {
  std::vector<std::string> id, modified, stripped, type, loss, proteins, genes;
  std::vector<std::int64_t> charge, decoy, proteotypic, fragment_charge, ordinal, zero;
  std::vector<float> irt, precursor_mz, product_mz, intensity, none, one;

  void add(const library::LibraryPrecursor& p, const std::string& name, float mz,
           const library::LibraryPrecursor::Fragment& f) {
    id.push_back(fmt::format("{}{}", name, p.charge));
    modified.push_back(name);
    stripped.push_back(p.peptide.residues);
    type.emplace_back(f.ion.type == FragmentType::y ? "y" : "b");
    loss.emplace_back("noloss");
    proteins.push_back(p.protein_ids);
    genes.push_back(p.genes);
    charge.push_back(p.charge);
    decoy.push_back(p.is_decoy ? 1 : 0);
    proteotypic.push_back(p.protein_ids.find(';') == std::string::npos ? 1 : 0);
    fragment_charge.push_back(f.ion.charge);
    ordinal.push_back(f.ion.ordinal);
    zero.push_back(0);
    irt.push_back(p.irt);
    precursor_mz.push_back(mz);
    product_mz.push_back(f.mz);
    intensity.push_back(f.intensity);
    none.push_back(0);
    one.push_back(1);
  }
};

io::Table version_1(Rows&& r) {
  io::Table table;
  table.add("PrecursorMz", std::move(r.precursor_mz));
  table.add("ProductMz", std::move(r.product_mz));
  table.add("Tr_recalibrated", std::move(r.irt));
  table.add("LibraryIntensity", std::move(r.intensity));
  table.add("transition_group_id", std::move(r.id));
  table.add("decoy", std::move(r.decoy));
  table.add("PeptideSequence", std::move(r.stripped));
  table.add("Proteotypic", std::move(r.proteotypic));
  table.add("ProteinGroup", r.proteins);
  table.add("Genes", std::move(r.genes));
  table.add("FullUniModPeptideName", r.modified);
  table.add("ModifiedPeptide", std::move(r.modified));
  table.add("PrecursorCharge", std::move(r.charge));
  table.add("UniprotID", std::move(r.proteins));
  table.add("FragmentType", std::move(r.type));
  table.add("FragmentCharge", std::move(r.fragment_charge));
  table.add("FragmentSeriesNumber", std::move(r.ordinal));
  table.add("FragmentLossType", std::move(r.loss));
  return table;
}

io::Table version_2(Rows&& r) {
  io::Table table;
  table.add("Precursor.Id", std::move(r.id));
  table.add("Modified.Sequence", std::move(r.modified));
  table.add("Stripped.Sequence", std::move(r.stripped));
  table.add("Precursor.Charge", std::move(r.charge));
  table.add("Proteotypic", std::move(r.proteotypic));
  table.add("Decoy", std::move(r.decoy));
  table.add("N.Term", r.zero);
  table.add("C.Term", r.zero);
  table.add("RT", std::move(r.irt));
  table.add("IM", r.none);
  table.add("Q.Value", r.none);
  table.add("Peptidoform.Q.Value", r.none);
  table.add("PTM.Site.Confidence", std::move(r.one));
  table.add("PG.Q.Value", std::move(r.none));
  table.add("Precursor.Mz", std::move(r.precursor_mz));
  table.add("Product.Mz", std::move(r.product_mz));
  table.add("Relative.Intensity", std::move(r.intensity));
  table.add("Fragment.Type", std::move(r.type));
  table.add("Fragment.Charge", std::move(r.fragment_charge));
  table.add("Fragment.Series.Number", std::move(r.ordinal));
  table.add("Fragment.Loss.Type", std::move(r.loss));
  table.add("Exclude.From.Quant", r.zero);
  table.add("Protein.Ids", r.proteins);
  table.add("Protein.Group", std::move(r.proteins));
  table.add("Protein.Names", std::vector<std::string>(r.genes.size()));
  table.add("Genes", std::move(r.genes));
  table.add("Flags", std::move(r.zero));
  return table;
}

class TableWriter final : public ExportWriter {
 public:
  TableWriter(io::TableSink sink, io::Table (*layout)(Rows&&))
      : sink_(std::move(sink)), layout_(layout) {}

  Result<void> add(const library::LibraryPrecursor& precursor) override {
    const std::string name = to_unimod_notation(precursor.peptide);
    const auto mz = static_cast<float>(precursor_mz(precursor.peptide, precursor.charge).value);
    for (const auto& fragment : precursor.fragments) rows_.add(precursor, name, mz, fragment);
    return rows_.id.size() < kRowsPerGroup ? Result<void>() : flush();
  }
  Result<void> finish() override {
    if (!rows_.id.empty()) {
      if (auto done = flush(); !done) return done;
    }
    return sink_.close();
  }

 private:
  Result<void> flush() {
    const io::Table piece = layout_(std::move(rows_));
    rows_ = {};
    return sink_.append(piece);
  }

  io::TableSink sink_;
  io::Table (*layout_)(Rows&&);
  Rows rows_;
};

MadeWriter table_writer(const std::filesystem::path& file, io::TableSink::Format format,
                        io::Table (*layout)(Rows&&)) {
  auto sink = io::TableSink::open(file, format);
  if (!sink) return std::unexpected(sink.error());
  return std::make_unique<TableWriter>(std::move(*sink), layout);
}

}  // namespace

MadeWriter tsv_writer(const std::filesystem::path& file) {
  return table_writer(file, io::TableSink::Format::tsv, version_1);
}

MadeWriter parquet_writer(const std::filesystem::path& file) {
  return table_writer(file, io::TableSink::Format::parquet, version_2);
}

}  // namespace overland::exchange
