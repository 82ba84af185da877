#include "lfq/lfq_input.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "io/table/table.h"
#include "lfq/lfq_names.h"
#include "lfq/quantify_table.h"
#include "support/table_checks.h"

namespace overland::lfq {
namespace {

using support::TestFolder;

QuantifyTableOptions options_of(const std::filesystem::path& table,
                                const std::filesystem::path& out) {
  QuantifyTableOptions options;
  options.table = table;
  options.out = out;
  options.tsv = true;
  return options;
}

class LfqTableFile : public ::testing::Test {
 protected:
  Result<LfqTable> read(const std::string& text, const LfqColumnChoice& choice = {},
                        const quantify::BlockSizes& sizes = {}) const {
    support::write_text(file(), text);
    return read_lfq_table(file(), choice, folder_ / "scratch", sizes);
  }
  std::string code(const std::string& text) const {
    const auto table = read(text);
    return table ? "" : table.error().code;
  }
  // Linear quantity of group and run.
  static std::map<std::string, double> quantities_of(const LfqTable& table) {
    std::map<std::string, double> all;
    for (const auto& block : table.quantities.blocks()) {
      const auto profiles = table.quantities.quantify(block, {});
      EXPECT_TRUE(profiles) << profiles.error().message();
      for (std::size_t g = block.first; g < block.last; ++g)
        for (std::size_t k = profiles->begin[g - block.first];
             k < profiles->begin[g - block.first + 1]; ++k)
          all[table.input.groups[g] + " " + table.input.runs[profiles->run[k]]] =
              std::exp2(profiles->log2_quantity[k]);
    }
    return all;
  }
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "report.tsv"; }
  TestFolder folder_;
};

const std::string kHeader = "Run\tProtein.Group\tPrecursor.Id\tPrecursor.Normalised\tQ.Value\n";

// The names of version 2; pg.intensity is the quantity of the group, not of the precursor.
TEST_F(LfqTableFile, alphadia_2_is_known_and_filtered) {
  const auto table = read(
      "precursor.idx\tpg.genes\tprecursor.decoy\tprecursor.qval\traw.name\t"
      "precursor.mod_seq_charge_hash\tpg.name\tpg.intensity\tprecursor.intensity\n"
      "1\tG\t0\t0.001\ta\t123456789012345678\tP1\t7\t4\n"
      "2\tG\t0\t0.001\tb\t123456789012345678\tP1\t7\t8\n"
      "3\tG\t1\t0.001\tb\t123456789012345679\tP1\t7\t99\n"
      "4\tG\t0\t0.2\tb\t123456789012345680\tP1\t7\t99\n");
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_EQ(table->input.layout.kind, "AlphaDIA precursors");
  EXPECT_EQ(table->input.filtered, 2U);
  EXPECT_EQ(table->input.ions, 1U);
  EXPECT_NEAR(quantities_of(*table).at("P1 b"), 8, 1e-9);
}

TEST_F(LfqTableFile, names_are_sorted_whatever_the_order_of_rows) {
  const auto table = read(kHeader + "b\tP2\tX\t4\t0\na\tP1\tZ\t1\t0\na\tP2\tX\t2\t0\n");
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_EQ(table->input.groups, (std::vector<std::string>{"P1", "P2"}));
  EXPECT_EQ(table->input.runs, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(table->input.ions, 2U);
  EXPECT_EQ(table->input.quantities, 3U);
  const auto quantities = quantities_of(*table);
  EXPECT_NEAR(quantities.at("P1 a"), 1, 1e-9);
  EXPECT_NEAR(quantities.at("P2 b") / quantities.at("P2 a"), 2, 1e-9);
  EXPECT_EQ(quantities.size(), 3U);
}

TEST_F(LfqTableFile, rows_that_are_left_out_are_counted) {
  const auto table = read(kHeader +
                          "a\tP1\tX\t5\t0.5\na\t\tX\t5\t0\na\tP1\t\t5\t0\n\tP1\tX\t5\t0\n"
                          "a\tP1\tX\t0\t0\na\tP1\tX\t-3\t0\na\tP1\tX\tNaN\t0\na\tP1\tX\tinf\t0\n"
                          "a\tP2\tX\t0\t0\na\tP1\tX\t7\t0\n");
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_EQ(table->input.rows, 10U);
  EXPECT_EQ(table->input.filtered, 1U);
  EXPECT_EQ(table->input.nameless, 3U);
  EXPECT_EQ(table->input.missing, 5U);
  EXPECT_EQ(table->input.quantities, 1U);
  EXPECT_EQ(table->input.groups.size(), 2U) << "a group without a quantity keeps its name";
}

TEST_F(LfqTableFile, a_comma_that_later_rows_explain_is_read_as_they_say) {
  const auto thousands = read(kHeader + "a\tP1\tX\t2,469\t0\na\tP2\tX\t1,234,567\t0\n");
  ASSERT_TRUE(thousands) << thousands.error().message();
  EXPECT_NEAR(quantities_of(*thousands).at("P1 a"), 2469, 1e-6);
  const auto decimal = read(kHeader + "a\tP1\tX\t2,469\t0\na\tP2\tX\t1,25\t0\n");
  ASSERT_TRUE(decimal);
  EXPECT_NEAR(quantities_of(*decimal).at("P1 a"), 2.469, 1e-9);
  EXPECT_EQ(code(kHeader + "a\tP1\tX\t2,469\t0\n"), "OVL-IO-082");
  EXPECT_EQ(code(kHeader + "a\tP1\tX\t1,25\t0\na\tP2\tX\t1,234,567\t0\n"), "OVL-IO-082");
}

TEST_F(LfqTableFile, blocks_of_any_size_give_the_same_quantities) {
  std::string text = kHeader;
  for (int i = 0; i < 500; ++i)
    text += "run" + std::to_string(i % 7) + "\tP" + std::to_string(i * 37 % 23) + "\tX" +
            std::to_string(i * 31 % 11) + "\t" + std::to_string(1 + i * 71 % 97) + "\t0\n";
  const auto whole = read(text);
  const auto blocks = read(text, {}, {.rows = 30, .names = 4});
  ASSERT_TRUE(whole && blocks);
  EXPECT_EQ(whole->quantities.blocks().size(), 1U);
  EXPECT_GT(blocks->quantities.blocks().size(), 5U);
  EXPECT_EQ(quantities_of(*whole), quantities_of(*blocks));
}

TEST_F(LfqTableFile, nothing_left_or_nothing_known_is_told) {
  EXPECT_EQ(code(kHeader), "OVL-IO-083");
  EXPECT_EQ(code(kHeader + "a\tP1\tX\t5\t0.5\n"), "OVL-IO-083");
  EXPECT_EQ(code(kHeader + "a\tP1\tX\tmuch\t0\n"), "OVL-IO-082");
  EXPECT_EQ(code("what\tis\tthis\n1\t2\t3\n"), "OVL-IO-080");
}

TEST_F(LfqTableFile, tables_of_quantities_are_the_same_as_text) {
  support::write_text(file(), kHeader + "a\tP1\tX\t4\t0\nb\tP2\tX\t8\t0\nb\tP0\tX\t0\t0\n");
  ASSERT_TRUE(quantify_table(options_of(file(), folder_ / "out")));
  for (const char* name : {"quantities", "quantities_wide"}) {
    const auto table = io::read_parquet(folder_ / "out" / (std::string(name) + ".parquet"));
    ASSERT_TRUE(table) << table.error().message();
    EXPECT_EQ(table->metadata.at("overland.filter"), "Q.Value<=0.01");
    EXPECT_TRUE(
        says_the_same(support::text_table(*table),
                      support::text_table(folder_ / "out" / (std::string(name) + ".tsv"), '\t')));
  }
  const auto wide = io::read_parquet(folder_ / "out/quantities_wide.parquet");
  EXPECT_EQ(wide->row_count(), 3U);
  EXPECT_TRUE(std::isnan((**wide->column<double>("b"))[0])) << "P0 has no quantity";
  EXPECT_NEAR((**wide->column<double>("b"))[2], 8, 1e-9);
}

TEST_F(LfqTableFile, a_table_that_cannot_be_used_leaves_no_folder) {
  support::write_text(file(), kHeader + "a\tP1\tX\tmuch\t0\n");
  EXPECT_FALSE(quantify_table(options_of(file(), folder_ / "out")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
  std::filesystem::create_directories(folder_ / "old");
  EXPECT_FALSE(quantify_table(options_of(file(), folder_ / "old")));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "old")) << "it was there before";
}

TEST(LfqNames, are_numbered_as_they_come_and_ranked_by_the_alphabet) {
  LfqNames names;
  EXPECT_EQ(names.number_of("pear"), 0U);
  EXPECT_EQ(names.number_of("pear"), 0U);
  EXPECT_EQ(names.number_of("apple"), 1U);
  EXPECT_EQ(names.number_of("pear"), 0U);
  EXPECT_EQ(names.number_of("Apple"), 2U);
  EXPECT_EQ(names.number_of(""), 3U);
  EXPECT_EQ(names.size(), 4U);
  EXPECT_EQ(names.ranks(), (std::vector<std::uint32_t>{3, 2, 1, 0}));
  EXPECT_EQ(names.sorted(), (std::vector<std::string>{"", "Apple", "apple", "pear"}));
  EXPECT_TRUE(LfqNames().sorted().empty());
}

}  // namespace
}  // namespace overland::lfq
