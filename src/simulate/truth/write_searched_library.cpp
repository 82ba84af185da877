#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "base/files/atomic_file.h"
#include "base/parallel.h"
#include "simulate/truth/gzip_member.h"
#include "simulate/truth/searched_library.h"

namespace overland::simulate {
namespace {

constexpr std::size_t kPrecursorsPerMember = 4096;
constexpr std::string_view kHeader =
    "ModifiedPeptide\tStrippedPeptide\tPrecursorCharge\tPrecursorMz\tTr_recalibrated\tProteinId\t"
    "Genes\tFragmentMz\tRelativeIntensity\tFragmentType\tFragmentCharge\tFragmentSeriesNumber\t"
    "FragmentLossType\n";

void append_rows(const World& world, const ListedPrecursor& listed, std::string& text) {
  const Precursor& precursor = world.precursors[listed.precursor];
  const Form& form = world.forms[precursor.form];
  const ProteinSet& proteins = world.protein_sets[form.protein_set];
  const std::string common =
      fmt::format("{}\t{}\t{}\t{:.6f}\t{:.4f}\t{}\t{}\t", to_unimod_notation(form.peptide),
                  form.peptide.residues, precursor.charge, precursor.mz, listed.irt,
                  proteins.accessions, proteins.genes);
  for (const ListedFragment& fragment : listed.fragments) {
    fmt::format_to(std::back_inserter(text), "{}{:.5f}\t{:.2f}\t{}\t{}\t{}\tnoloss\n", common,
                   fragment.mz, fragment.intensity * 10000,
                   fragment.ion.type == FragmentType::b ? 'b' : 'y', fragment.ion.charge,
                   fragment.ion.ordinal);
  }
}

}  // namespace

Result<void> write_searched_library(const World& world, const std::vector<ListedPrecursor>& library,
                                    const std::filesystem::path& file, const Machine& machine) {
  std::vector<std::string> members((library.size() + kPrecursorsPerMember - 1) /
                                   kPrecursorsPerMember);
  parallel_for(members.size(), machine, [&](std::size_t m, int) {
    std::string text(m == 0 ? kHeader : "");
    const std::size_t end = std::min(library.size(), (m + 1) * kPrecursorsPerMember);
    for (std::size_t i = m * kPrecursorsPerMember; i < end; ++i) {
      append_rows(world, library[i], text);
    }
    members[m] = gzip_member(text);
  });
  return write_atomically(file, [&](const std::filesystem::path& temporary) -> Result<void> {
    std::ofstream out(temporary, std::ios::binary);
    for (const std::string& member : members) {
      out.write(member.data(), static_cast<std::streamsize>(member.size()));
    }
    out.close();
    if (out) return {};
    return fail("OVL-IO-002", "cannot write the library", file.string(),
                "Check that the folder is writable and that the disk is not full.");
  });
}

}  // namespace overland::simulate
