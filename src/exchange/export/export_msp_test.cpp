#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "exchange/export/export_library.h"
#include "exchange/libraries/import_library.h"
#include "support/random_peptides.h"
#include "support/table_checks.h"

namespace overland::exchange {
namespace {

using namespace support;

// A spectrum of an MSP file, line by line: "Key: value" until the peaks, which a blank line ends.
struct Spectrum {
  std::map<std::string, std::string> values;
  std::vector<std::tuple<double, double, std::string>> peaks;  // m/z, intensity, annotation
};

std::vector<Spectrum> spectra_of(const std::filesystem::path& file) {
  std::vector<Spectrum> all(1);
  std::istringstream in(text_of(file));
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) {
      all.emplace_back();
    } else if (const auto colon = line.find(": ");
               !all.back().values.contains("Num peaks") && colon != std::string::npos) {
      EXPECT_TRUE(
          all.back().values.try_emplace(line.substr(0, colon), line.substr(colon + 2)).second)
          << line;
    } else {
      std::istringstream peak(line);
      double mz = 0, intensity = 0;
      std::string note;
      EXPECT_TRUE(peak >> mz >> intensity >> note) << "no peak: " << line;
      all.back().peaks.emplace_back(mz, intensity, note);
    }
  }
  all.pop_back();
  return all;
}

class ExportMsp : public testing::Test {
 protected:
  std::vector<library::LibraryPrecursor> precursors(std::uint64_t seed, std::size_t count) {
    std::vector<library::LibraryPrecursor> made = random_precursors(count, seed);
    for (library::LibraryPrecursor& p : made)
      std::erase_if(p.fragments, [](const auto& f) { return f.ion.ordinal < 2; });
    std::erase_if(made, [](const auto& p) { return p.fragments.size() < 3; });
    for (std::uint32_t i = 0; i < made.size(); ++i) made[i].pair = i;
    return made;
  }
  std::filesystem::path exported(std::vector<library::LibraryPrecursor> made) {
    EXPECT_TRUE(library::write_library(std::move(made), {}, folder_ / "a.lib"));
    const auto library = library::Library::open(folder_ / "a.lib");
    const auto report = export_library(library->view(), folder_ / "x.msp", {.decoys = true});
    EXPECT_TRUE(report) << report.error().message();
    return folder_ / "x.msp";
  }
  TestFolder folder_;
};

TEST_F(ExportMsp, each_spectrum_has_the_peaks_it_says_by_ascending_mz) {
  const auto spectra = spectra_of(exported(precursors(81, 100)));
  EXPECT_GT(spectra.size(), 50U);
  for (const Spectrum& s : spectra) {
    for (const char* key : {"Name", "MW", "Comment", "Num peaks"})
      EXPECT_TRUE(s.values.contains(key)) << key;
    EXPECT_EQ(std::to_string(s.peaks.size()), s.values.at("Num peaks"));
    EXPECT_TRUE(
        std::ranges::is_sorted(s.peaks, {}, [](const auto& peak) { return std::get<0>(peak); }));
    double top = 0;
    for (const auto& [mz, intensity, note] : s.peaks) {
      top = std::max(top, intensity);
      EXPECT_GT(intensity, 0);
      EXPECT_TRUE(note.starts_with("\"y") || note.starts_with("\"b")) << note;
      EXPECT_TRUE(note.ends_with("/0.0ppm\"")) << note;
    }
    EXPECT_NEAR(top, 1, 1e-6) << "relative to the most intense";
  }
}

TEST_F(ExportMsp, masses_belong_to_the_name) {
  for (const Spectrum& s : spectra_of(exported(precursors(82, 50)))) {
    const std::string& name = s.values.at("Name");
    const int charge = std::stoi(name.substr(name.find('/') + 1));
    const std::string& comment = s.values.at("Comment");
    const double mz = std::stod(comment.substr(comment.find("Parent=") + 7));
    EXPECT_NEAR(mz * charge - 1.00727646688 * charge, std::stod(s.values.at("MW")), 1e-3) << name;
    const auto mods = comment.substr(comment.find("Mods=") + 5);
    const auto count = std::ranges::count(mods.substr(0, mods.find(" iRT=")), '/');
    EXPECT_EQ(std::stol(mods), count) << comment;
  }
}

TEST_F(ExportMsp, termini_and_masses_without_a_name_are_written_as_such) {
  auto made = precursors(83, 1);
  made[0].peptide = *parse_peptide("(UniMod:1)AC(UniMod:4)DEFGHIK[+12.34567]");
  made[0].fragments = {{.ion = {FragmentType::y, 3, 1}, .intensity = 1},
                       {.ion = {FragmentType::y, 4, 2}, .intensity = 0.5F},
                       {.ion = {FragmentType::b, 3, 1}, .intensity = 0.25F}};
  const auto spectra = spectra_of(exported(made));
  ASSERT_EQ(spectra.size(), 1U);
  EXPECT_NE(
      spectra[0].values.at("Comment").find("Mods=3/-1,A,Acetyl/1,C,Carbamidomethyl/8,K,+12.34567 "),
      std::string::npos)
      << spectra[0].values.at("Comment");
  std::set<std::string> notes;
  for (const auto& [mz, intensity, note] : spectra[0].peaks) notes.insert(note);
  EXPECT_TRUE(notes.contains("\"y4^2/0.0ppm\""));
}

TEST_F(ExportMsp, names_of_inputs_make_no_lines_and_close_no_quotes) {
  auto made = precursors(84, 30);
  for (library::LibraryPrecursor& p : made) {
    p.protein_ids = "P1\nNum peaks: 0\n\nName: X/2 \"q\" Gene=\"evil\"";
    p.genes = "g\t\r\n1";
  }
  const std::size_t count = made.size();
  const auto spectra = spectra_of(exported(std::move(made)));
  ASSERT_EQ(spectra.size(), count);
  for (const Spectrum& s : spectra) {
    EXPECT_EQ(std::to_string(s.peaks.size()), s.values.at("Num peaks"));
    EXPECT_EQ(std::ranges::count(s.values.at("Comment"), '"'), 4) << s.values.at("Comment");
  }
  const auto imported = import_library(folder_ / "x.msp");
  ASSERT_TRUE(imported) << imported.error().message();
  EXPECT_EQ(imported->precursors.size(), count);
}

}  // namespace
}  // namespace overland::exchange
