#include "library/library.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "base/files/hash.h"
#include "io/table/table.h"
#include "support/random_peptides.h"

namespace overland::library {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void spill(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

void replace_in(const fs::path& file, const std::string& from, const std::string& to) {
  std::string text = slurp(file);
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  spill(file, text.replace(at, from.size(), to));
}

class LibraryFolder : public testing::Test {
 protected:
  LibraryFolder() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(testing::TempDir()) / (std::string("overland_library_") + info->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
    folder_ = root_ / "x.lib";
  }
  ~LibraryFolder() override { fs::remove_all(root_); }

  void write(std::vector<LibraryPrecursor> precursors) const {
    const auto done = write_library(std::move(precursors), {"x.tsv", "00ff", "overland"}, folder_);
    ASSERT_TRUE(done) << done.error().message();
  }
  [[nodiscard]] std::string code_of_opening() const {
    const auto library = Library::open(folder_);
    return library ? "" : library.error().code;
  }

  fs::path root_, folder_;
};

TEST_F(LibraryFolder, RoundTripKeepsEveryValue) {
  constexpr std::uint64_t kSeed = 11;
  SCOPED_TRACE(kSeed);
  std::vector<LibraryPrecursor> made = support::random_precursors(2000, kSeed);
  for (std::size_t i = 0; i < made.size(); i += 7) made[i].is_decoy = true;
  for (std::size_t i = 11; i < made.size(); i += 11) {
    made[i].entrapment = 3;
    made[i].partner = made[i - 1].pair;
  }
  std::map<std::string, const LibraryPrecursor*> by_name;
  for (const auto& p : made) by_name[to_unimod_notation(p.peptide) + std::to_string(p.charge)] = &p;
  write(made);
  const auto library = Library::open(folder_);
  ASSERT_TRUE(library) << library.error().message();
  EXPECT_EQ(library->provenance().source, "x.tsv");
  EXPECT_EQ(library->provenance().source_hash, "00ff");
  EXPECT_EQ(library->content_hash().size(), 32U);
  const LibraryView v = library->view();
  ASSERT_EQ(v.precursor_count(), made.size());
  ASSERT_EQ(v.fragment_begin.size(), made.size() + 1);
  std::size_t fragments = 0;
  for (std::uint32_t i = 0; i < v.precursor_count(); ++i) {
    const std::string name = std::string(v.modified_sequence[i]) + std::to_string(v.charge[i]);
    ASSERT_TRUE(by_name.contains(name)) << name;
    const LibraryPrecursor& p = *by_name[name];
    EXPECT_FLOAT_EQ(v.precursor_mz[i], static_cast<float>(precursor_mz(p.peptide, p.charge).value));
    EXPECT_EQ(v.irt[i], p.irt);
    EXPECT_EQ(v.is_decoy[i], p.is_decoy ? 1 : 0);
    EXPECT_EQ(v.entrapment[i], p.entrapment);
    EXPECT_EQ(v.pair[i], p.pair);
    EXPECT_EQ(v.partner[i], p.partner.value_or(p.pair));
    EXPECT_EQ(v.protein_ids[v.protein_set[i]], p.protein_ids);
    EXPECT_EQ(v.genes[v.protein_set[i]], p.genes);
    std::map<FragmentIon, float> expected;
    float highest = 0;
    for (const auto& f : p.fragments) {
      expected[f.ion] = f.intensity;
      highest = std::max(highest, f.intensity);
    }
    ASSERT_EQ(v.fragment_begin[i + 1] - v.fragment_begin[i], expected.size());
    for (std::uint64_t k = v.fragment_begin[i]; k < v.fragment_begin[i + 1]; ++k, ++fragments) {
      const FragmentIon ion{kind_type(v.fragment_kind[k]), v.fragment_ordinal[k],
                            static_cast<std::uint8_t>(kind_charge(v.fragment_kind[k]))};
      ASSERT_TRUE(expected.contains(ion));
      EXPECT_EQ(v.fragment_mz[k], static_cast<float>(fragment_mz(p.peptide, ion).value));
      const float relative = expected[ion] / highest;
      EXPECT_NEAR(decode_intensity(v.fragment_intensity[k]), relative,
                  1.6e-5F * std::sqrt(relative) + 1e-7F);
      if (k > v.fragment_begin[i]) {
        EXPECT_LE(v.fragment_intensity[k], v.fragment_intensity[k - 1]);
      }
    }
  }
  EXPECT_EQ(fragments, v.fragment_mz.size());
}

// Decoys of a pair take its target's time; nothing else changes, and the hash tells.
TEST_F(LibraryFolder, DecoysMayShareTheTimesOfTheirTargets) {
  std::vector<LibraryPrecursor> made = support::random_precursors(60, 17);
  for (std::size_t i = 0; i < made.size(); ++i) {
    made[i].pair = static_cast<std::uint32_t>(i / 3);
    made[i].is_decoy = i % 3 != 1;
    if (i / 3 == 5) made[i].is_decoy = true;  // a pair without a target
  }
  write(made);
  const auto plain = Library::open(folder_);
  auto shared = Library::open(folder_);
  ASSERT_TRUE(plain && shared);
  shared->share_times();
  const LibraryView before = plain->view();
  const LibraryView v = shared->view();
  std::map<std::uint32_t, float> time;
  for (std::uint32_t p = 0; p < before.precursor_count(); ++p)
    if (before.is_decoy[p] == 0) time[before.pair[p]] = before.irt[p];
  ASSERT_EQ(time.size(), 19U);
  for (std::uint32_t p = 0; p < v.precursor_count(); ++p)
    EXPECT_EQ(v.irt[p], time.contains(v.pair[p]) ? time[v.pair[p]] : before.irt[p]);
  EXPECT_NE(shared->content_hash(), plain->content_hash());
  const std::string hash = shared->content_hash();
  shared->share_times();
  EXPECT_EQ(shared->content_hash(), hash) << "nothing is left to change";
}

TEST_F(LibraryFolder, BytesDoNotDependOnTheOrderOfTheInput) {
  std::vector<LibraryPrecursor> made = support::random_precursors(500, 12);
  write(made);
  std::map<std::string, std::string> bytes;
  for (const auto& entry : fs::directory_iterator(folder_)) {
    bytes[entry.path().filename()] = slurp(entry.path());
  }
  EXPECT_EQ(bytes.size(), 4U);
  std::ranges::reverse(made);
  for (auto& p : made) std::ranges::reverse(p.fragments);
  write(made);  // replaces the first
  for (const auto& [name, text] : bytes) EXPECT_TRUE(slurp(folder_ / name) == text) << name;
  EXPECT_EQ(std::distance(fs::directory_iterator(root_), {}), 1) << "no temporary is left";
}

// What stands first in a window is fitted first: no label may have that place more often.
TEST_F(LibraryFolder, RowsOfEqualMzStandInAnOrderThatKnowsNoLabels) {
  constexpr std::uint64_t kSeed = 13;
  SCOPED_TRACE(kSeed);
  std::vector<LibraryPrecursor> made;
  for (LibraryPrecursor& target : support::random_precursors(1000, kSeed)) {
    target.peptide.modifications.clear();
    made.push_back(target);
    std::reverse(target.peptide.residues.begin(), target.peptide.residues.end() - 1);
    target.is_decoy = true;
    made.push_back(target);
  }
  const auto order = [&] {
    write(made);
    const auto library = Library::open(folder_);
    const LibraryView view = library->view();
    std::vector<std::string> sequences;
    std::size_t decoys_first = 0, equal = 0;
    for (std::size_t i = 0; i < view.precursor_count(); ++i) {
      sequences.emplace_back(view.modified_sequence[i]);
      if (i == 0 || view.pair[i] != view.pair[i - 1]) continue;
      if (view.precursor_mz[i] != view.precursor_mz[i - 1]) continue;
      ++equal;
      decoys_first += view.is_decoy[i - 1];
    }
    EXPECT_GT(equal, 800U);
    EXPECT_NEAR(static_cast<double>(decoys_first) / static_cast<double>(equal), 0.5, 0.07);
    return sequences;
  };
  const std::vector<std::string> first = order();
  for (LibraryPrecursor& precursor : made) precursor.is_decoy = !precursor.is_decoy;
  EXPECT_EQ(order(), first);
}

TEST_F(LibraryFolder, PrecursorsBetweenEqualsALinearScan) {
  write(support::random_precursors(3000, 14));
  const auto library = Library::open(folder_);
  ASSERT_TRUE(library);
  const LibraryView v = library->view();
  Rng random(15, 0);
  for (int round = 0; round < 300; ++round) {
    double low = 200 + random.uniform() * 1500;
    double high = low + random.uniform() * 20 - 1;
    // Limits that fall exactly on a precursor: the low one is inside, the high one is not.
    if (round % 3 == 0) low = static_cast<double>(v.precursor_mz[random.below(3000)]);
    if (round % 3 == 1) high = static_cast<double>(v.precursor_mz[random.below(3000)]);
    std::uint32_t count = 0;
    for (const float mz : v.precursor_mz) {
      if (static_cast<double>(mz) >= low && static_cast<double>(mz) < high) ++count;
    }
    const IndexRange range = v.precursors_between(Mz{low}, Mz{high});
    ASSERT_EQ(range.size(), count) << low << " " << high;
    if (count > 0) {
      EXPECT_GE(static_cast<double>(v.precursor_mz[range.first.index()]), low);
    }
  }
}

TEST_F(LibraryFolder, EmptyLibraryOpens) {
  write({});
  const auto library = Library::open(folder_);
  ASSERT_TRUE(library) << library.error().message();
  EXPECT_EQ(library->view().precursor_count(), 0U);
  EXPECT_EQ(library->view().precursors_between(Mz{0}, Mz{1e9}).size(), 0U);
}

TEST_F(LibraryFolder, ALargeLibraryOpens) {
  std::vector<LibraryPrecursor> made;
  Rng random(16, 0);
  constexpr std::size_t kCount = 200000;
  std::size_t fragments = 0;
  for (std::size_t i = 0; i < kCount; ++i) {
    made.push_back(support::random_precursor(random));
    fragments += made.back().fragments.size();
  }
  write(std::move(made));
  const auto library = Library::open(folder_);
  ASSERT_TRUE(library);
  EXPECT_EQ(library->view().precursor_count(), kCount);
  EXPECT_EQ(library->view().fragment_mz.size(), fragments);
  EXPECT_EQ(library->view().fragment_begin.back(), fragments);
}

TEST_F(LibraryFolder, PrecursorsThatCannotBeStoredAreRefused) {
  const auto good = support::random_precursors(1, 17)[0];
  const auto refused = [&](auto change) {
    LibraryPrecursor bad = good;
    change(bad);
    const auto done = write_library({bad}, {}, folder_);
    EXPECT_EQ(done.error().code, "OVL-LIB-004");
    EXPECT_FALSE(fs::exists(folder_));
  };
  refused([](auto& p) { p.charge = 0; });
  refused([](auto& p) { p.irt = std::nanf(""); });
  refused([](auto& p) { p.fragments.clear(); });
  refused([](auto& p) { p.fragments[0].intensity = 0; });
  refused([](auto& p) { p.fragments[0].intensity = INFINITY; });
  refused([](auto& p) { p.fragments[0].ion.ordinal = 0; });
  refused([](auto& p) { p.fragments[0].ion.charge = 8; });
  refused([](auto& p) {
    p.fragments[0].ion.ordinal = static_cast<std::uint8_t>(p.peptide.residues.size());
  });
}

TEST_F(LibraryFolder, OtherFilesAreNotOverwritten) {
  fs::create_directories(folder_);
  spill(folder_ / "thesis.txt", "precious");
  EXPECT_EQ(write_library(support::random_precursors(1, 18), {}, folder_).error().code,
            "OVL-IO-002");
  EXPECT_EQ(slurp(folder_ / "thesis.txt"), "precious");
}

TEST_F(LibraryFolder, ForeignAndDamagedFoldersGiveCodedErrors) {
  EXPECT_EQ(code_of_opening(), "OVL-LIB-001");
  fs::create_directories(folder_);
  EXPECT_EQ(code_of_opening(), "OVL-LIB-001");
  spill(folder_ / "library.json", "{");
  EXPECT_EQ(code_of_opening(), "OVL-LIB-003");
  spill(folder_ / "library.json", "[1]");
  EXPECT_EQ(code_of_opening(), "OVL-LIB-003");
  write(support::random_precursors(50, 19));
  ASSERT_EQ(code_of_opening(), "");
  replace_in(folder_ / "library.json", "\"version\": 2", "\"version\": 3");
  EXPECT_EQ(code_of_opening(), "OVL-LIB-002");
  replace_in(folder_ / "library.json", "\"version\": 3", "\"version\": \"one\"");
  EXPECT_EQ(code_of_opening(), "OVL-LIB-002");
  write(support::random_precursors(50, 19));
  replace_in(folder_ / "library.json", "\"precursors\": 50", "\"precursors\": 51");
  EXPECT_EQ(code_of_opening(), "OVL-LIB-003");
}

TEST_F(LibraryFolder, MissingAndTruncatedTablesGiveCodedErrors) {
  write(support::random_precursors(300, 20));
  for (const char* name : {"precursors.arrow", "fragments.arrow", "proteins.arrow"}) {
    const std::string whole = slurp(folder_ / name);
    fs::remove(folder_ / name);
    EXPECT_EQ(code_of_opening(), "OVL-LIB-003") << name;
    for (std::size_t keep = 0; keep < whole.size(); keep += 1 + whole.size() / 17) {
      spill(folder_ / name, whole.substr(0, keep));
      EXPECT_EQ(code_of_opening(), "OVL-LIB-003") << name << " " << keep;
    }
    spill(folder_ / name, whole);
    EXPECT_EQ(code_of_opening(), "");
  }
}

// As a writer of another program would store it: the hashes agree with the tables.
void hash_anew(const fs::path& folder) {
  std::string all;
  auto description = nlohmann::ordered_json::parse(slurp(folder / "library.json"));
  for (auto& [name, hash] : description["hashes"].items()) {
    hash = *hash_file(folder / name);
    all += hash.get<std::string>();
  }
  description["content_hash"] = hash_text(all);
  spill(folder / "library.json", description.dump());
}

// Tables of the right schema and with the right hashes, with one broken rule each.
TEST_F(LibraryFolder, InconsistentColumnsGiveCodedErrors) {
  write(support::random_precursors(100, 21));
  const auto broken = [&](const char* file, const std::string& name, const std::string& message,
                          auto change) {
    const auto original = io::read_arrow(folder_ / file);
    ASSERT_TRUE(original);
    io::Table table;
    for (const io::Column& column : original->columns()) {
      io::Values values = column.values;
      if (column.name == name) change(values);
      table.add(column.name, std::move(values));
    }
    ASSERT_TRUE(io::write_arrow(table, folder_ / file));
    EXPECT_EQ(code_of_opening(), "OVL-LIB-003") << name;
    hash_anew(folder_);
    const auto opened = Library::open(folder_);
    ASSERT_FALSE(opened) << name << ": " << message;
    EXPECT_EQ(opened.error().code, "OVL-LIB-003") << name;
    EXPECT_NE(opened.error().what.find(message), std::string::npos) << opened.error().what;
    ASSERT_TRUE(io::write_arrow(*original, folder_ / file));
  };
  using F = std::vector<float>;
  using U8 = std::vector<std::uint8_t>;
  using U16 = std::vector<std::uint16_t>;
  using U32 = std::vector<std::uint32_t>;
  using Text = std::vector<std::string>;
  const char* file = "precursors.arrow";
  const float nan = std::nanf("");
  broken(file, "precursor_mz", "not in the order",
         [](auto& v) { std::swap(std::get<F>(v)[3], std::get<F>(v)[90]); });
  broken(file, "precursor_mz", "has m/z -1", [](auto& v) { std::get<F>(v)[3] = -1; });
  broken(file, "precursor_mz", "has m/z nan", [&](auto& v) { std::get<F>(v)[3] = nan; });
  broken(file, "precursor_mz", "type", [](auto& v) { v = std::vector<double>(100, 1.0); });
  broken(file, "irt", "no iRT", [](auto& v) { std::get<F>(v)[3] = INFINITY; });
  broken(file, "charge", "charge 0", [](auto& v) { std::get<U8>(v)[99] = 0; });
  broken(file, "is_decoy", "must be 0 or 1", [](auto& v) { std::get<U8>(v)[0] = 2; });
  broken(file, "protein_set", "protein set of precursor 0 does not exist",
         [](auto& v) { std::get<U32>(v)[0] = 100000; });
  broken(file, "pair", "the pair is out of range", [](auto& v) { std::get<U32>(v)[0] = 100; });
  broken(file, "partner", "the partner is out of range",
         [](auto& v) { std::get<U32>(v)[7] = 4000000000; });
  broken(file, "fragment_count", "do not add up", [](auto& v) { ++std::get<U16>(v)[5]; });
  broken(file, "fragment_count", "no fragments", [](auto& v) {
    std::get<U16>(v)[6] = static_cast<std::uint16_t>(std::get<U16>(v)[6] + std::get<U16>(v)[5]);
    std::get<U16>(v)[5] = 0;
  });
  broken(file, "modified_sequence", "cannot be read",
         [](auto& v) { std::get<Text>(v)[8] += "(UniMod:4"; });
  broken(file, "modified_sequence", "cannot be read",
         [](auto& v) { std::get<Text>(v)[8][0] = 'x'; });
  broken(file, "modified_sequence", "an ordinal beyond the length of the peptide",
         [](auto& v) { std::get<Text>(v)[9] = "(UniMod:1)AM(UniMod:35)"; });
  file = "fragments.arrow";
  for (const float mz : {nan, INFINITY, 0.0F, -500.0F})
    broken(file, "mz", "not a positive number", [&](auto& v) { std::get<F>(v)[40] = mz; });
  broken(file, "ordinal", "an ordinal beyond the length of the peptide",
         [](auto& v) { std::get<U8>(v)[41] = 120; });
  broken(file, "ordinal", "an ordinal beyond the length of the peptide",
         [](auto& v) { std::get<U8>(v).back() = 0; });
  broken(file, "kind", "charge 0", [](auto& v) { std::get<U8>(v)[42] = 0x80; });
  broken(file, "intensity", "intensity 0", [](auto& v) { std::get<U16>(v)[0] = 0; });
  broken(file, "intensity", "not in descending order of intensity",
         [](auto& v) { std::get<U16>(v)[1] = 65535, std::get<U16>(v)[0] = 9; });
  hash_anew(folder_);
  EXPECT_EQ(code_of_opening(), "");
}

TEST_F(LibraryFolder, AFlippedBitOfAnyTableIsRefused) {
  write(support::random_precursors(100, 22));
  ASSERT_EQ(code_of_opening(), "");
  for (const char* name : {"precursors.arrow", "fragments.arrow", "proteins.arrow"}) {
    const std::string whole = slurp(folder_ / name);
    for (std::size_t at = 3; at < whole.size(); at += 1 + whole.size() / 23) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ 4);
      spill(folder_ / name, bytes);
      EXPECT_EQ(code_of_opening(), "OVL-LIB-003") << name << " " << at;
    }
    spill(folder_ / name, whole);
  }
  EXPECT_EQ(code_of_opening(), "");
  replace_in(folder_ / "library.json", "\"content_hash\": \"", "\"content_hash\": \"0");
  EXPECT_EQ(code_of_opening(), "OVL-LIB-003") << "it names the content for the stages of a search";
  replace_in(folder_ / "library.json", "\"hashes\"", "\"hash\"");
  EXPECT_EQ(code_of_opening(), "OVL-LIB-003");
}

}  // namespace
}  // namespace overland::library
