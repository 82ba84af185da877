#include <fmt/format.h>

#include "base/pinned_math.h"
#include "simulate/truth/truth.h"

namespace overland::simulate {
namespace {

constexpr std::string_view kSchemaVersion = "1";

struct Columns {
  std::vector<std::string> run, condition, id, sequence, stripped, why, proteins, species;
  std::vector<std::int32_t> replicate, charge, fragments_above, scans_above, listed_fragments;
  std::vector<double> mz;
  std::vector<float> irt, true_irt, ratio, abundance, area, area_all, apex, fwhm, limit;
  std::vector<std::uint8_t> present, detectable, sibling, indistinguishable;
};

// Amount of the form in this condition relative to the first condition; NaN if it is absent there.
float expected_ratio(const World& world, const Form& form, std::uint32_t condition) {
  double here = 0;
  double reference = 0;
  for (const std::uint32_t p : world.protein_sets[form.protein_set].proteins) {
    const Protein& protein = world.proteins[p];
    const double amount = pinned::exp(protein.ln_abundance);
    here += amount * protein.condition_ratio[condition];
    reference += amount * protein.condition_ratio[0];
  }
  return static_cast<float>(here / reference);
}

std::string species_of(const World& world, const Form& form) {
  std::string text;
  std::vector<bool> is_named(world.species.size(), false);
  for (const std::uint32_t p : world.protein_sets[form.protein_set].proteins) {
    const std::uint32_t species = world.proteins[p].species;
    if (is_named[species]) continue;
    is_named[species] = true;
    if (!text.empty()) text += ';';
    text += world.species[species];
  }
  return text;
}

void append_library_part(const World& world, const ListedPrecursor& listed, Columns& c) {
  const Precursor& precursor = world.precursors[listed.precursor];
  const Form& form = world.forms[precursor.form];
  c.sequence.push_back(to_unimod_notation(form.peptide));
  c.id.push_back(fmt::format("{}{}", c.sequence.back(), precursor.charge));
  c.stripped.push_back(form.peptide.residues);
  c.charge.push_back(precursor.charge);
  c.mz.push_back(precursor.mz);
  c.proteins.push_back(world.protein_sets[form.protein_set].accessions);
  c.species.push_back(species_of(world, form));
  c.irt.push_back(listed.irt);
  c.true_irt.push_back(form.irt);
  c.listed_fragments.push_back(static_cast<std::int32_t>(listed.fragments.size()));
}

void append_run_part(const World& world, const Form& form, const RunTruth& run, const TruthRow& row,
                     Columns& c) {
  // A protein that is absent from this condition only is reported as absent too.
  const Absence absence = form.is_in_sample && !row.is_present ? Absence::protein : form.absence;
  c.run.push_back(run.model.name);
  c.condition.push_back(world.conditions[run.model.condition]);
  c.replicate.push_back(static_cast<std::int32_t>(run.model.replicate) + 1);
  c.ratio.push_back(expected_ratio(world, form, run.model.condition));
  c.present.push_back(row.is_present ? 1 : 0);
  c.why.emplace_back(to_text(absence));
  c.abundance.push_back(row.precursor_area);
  c.area.push_back(row.fragment_area);
  c.area_all.push_back(row.fragment_area_all);
  c.apex.push_back(row.apex_minutes);
  c.fwhm.push_back(row.fwhm_minutes);
  c.limit.push_back(row.apex_limit);
  c.fragments_above.push_back(row.fragments_above);
  c.scans_above.push_back(row.scans_above);
  c.detectable.push_back(row.is_detectable ? 1 : 0);
}

io::Table to_table(Columns&& c) {
  io::Table t;
  t.add("Run", std::move(c.run), "", "run file without ending");
  t.add("Condition", std::move(c.condition), "", "group of the run");
  t.add("Replicate", std::move(c.replicate), "", "number in the group, from 1");
  t.add("Precursor.Id", std::move(c.id), "", "modified sequence and charge");
  t.add("Modified.Sequence", std::move(c.sequence), "", "UniMod notation");
  t.add("Stripped.Sequence", std::move(c.stripped));
  t.add("Precursor.Charge", std::move(c.charge));
  t.add("Precursor.Mz", std::move(c.mz), "Th", "theoretical, monoisotopic");
  t.add("Protein.Ids", std::move(c.proteins), "", "as in the library");
  t.add("Species", std::move(c.species), "", "of these proteins");
  t.add("Expected.Ratio", std::move(c.ratio), "", "amount relative to the first condition");
  t.add("Present", std::move(c.present), "", "1: in this sample");
  t.add("Why.Absent", std::move(c.why), "", "protein absent, peptide absent, sibling present");
  t.add("Sibling.Present", std::move(c.sibling), "",
        "1: another form with its charge or in its window is in the sample");
  t.add("Indistinguishable", std::move(c.indistinguishable), "",
        "1: a form that differs by I and L alone is in the sample");
  t.add("Detectable", std::move(c.detectable), "", "1: enough fragments and scans above the limit");
  t.add("Precursor.Area", std::move(c.abundance), "intensity x minutes",
        "ion current of the precursor before the quadrupole");
  t.add("Fragment.Area", std::move(c.area), "intensity x minutes",
        "monoisotopic peaks of the library's fragments, noise-free, most central window");
  t.add("Fragment.Area.Isotopes", std::move(c.area_all), "intensity x minutes",
        "the same with all isotopes of the fragments");
  t.add("RT", std::move(c.apex), "minutes", "apex");
  t.add("FWHM", std::move(c.fwhm), "minutes");
  t.add("Library.iRT", std::move(c.irt), "library scale", "as listed");
  t.add("True.iRT", std::move(c.true_irt), "library scale", "without the library's error");
  t.add("Library.Fragments", std::move(c.listed_fragments));
  t.add("Fragments.Above.Limit", std::move(c.fragments_above), "",
        "library fragments whose apex rises above the limit");
  t.add("Scans.Above.Limit", std::move(c.scans_above), "",
        "scans in which enough fragments do (truth.min_fragments)");
  t.add("Detection.Limit", std::move(c.limit), "intensity", "in the scan nearest to the apex");
  t.metadata["overland.schema"] = "simulation-truth";
  t.metadata["overland.schema_version"] = kSchemaVersion;
  return t;
}

}  // namespace

io::Table truth_table(const World& world, const std::vector<ListedPrecursor>& library,
                      const std::vector<Siblings>& siblings, const std::vector<RunTruth>& runs) {
  Columns columns;
  for (const RunTruth& run : runs) {
    for (std::size_t i = 0; i < library.size(); ++i) {
      const Form& form = world.forms[world.precursors[library[i].precursor].form];
      append_library_part(world, library[i], columns);
      append_run_part(world, form, run, run.rows[i], columns);
      columns.sibling.push_back(siblings[i].is_present ? 1 : 0);
      columns.indistinguishable.push_back(siblings[i].is_indistinguishable ? 1 : 0);
    }
  }
  return to_table(std::move(columns));
}

}  // namespace overland::simulate
