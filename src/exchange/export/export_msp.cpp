#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "chemistry/modification_table.h"
#include "exchange/export/export_formats.h"

namespace overland::exchange {
namespace {

// "2/0,A,Acetyl/6,C,Carbamidomethyl", positions from 0, -1 and -2 the termini.
std::string msp_modifications(const Peptide& peptide) {
  std::string list = std::to_string(peptide.modifications.size());
  for (const Modification& modification : peptide.modifications) {
    const std::size_t last = peptide.residues.size() - 1;
    const auto place = static_cast<std::size_t>(std::max<std::int16_t>(modification.site, 0));
    const int position = modification.site < 0 ? -1 : place > last ? -2 : modification.site;
    const KnownModification* known = find_modification(modification.unimod);
    list += fmt::format("/{},{},", position, peptide.residues[std::min(place, last)]);
    list += known != nullptr ? std::string(known->name) : fmt::format("{:+.5f}", modification.mass);
  }
  return list;
}

// A quoted value of the comment line; it may contain blanks, but no quotes and no line breaks.
std::string quoted(std::string text) {
  std::erase(text, '"');
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return '"' + text + '"';
}

class MspWriter final : public ExportWriter {
 public:
  MspWriter(std::ofstream out, std::string file) : out_(std::move(out)), file_(std::move(file)) {}

  Result<void> add(const library::LibraryPrecursor& p) override {
    text_.clear();
    const auto to_text = std::back_inserter(text_);
    fmt::format_to(to_text, "Name: {}/{}\nMW: {:.4f}\nComment: Parent={:.5f} Mods={} iRT={}",
                   p.peptide.residues, p.charge, neutral_mass(p.peptide),
                   precursor_mz(p.peptide, p.charge).value, msp_modifications(p.peptide), p.irt);
    if (!p.protein_ids.empty()) text_ += " Protein=" + quoted(p.protein_ids);
    if (!p.genes.empty()) text_ += " Gene=" + quoted(p.genes);
    if (p.is_decoy) text_ += " Remark=DECOY";
    fmt::format_to(to_text, "\nNum peaks: {}\n", p.fragments.size());
    auto fragments = p.fragments;
    std::ranges::stable_sort(fragments, {}, &library::LibraryPrecursor::Fragment::mz);
    for (const auto& f : fragments) {
      const char letter = f.ion.type == FragmentType::y ? 'y' : 'b';
      fmt::format_to(to_text, "{:.5f}\t{}\t\"{}{}", f.mz, f.intensity, letter, f.ion.ordinal);
      if (f.ion.charge > 1) fmt::format_to(to_text, "^{}", f.ion.charge);
      text_ += "/0.0ppm\"\n";
    }
    text_ += '\n';
    return written(out_.write(text_.data(), static_cast<std::streamsize>(text_.size())).good());
  }

  Result<void> finish() override {
    out_.close();
    return written(!out_.fail());
  }

 private:
  [[nodiscard]] Result<void> written(bool is_good) const {
    if (is_good) return {};
    return fail("OVL-IO-002", "cannot write: not all bytes were written", file_,
                "Check that the folder is writable and the disk has room.");
  }

  std::ofstream out_;
  std::string file_, text_;
};

}  // namespace

MadeWriter msp_writer(const std::filesystem::path& file) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  if (!out) {
    return fail("OVL-IO-002", "cannot write: the file cannot be created", file.string(),
                "Check that the folder is writable and the disk has room.");
  }
  return std::make_unique<MspWriter>(std::move(out), file.string());
}

}  // namespace overland::exchange
