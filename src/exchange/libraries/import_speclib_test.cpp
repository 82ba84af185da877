// Binary libraries of DIA-NN, written here record by record.
#include <gtest/gtest.h>

#include <bit>
#include <fstream>
#include <functional>

#include "base/rng.h"
#include "exchange/libraries/import_ions.h"
#include "exchange/libraries/import_library.h"

namespace overland::exchange {
namespace {

namespace fs = std::filesystem;

struct Entry {
  std::string sequence = "AAC(UniMod:4)M(UniMod:35)DEFK";
  int charge = 2;
  int length = 8;
  double mz_off = 0, fragment_off = 0;  // added to what the sequence gives
  std::string listed_name = "";         // in the list of names; empty: the same
  int group = 0;
  bool has_decoy = false;
  int fragments = 7;
  std::uint8_t type = 2, loss = 0;
};

class Writer {
 public:
  template <class T>
  Writer& add(T value) {
    const auto raw = std::bit_cast<std::array<char, sizeof(T)>>(value);
    bytes.append(raw.data(), raw.size());
    return *this;
  }
  Writer& text(const std::string& value) {
    add(static_cast<std::int32_t>(value.size()));
    bytes += value;
    return *this;
  }
  std::string bytes;
};

void add_record(Writer& out, const Entry& entry, int number) {
  const Peptide peptide = *parse_peptide(entry.sequence);
  const auto residues = static_cast<int>(peptide.residues.size());
  out.add(number).add(entry.charge).add(entry.length);
  out.add(static_cast<float>(precursor_mz(peptide, entry.charge).value + entry.mz_off));
  for (const float value : {12.5F, 12.5F, 0.0F, 1.0F, 1.0F}) out.add(value);
  out.add(entry.fragments);
  for (int i = 1; i <= entry.fragments; ++i) {
    const bool is_y = (entry.type & 0x7F) == 2;
    const int ordinal = is_y ? residues - i : i;
    const FragmentIon ion{is_y ? FragmentType::y : FragmentType::b,
                          static_cast<std::uint8_t>(ordinal), 1};
    out.add(static_cast<float>(fragment_mz(peptide, ion).value + entry.fragment_off));
    out.add(1.0F / static_cast<float>(i));
    out.add(std::uint8_t{1}).add(entry.type).add(static_cast<std::uint8_t>(i)).add(entry.loss);
  }
}

struct Library {
  int version = -3;
  std::vector<Entry> entries = {
      Entry{}, Entry{.sequence = "PEPTIDER", .length = 0, .group = 1},
      Entry{.sequence = "(UniMod:1)SAMPLEK", .charge = 3, .length = 7, .fragments = 6}};
  std::string rest = "";

  [[nodiscard]] std::string bytes() const {
    Writer out;
    out.add(version).add(1).add(1).add(0).text("library").text("a.fasta");
    out.add(1).add(1).add(2).text("P1").text("N1").text("G1").add(0).add(0).add(0).add(2);
    out.add(2);
    for (const char* number : {"1", "2"}) {
      const std::string n = number;
      out.add(1).text("P" + n + ";Q" + n).text("N" + n).text("G" + n);
      out.add(1).add(0).add(1).add(0).add(2).add(0).add(1).add(0);
    }
    const auto name = [](const Entry& e) { return e.sequence + std::to_string(e.charge); };
    const auto count = static_cast<std::int32_t>(entries.size());
    out.add(count);
    for (const Entry& e : entries) out.text(e.listed_name.empty() ? name(e) : e.listed_name);
    out.add(1).text("N1").add(2).text("G1").text("G2");
    out.add(0.0).add(100.0).add(count);
    for (int i = 0; i < count; ++i) {
      const Entry& entry = entries[static_cast<std::size_t>(i)];
      add_record(out, entry, i);
      out.add(entry.has_decoy ? 1 : 0);
      if (entry.has_decoy) add_record(out, entry, i);
      out.add(7).add(1).add(entry.group).text(name(entry)).add(0.0F).add(1.0F).add(1.0F);
    }
    out.add(count);
    for (int i = 0; i < count; ++i) out.add(i);
    return out.bytes + rest;
  }
};

Result<ImportedLibrary> imported_speclib(const std::string& bytes) {
  const fs::path file = fs::path(testing::TempDir()) / "overland_import_test.speclib";
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
  auto library = import_library(file);
  fs::remove(file);
  return library;
}

std::string code_of_speclib(const std::string& bytes) {
  const auto library = imported_speclib(bytes);
  return library ? "none" : library.error().code;
}

TEST(Speclib, EntriesBecomePrecursors) {
  const auto library = imported_speclib(Library{}.bytes());
  ASSERT_TRUE(library) << library.error().message();
  ASSERT_EQ(library->precursors.size(), 3U);
  std::map<std::string, const library::LibraryPrecursor*> by_name;
  for (const auto& precursor : library->precursors)
    by_name[to_unimod_notation(precursor.peptide)] = &precursor;
  const auto* const first = by_name.at("AAC(UniMod:4)M(UniMod:35)DEFK");
  EXPECT_EQ(first->charge, 2);
  EXPECT_EQ(first->irt, 12.5F);
  EXPECT_EQ(first->protein_ids, "P1;Q1");
  EXPECT_EQ(first->genes, "G1");
  ASSERT_EQ(first->fragments.size(), 7U);
  for (const auto& fragment : first->fragments) {
    EXPECT_EQ(fragment.ion.type, FragmentType::y);
    EXPECT_EQ(fragment.intensity, 1.0F / static_cast<float>(8 - fragment.ion.ordinal));
  }
  EXPECT_EQ(by_name.at("PEPTIDER")->protein_ids, "P2;Q2");
  EXPECT_EQ(library->report.rows_read, 20U);
  EXPECT_EQ(library->report.rows_kept, 20U);
  EXPECT_EQ(library->report.fragments_recomputed, 0U);
}

TEST(Speclib, IonsLossesAndDecoysAreTakenOrCounted) {
  const auto dropped = [](const Entry& entry, Drop reason) -> std::uint64_t {
    Library library;
    library.entries.push_back(entry);
    const auto read = imported_speclib(library.bytes());
    EXPECT_TRUE(read) << read.error().message();
    if (!read) return 0;
    const auto found = read->report.rows_dropped.find(std::string(describe(reason)));
    return found == read->report.rows_dropped.end() ? 0 : found->second;
  };
  const std::string other = "ELVISLIVESK";
  EXPECT_EQ(dropped({.sequence = other, .length = 11, .type = 0x82}, Drop::ion_type), 0U);
  EXPECT_EQ(dropped({.sequence = other, .length = 11, .type = 1}, Drop::ion_type), 0U);
  EXPECT_EQ(dropped({.sequence = other, .length = 11, .type = 3}, Drop::ion_type), 7U);
  EXPECT_EQ(dropped({.sequence = other, .length = 11, .loss = 1}, Drop::neutral_loss), 7U);
  EXPECT_EQ(dropped({.sequence = other, .length = 11, .loss = 2}, Drop::neutral_loss), 7U);
  EXPECT_EQ(dropped({.sequence = other, .length = 11, .has_decoy = true}, Drop::made_decoy), 7U);
}

TEST(Speclib, OtherVersionsAreRefusedWithTheCommand) {
  for (const int version : {-100, -10, -4, -2, -1, 0, 1, 1'000'000}) {
    const auto library = imported_speclib(Library{.version = version}.bytes());
    ASSERT_FALSE(library) << version;
    EXPECT_EQ(library.error().code, "OVL-LIB-024");
    EXPECT_NE(library.error().advice.find("--out-lib X.parquet"), std::string::npos);
  }
}

TEST(Speclib, WhatContradictsItselfIsRefused) {
  struct Case {
    const char* name;
    std::function<void(Library&)> spoil;
    const char* code;
    const char* text;
  };
  const std::vector<Case> cases = {
      {"name", [](Library& l) { l.entries[1].listed_name = "PEPTIDER3"; }, "OVL-LIB-022", "name"},
      {"length", [](Library& l) { l.entries[0].length = 9; }, "OVL-LIB-022", "length"},
      {"group", [](Library& l) { l.entries[0].group = 2; }, "OVL-LIB-022", "protein group"},
      {"no group", [](Library& l) { l.entries[0].group = -1; }, "OVL-LIB-022", "protein group"},
      {"ion", [](Library& l) { l.entries[0].type = 9; }, "OVL-LIB-022", "unknown fragment"},
      {"loss", [](Library& l) { l.entries[0].loss = 77; }, "OVL-LIB-022", "unknown fragment"},
      {"end", [](Library& l) { l.rest = "x"; }, "OVL-LIB-022", "goes on"},
      {"precursors",
       [](Library& l) {
         for (Entry& e : l.entries) e.mz_off = 0.3;
       },
       "OVL-LIB-028", "precursors contradict"},
      {"fragments",
       [](Library& l) {
         for (Entry& e : l.entries) e.fragment_off = 0.3;
       },
       "OVL-LIB-028", "fragments contradict"}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Library library;
    c.spoil(library);
    const auto read = imported_speclib(library.bytes());
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, c.code);
    EXPECT_NE(read.error().what.find(c.text), std::string::npos) << read.error().what;
  }
}

TEST(Speclib, CutFilesAreRefusedAtEveryLength) {
  const std::string whole = Library{}.bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string code = code_of_speclib(whole.substr(0, size));
    EXPECT_TRUE(code == "OVL-IO-003" || code == "OVL-LIB-022") << size << " " << code;
  }
}

TEST(Speclib, ChangedBytesAreReadOrRefusedWithACode) {
  const std::string whole = Library{}.bytes();
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    Rng rng(seed, 0);
    std::string changed = whole;
    for (std::uint64_t i = 1 + rng.below(4); i > 0; --i)
      changed[rng.below(changed.size())] = static_cast<char>(rng.below(256));
    const auto library = imported_speclib(changed);
    if (!library) {
      EXPECT_TRUE(library.error().code.starts_with("OVL-IO-") ||
                  library.error().code.starts_with("OVL-LIB-"))
          << library.error().message();
      continue;
    }
    std::uint64_t rows = library->report.rows_kept;
    for (const auto& [reason, count] : library->report.rows_dropped) rows += count;
    EXPECT_EQ(rows, library->report.rows_read);
  }
}

}  // namespace
}  // namespace overland::exchange
