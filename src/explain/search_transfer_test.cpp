// Match between runs in the whole search, with decoys whose retention times are predicted
// separately.
#include <cmath>
#include <nlohmann/json.hpp>

#include "explain/explain.h"
#include "kernel/robust_statistics.h"
#include "library_build/decoys.h"
#include "search/psm_table.h"
#include "support/search_fixture.h"

namespace overland::explain {
namespace {

namespace fs = std::filesystem;

class SearchTransfer : public support::SearchFixture {
 protected:
  void SetUp() override {
    SearchFixture::SetUp();
    std::vector<library::LibraryPrecursor> rows = targets_;
    ASSERT_GT(library_build::add_decoys(rows, 2, 1).made, 0U);
    float least = rows[0].irt;
    float most = rows[0].irt;
    for (const library::LibraryPrecursor& row : rows) {
      least = std::min(least, row.irt);
      most = std::max(most, row.irt);
    }
    for (library::LibraryPrecursor& row : rows)
      if (row.is_decoy) row.irt = least + most - row.irt;
    ASSERT_TRUE(library::write_library(rows, {"example", "", "test", 2}, library()));
    runs_ = {add_run("one"), add_run("two", {.seed = 2})};
  }
  stages::SearchOptions search(bool matches) const {
    stages::SearchOptions options = options_for(runs_, matches ? "matched" : "plain");
    options.config.transfer.enabled = matches;
    EXPECT_EQ(code_of(commands::run_search(options)), "");
    return options;
  }
  static std::string library_hash(const fs::path& out) {
    std::ifstream in(out / "manifest.json");
    return nlohmann::json::parse(in)["library"]["hash"].get<std::string>();
  }
  // How far decoys were looked for from the times of their targets: the median.
  double distance_from_targets(const fs::path& out) const {
    const auto opened = library::Library::open(library());
    const auto psms =
        search::read_psms(out / "work/second_pass/one/psms.arrow", {.precursors = 1U << 20});
    EXPECT_TRUE(opened && psms);
    const library::LibraryView view = opened->view();
    std::map<std::uint32_t, float> time;
    for (std::uint32_t p = 0; p < view.precursor_count(); ++p)
      if (view.is_decoy[p] == 0) time[view.pair[p]] = view.irt[p];
    std::vector<double> distance;
    for (std::size_t i = 0; i < psms->precursor.size(); ++i) {
      const std::uint32_t p = psms->precursor[i];
      if (view.is_decoy[p] == 0) continue;
      distance.push_back(
          std::abs(static_cast<double>(psms->irt_observed[i] - time.at(view.pair[p]))));
    }
    EXPECT_GT(distance.size(), 100U);
    return kernel::median_of(distance);
  }

  std::string first_reported(const fs::path& out) const {
    return (**table(out / "report.parquet").column<std::string>("Precursor.Id")).at(0);
  }
  std::vector<fs::path> runs_;
};

TEST_F(SearchTransfer, looks_for_decoys_at_the_times_of_their_targets) {
  const stages::SearchOptions plain = search(false);
  const stages::SearchOptions matched = search(true);
  EXPECT_LT(2 * distance_from_targets(matched.out), distance_from_targets(plain.out));
  EXPECT_EQ(library_hash(matched.out), library_hash(plain.out) + "+times");
  for (const stages::SearchOptions& options : {plain, matched}) {
    ExplainOptions asked;
    asked.results = options.out;
    asked.precursor = first_reported(options.out);
    asked.run = "one";
    const auto explained = explain(asked);
    EXPECT_TRUE(explained) << explained.error().message();
  }
}

}  // namespace
}  // namespace overland::explain
