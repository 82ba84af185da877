#include "stages/build_library.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <thread>

#include "base/rng.h"
#include "library/library.h"
#include "library_build/shuffled_sequence.h"
#include "support/fake_predictor.h"

namespace overland::stages {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::map<std::string, std::string> bytes_of(const fs::path& folder) {
  std::map<std::string, std::string> bytes;
  for (const auto& entry : fs::directory_iterator(folder)) {
    bytes[entry.path().filename()] = slurp(entry.path());
  }
  return bytes;
}

class BuildLibrary : public testing::Test {
 protected:
  BuildLibrary() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) / (std::string("overland_build_") + info->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
    options_.folder = root_ / "made.lib";
    options_.overwrite = true;
  }
  ~BuildLibrary() override { fs::remove_all(root_); }

  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(root_ / name) << text;
    return root_ / name;
  }
  // Random proteins, of which some share stretches.
  fs::path proteins(const std::string& name, int count, std::uint64_t seed) const {
    std::string text;
    std::string last;
    Rng random(seed, 0);
    for (int i = 0; i < count; ++i) {
      std::string sequence = i % 5 == 4 ? last.substr(0, 60) : "M";
      while (sequence.size() < 300) sequence += "ACDEFGHIKLMNPQRSTVWYKRLAGESV"[random.below(28)];
      text += ">sp|" + name + std::to_string(i) + "|X GN=g" + std::to_string(i / 2) + "\n";
      text += sequence + "\n";
      last = std::move(sequence);
    }
    return write(name, text);
  }
  BuiltLibrary build(const predict::Predictor& predictor) const {
    const auto built = build_library(options_, predictor);
    EXPECT_TRUE(built) << built.error().message();
    return built ? *built : BuiltLibrary{};
  }
  std::string code(const predict::Predictor& predictor) const {
    const auto built = build_library(options_, predictor);
    return built ? "" : built.error().code;
  }
  fs::path root_;
  BuildLibraryOptions options_;
  support::FakePredictor fake_;
};

// As several searches that share a cache do.
TEST_F(BuildLibrary, ThreadsThatWantOneLibraryBuildItOnce) {
  options_.fasta = {proteins("a", 40, 5)};
  options_.take_existing = true;
  std::vector<Result<BuiltLibrary>> built(3);
  {
    std::vector<std::jthread> threads;
    for (auto& result : built)
      threads.emplace_back([&] { result = build_library(options_, support::FakePredictor()); });
  }
  std::uint64_t builds = 0;
  for (const auto& result : built) {
    ASSERT_TRUE(result) << result.error().message();
    builds += result->blocks > 0 ? 1U : 0U;
  }
  EXPECT_EQ(builds, 1U);
  EXPECT_TRUE(library::Library::open(options_.folder));
  EXPECT_FALSE(fs::exists(root_ / "made.lib.work"));
  EXPECT_FALSE(fs::exists(root_ / "made.lib.lock"));
}

// Whoever waited must not replace what the other has made.
TEST_F(BuildLibrary, ThreadsThatMayNotReplaceFindTheLibraryThere) {
  options_.fasta = {proteins("a", 40, 6)};
  options_.overwrite = false;
  std::vector<std::string> codes(2);
  {
    std::vector<std::jthread> threads;
    for (auto& found : codes) threads.emplace_back([&] { found = code(support::FakePredictor()); });
  }
  std::ranges::sort(codes);
  EXPECT_EQ(codes, (std::vector<std::string>{"", "OVL-USE-012"}));
}

// What the predictor answered is what stands in the library.
TEST_F(BuildLibrary, HoldsThePredictionsOfTargetsAndDecoys) {
  options_.fasta = {proteins("a", 20, 3)};
  const BuiltLibrary built = build(fake_);
  const auto library = library::Library::open(options_.folder);
  ASSERT_TRUE(library) << library.error().message();
  const library::LibraryView v = library->view();
  ASSERT_GT(v.precursor_count(), 500U);
  EXPECT_EQ(v.precursor_count(), built.merged.precursors);
  EXPECT_EQ(built.counts.targets, built.counts.decoys);
  for (std::uint32_t i = 0; i < v.precursor_count(); ++i) {
    ASSERT_GE(v.precursor_mz[i], 390);
    ASSERT_LE(v.precursor_mz[i], 1010.0001F);
    const Peptide peptide = *parse_peptide(v.modified_sequence[i]);
    EXPECT_EQ(v.irt[i], support::FakePredictor::retention_of(peptide));
    std::vector<std::pair<float, FragmentIon>> wanted;
    const auto length = static_cast<std::uint8_t>(peptide.residues.size());
    for (std::uint8_t k = 1; k < length; ++k) {
      for (const FragmentType type : {FragmentType::b, FragmentType::y}) {
        for (std::uint8_t z = 1; z <= 2; ++z) {
          const FragmentIon ion{type, k, z};
          const double mz = fragment_mz(peptide, ion).value;
          const float intensity = support::FakePredictor::intensity_of(peptide, v.charge[i], ion);
          const bool is_long = k >= (type == FragmentType::b ? 2 : 3);
          if (is_long && mz >= 150 && mz <= 2000 && intensity >= 0.001F) {
            wanted.emplace_back(-intensity, ion);
          }
        }
      }
    }
    std::ranges::sort(wanted);
    wanted.resize(std::min<std::size_t>(wanted.size(), 12));
    ASSERT_EQ(v.fragment_begin[i + 1] - v.fragment_begin[i], wanted.size());
    for (std::size_t k = 0; k < wanted.size(); ++k) {
      const std::uint64_t f = v.fragment_begin[i] + k;
      const FragmentIon ion = wanted[k].second;
      EXPECT_EQ(v.fragment_kind[f], library::encode_kind(ion.type, ion.charge));
      EXPECT_EQ(v.fragment_ordinal[f], ion.ordinal);
      EXPECT_EQ(v.fragment_mz[f], static_cast<float>(fragment_mz(peptide, ion).value));
      const float relative = wanted[k].first / wanted[0].first;
      EXPECT_NEAR(library::decode_intensity(v.fragment_intensity[f]), relative, 1e-4);
    }
  }
}

TEST_F(BuildLibrary, EveryTargetHasItsDecoyAndEntrapment) {
  options_.fasta = {proteins("a", 20, 4)};
  options_.config.counterparts.entrapments = 1;
  const BuiltLibrary built = build(fake_);
  EXPECT_EQ(built.counts.targets, built.counts.entrapments);
  EXPECT_EQ(built.counts.decoys, 2 * built.counts.targets);
  const auto library = library::Library::open(options_.folder);
  ASSERT_TRUE(library);
  const library::LibraryView v = library->view();
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_pair, by_partner;
  std::map<std::string, std::uint32_t> sequences;  // I = L -> is_decoy + 2 * entrapment
  for (std::uint32_t i = 0; i < v.precursor_count(); ++i) {
    by_pair[v.pair[i]].push_back(i);
    by_partner[v.partner[i]].push_back(i);
    const std::string plain = parse_peptide(v.modified_sequence[i])->residues;
    const std::uint32_t kind = v.is_decoy[i] + 2U * v.entrapment[i];
    const auto [place, is_new] = sequences.try_emplace(library_build::fold_isoleucine(plain), kind);
    EXPECT_EQ(place->second, kind) << plain;
    const std::string_view proteins = v.protein_ids[v.protein_set[i]];
    EXPECT_EQ(proteins.ends_with("_ENT1"), v.entrapment[i] == 1) << proteins;
  }
  EXPECT_EQ(by_pair.size(), v.precursor_count() / 2);
  for (const auto& [pair, rows] : by_pair) {
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_NE(v.is_decoy[rows[0]], v.is_decoy[rows[1]]);
    EXPECT_EQ(v.entrapment[rows[0]], v.entrapment[rows[1]]);
    EXPECT_EQ(v.charge[rows[0]], v.charge[rows[1]]);
    EXPECT_EQ(v.protein_set[rows[0]], v.protein_set[rows[1]]);
  }
  for (const auto& [partner, rows] : by_partner) {
    ASSERT_EQ(rows.size(), 4U);
    for (const std::uint32_t row : rows) {
      EXPECT_EQ(v.entrapment[row] == 0, v.pair[row] == partner);
      EXPECT_NEAR(v.precursor_mz[row], v.precursor_mz[rows[0]], 1e-3);
    }
  }
}

TEST_F(BuildLibrary, DecoysMayHaveTheSpectraOfTheirTargets) {
  options_.fasta = {proteins("a", 20, 4)};
  options_.config.counterparts.decoy_spectra = "target";
  build(fake_);
  const auto library = library::Library::open(options_.folder);
  ASSERT_TRUE(library);
  const library::LibraryView v = library->view();
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_pair;
  for (std::uint32_t i = 0; i < v.precursor_count(); ++i) by_pair[v.pair[i]].push_back(i);
  for (const auto& [pair, rows] : by_pair) {
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(v.irt[rows[0]], v.irt[rows[1]]);
    EXPECT_NE(v.modified_sequence[rows[0]], v.modified_sequence[rows[1]]);
    const std::uint64_t a = v.fragment_begin[rows[0]];
    const std::uint64_t b = v.fragment_begin[rows[1]];
    ASSERT_EQ(v.fragment_begin[rows[0] + 1] - a, v.fragment_begin[rows[1] + 1] - b);
    for (std::uint64_t k = 0; k < v.fragment_begin[rows[0] + 1] - a; ++k) {
      EXPECT_EQ(v.fragment_intensity[a + k], v.fragment_intensity[b + k]);
      EXPECT_EQ(v.fragment_kind[a + k], v.fragment_kind[b + k]);
      EXPECT_EQ(v.fragment_ordinal[a + k], v.fragment_ordinal[b + k]);
    }
  }
}

// Neither threads nor the order of files decide a byte.
TEST_F(BuildLibrary, ThreadsAndOrderOfFilesDoNotMatter) {
  const fs::path a = proteins("a", 40, 5);
  const fs::path b = proteins("b", 30, 6);
  options_.fasta = {a, b};
  options_.config.counterparts.entrapments = 1;
  options_.config.counterparts.decoy_method = "shuffle";
  build(fake_);
  const auto wanted = bytes_of(options_.folder);
  EXPECT_EQ(wanted.size(), 4U);
  options_.fasta = {b, a};
  for (const int threads : {1, 2, 3, 8}) {
    options_.machine = threads;
    build(fake_);
    EXPECT_TRUE(bytes_of(options_.folder) == wanted) << threads;
  }
}

TEST_F(BuildLibrary, TakesUpAnInterruptedBuild) {
  options_.fasta = {proteins("a", 150, 7)};
  build(fake_);
  const auto wanted = bytes_of(options_.folder);
  fs::remove_all(options_.folder);
  const fs::path work = root_ / "made.lib.work";
  EXPECT_FALSE(fs::exists(work));
  support::FakePredictor failing;
  failing.fails_after = 3;
  EXPECT_EQ(code(failing), "OVL-IO-001");
  EXPECT_FALSE(fs::exists(options_.folder));
  ASSERT_TRUE(fs::exists(work / "000002.block"));
  fs::resize_file(work / "000001.block", fs::file_size(work / "000001.block") - 1);
  support::FakePredictor again;
  const BuiltLibrary built = build(again);
  EXPECT_GT(built.blocks, 4U);
  EXPECT_EQ(built.blocks_found, 2U) << "the damaged one is made again";
  EXPECT_EQ(static_cast<std::uint64_t>(again.calls), built.blocks - 2);
  EXPECT_TRUE(bytes_of(options_.folder) == wanted);
  EXPECT_FALSE(fs::exists(work));
}

TEST_F(BuildLibrary, OtherParametersDoNotTakeUpTheBlocks) {
  options_.fasta = {proteins("a", 150, 7)};
  support::FakePredictor failing;
  failing.fails_after = 3;
  EXPECT_EQ(code(failing), "OVL-IO-001");
  options_.config.fragments.max_count = 10;
  EXPECT_EQ(build(fake_).blocks_found, 0U);
  fs::create_directories(root_ / "made.lib.work");
  std::ofstream(root_ / "made.lib.work/notes.txt") << "mine";
  EXPECT_EQ(code(fake_), "OVL-IO-002");
  EXPECT_TRUE(fs::exists(root_ / "made.lib.work/notes.txt"));
}

// It had made the folder, but not yet written whose it is.
TEST_F(BuildLibrary, ABuildThatWasKilledAtOnceBlocksNoOther) {
  options_.fasta = {proteins("a", 5, 12)};
  fs::create_directories(root_ / "made.lib.work");
  std::ofstream(root_ / "made.lib.work/build.txt.part0123456789abcdef") << "overl";
  EXPECT_EQ(code(fake_), "");
  EXPECT_FALSE(fs::exists(root_ / "made.lib.work"));
}

TEST_F(BuildLibrary, SharedPeptidesNameAllTheirProteins) {
  options_.fasta = {write("a", ">sp|P2|X GN=b\nMAAGHLLSDEK\n>sp|P1|Y GN=a\nAAGHLISDEK\n"),
                    write("b", ">sp|P3|Z GN=b\nAAGHLLSDEKCCCCDAAVVK\n")};
  options_.contaminants = {write("c", ">sp|P2|X GN=q\nAAGHLLSDEKR\n")};
  options_.config.digestion.missed_cleavages = 0;
  const BuiltLibrary built = build(fake_);
  EXPECT_EQ(built.proteins, 4U);
  EXPECT_EQ(built.proteome.contaminants, 1U);
  EXPECT_EQ(built.shared_peptides, 1U);
  const auto library = library::Library::open(options_.folder);
  ASSERT_TRUE(library);
  const library::LibraryView v = library->view();
  std::map<std::string, std::pair<std::string, std::string>> found;
  for (std::uint32_t i = 0; i < v.precursor_count(); ++i) {
    if (v.is_decoy[i] != 0) continue;
    found[parse_peptide(v.modified_sequence[i])->residues] = {
        std::string(v.protein_ids[v.protein_set[i]]), std::string(v.genes[v.protein_set[i]])};
  }
  using Names = std::pair<std::string, std::string>;
  ASSERT_TRUE(found.contains("AAGHLISDEK"));
  EXPECT_EQ(found["AAGHLISDEK"], (Names{"Cont_P2;P1;P2;P3", "a;b;q"}));
  EXPECT_FALSE(found.contains("AAGHLLSDEK"));
  ASSERT_TRUE(found.contains("MAAGHLLSDEK"));
  EXPECT_EQ(found["MAAGHLLSDEK"], (Names{"P2", "b"}));
  EXPECT_EQ(library->provenance().source, "a; b; c");
  EXPECT_EQ(library->provenance().predictor, "fake 1");
  EXPECT_NE(library->provenance().settings.find("\"trypsin\""), std::string::npos);
}

TEST_F(BuildLibrary, ChannelsShareThePredictionOfTheUnlabelledPeptide) {
  options_.fasta = {write("a", ">p\nAAGHLLSDEK\n")};
  options_.config.modifications.labels = "silac";
  options_.config.precursors.max_charge = 2;
  build(fake_);
  const auto library = library::Library::open(options_.folder);
  ASSERT_TRUE(library);
  const library::LibraryView v = library->view();
  ASSERT_EQ(v.precursor_count(), 4U);
  const std::size_t light = v.is_decoy[0] == 0 ? 0 : 1;
  const std::size_t heavy = v.is_decoy[2] == 0 ? 2 : 3;
  EXPECT_EQ(v.modified_sequence[light], "AAGHLLSDEK");
  EXPECT_EQ(v.modified_sequence[heavy], "AAGHLLSDEK(UniMod:259)");
  EXPECT_NEAR(v.precursor_mz[2] - v.precursor_mz[0], 8.0142 / 2, 1e-3);
  EXPECT_EQ(v.irt[light], v.irt[heavy]);
  EXPECT_NE(v.pair[0], v.pair[2]);
}

TEST_F(BuildLibrary, UnknownModificationsAreGuessedOrLeftOut) {
  options_.fasta = {write("a", ">p\nAAGHLLSDEK\n")};
  options_.config.modifications.variable = "Phospho@S";
  EXPECT_EQ(build(fake_).counts.guessed, 1U);
  const auto library = library::Library::open(options_.folder);
  ASSERT_TRUE(library);
  std::set<std::string> forms;
  for (std::uint32_t i = 0; i < library->view().precursor_count(); ++i) {
    forms.emplace(library->view().modified_sequence[i]);
  }
  EXPECT_TRUE(forms.contains("AAGHLLS(UniMod:21)DEK"));
  options_.config.prediction.unknown_modifications = "leave-out";
  const BuiltLibrary built = build(fake_);
  EXPECT_EQ(built.counts.guessed, 0U);
  EXPECT_GT(built.counts.unpredicted, 0U);
  options_.config.modifications.fixed = "Phospho@S";
  EXPECT_EQ(code(fake_), "OVL-LIB-033");
}

TEST_F(BuildLibrary, RefusesWhatCannotBecomeALibrary) {
  const fs::path good = write("a", ">p\nAAGHLLSDEK\n");
  options_.fasta = {good};
  options_.folder = good;
  EXPECT_EQ(code(fake_), "OVL-USE-010");
  options_.folder = root_ / "made.lib";
  options_.config.digestion.min_length = 31;
  EXPECT_EQ(code(fake_), "OVL-CFG-114");
  options_.config.digestion.min_length = 7;
  options_.config.digestion.protease = "tripsin";
  EXPECT_EQ(code(fake_), "OVL-CFG-111");
  options_.config.digestion.protease = "trypsin";
  options_.config.precursors = {.min_charge = 1, .max_charge = 1, .min_mz = 50, .max_mz = 51};
  EXPECT_EQ(code(fake_), "OVL-LIB-033");
  options_.fasta = {root_ / "absent"};
  EXPECT_EQ(code(fake_), "OVL-IO-001");
  options_.fasta = {write("b", "no fasta\n")};
  EXPECT_EQ(code(fake_), "OVL-IO-070");
  EXPECT_FALSE(fs::exists(options_.folder));
}

}  // namespace
}  // namespace overland::stages
