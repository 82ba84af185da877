// Searches whose outcome is known by construction: nothing to find, or labels that mean nothing.
#include <gtest/gtest.h>

#include <algorithm>

#include "audit/audit.h"
#include "commands/pipeline.h"
#include "identify/score.h"
#include "io/table/table.h"
#include "library_build/decoys.h"
#include "support/example_search.h"

namespace overland::commands {
namespace {

namespace fs = std::filesystem;
using support::example_run;
using support::example_targets;
using support::ExampleRun;
using support::file_bytes;
using Precursors = std::vector<library::LibraryPrecursor>;

constexpr std::size_t kTargets = 240;

class SearchProof : public ::testing::Test {
 protected:
  [[nodiscard]] fs::path path(const std::string& name) const { return scratch_.path() / name; }

  // Searches a run in which `sample` elutes for `library`.
  stages::SearchOptions search(const std::string& name, const Precursors& sample,
                               const Precursors& library, const ExampleRun& run,
                               bool is_wide = false) const {
    fs::create_directories(path("data"));
    stages::SearchOptions options;
    options.library = path(name + ".lib");
    options.runs = {path("data") / (name + ".arrow")};
    options.out = path(name + (is_wide ? "_wide" : ""));
    options.config.decoys_per_target = 1;
    if (is_wide) options.config.report.q_value = 1;
    options.machine.threads = 2;
    EXPECT_TRUE(library::write_library(library, {name, "", "test"}, options.library));
    EXPECT_TRUE(run::write_run_arrow(example_run(sample, run), options.runs.front()));
    const auto done = run_search(options);
    EXPECT_TRUE(done) << done.error().message();
    return options;
  }
  static std::size_t reported(const stages::SearchOptions& options) {
    const auto report = io::read_parquet(options.out / "report.parquet");
    EXPECT_TRUE(report);
    return report ? report->row_count() : 0;
  }

  support::ScratchFolder scratch_;
};

// Of the best `wanted` pairs of a search that kept all rows: how many the target won.
std::size_t targets_among_best(const stages::SearchOptions& options, const std::string& run,
                               std::size_t wanted) {
  const auto scores = identify::read_scores(options.out / "work/score" / (run + ".arrow"),
                                            {.precursors = 1U << 20});
  const auto library = library::Library::open(fs::exists(options.out / "work/library/library.lib")
                                                  ? options.out / "work/library/library.lib"
                                                  : options.library);
  EXPECT_TRUE(scores && library);
  if (!scores || !library) return 0;
  const library::LibraryView view = library->view();
  std::vector<std::pair<float, std::uint32_t>> best;
  for (const identify::ScoredRow& row : scores->rows) best.emplace_back(-row.score, row.precursor);
  std::ranges::sort(best);
  std::set<std::uint32_t> seen;
  std::size_t targets = 0;
  for (const auto& [score, p] : best) {
    if (seen.size() == wanted) break;
    if (seen.insert(view.pair[p]).second && view.is_decoy[p] == 0) ++targets;
  }
  EXPECT_EQ(seen.size(), wanted);
  return targets;
}

// Half of the pairs have the labels of target and decoy exchanged.
Precursors with_permuted_labels(Precursors targets, std::uint64_t seed) {
  EXPECT_EQ(library_build::add_decoys(targets, 1, seed).without_decoy, 0U);
  for (library::LibraryPrecursor& p : targets) {
    if (Rng(seed, p.pair).uniform() < 0.5) p.is_decoy = !p.is_decoy;
  }
  return targets;
}

// Shuffled targets: none is in the sample, and all look like peptides. The second decoy of each is
// taken, for the first is its reversal, whose own reversal would be the target again.
Precursors shuffled_only(const Precursors& targets) {
  Precursors all = targets;
  EXPECT_EQ(library_build::add_decoys(all, 2, 99).without_decoy, 0U);
  std::map<std::uint32_t, library::LibraryPrecursor> last;
  for (const library::LibraryPrecursor& p : all) {
    if (p.is_decoy) last.insert_or_assign(p.pair, p);
  }
  Precursors shuffled;
  for (auto& [pair, p] : last) {
    p.is_decoy = false;
    shuffled.push_back(std::move(p));
  }
  return shuffled;
}

struct World {
  std::string name;
  Precursors sample, library;
  double present_share;
};

std::vector<World> worlds_without_truth(std::uint64_t seed) {
  const Precursors targets = example_targets(kTargets);
  const std::string number = std::to_string(seed);
  return {{"noise" + number, targets, targets, 0},
          {"shuffled" + number, targets, shuffled_only(targets), 0.75},
          {"foreign" + number, example_targets(kTargets, 1000 + seed), targets, 0.75},
          {"permuted" + number, targets, with_permuted_labels(targets, seed), 0.75}};
}

// Where no target is to be preferred, control at 1 % means: anything at all is reported in at most
// 1 % of the searches. Eight searches: P(one or more) <= 8 %, P(two or more) <= 0.3 %.
TEST_F(SearchProof, nothing_is_reported_where_labels_mean_nothing) {
  std::size_t searches_with_rows = 0;
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    for (const World& world : worlds_without_truth(seed)) {
      const std::size_t rows =
          reported(search(world.name, world.sample, world.library,
                          {.seed = seed, .present_share = world.present_share}));
      EXPECT_LE(rows, 2U) << world.name;
      searches_with_rows += rows > 0 ? 1U : 0U;
    }
  }
  EXPECT_LE(searches_with_rows, 1U);
}

// The same, sharper: the better of a target and its decoy is the target half of the time, among the
// best as elsewhere. Of 80 pairs that is 40 +- 4.5; P(more than 54) = 0.1 %.
TEST_F(SearchProof, targets_win_half_of_the_best_pairs_where_labels_mean_nothing) {
  constexpr std::size_t kBest = 80;
  for (const World& world : worlds_without_truth(3)) {
    const stages::SearchOptions options =
        search(world.name, world.sample, world.library,
               {.seed = 3, .present_share = world.present_share}, true);
    const std::size_t targets = targets_among_best(options, world.name, kBest);
    EXPECT_LE(targets, 54U) << world.name;
    EXPECT_GE(targets, 26U) << world.name;
  }
}

// Every second target gets the flag, and the one before it for a partner.
Precursors with_entrapments(Precursors targets, std::size_t phase) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const bool is_entrapment = i % 2 == phase;
    targets[i].entrapment = is_entrapment ? 1 : 0;
    targets[i].partner = std::nullopt;
    if (is_entrapment) targets[i].partner = targets[i % 2 == 1 ? i - 1 : i + 1].pair;
    targets[i].protein_ids = "P" + std::to_string(i / 6) + (i % 2 == 1 ? "x" : "");
  }
  return targets;
}

TEST_F(SearchProof, exchanging_targets_and_entrapments_changes_no_score) {
  const Precursors targets = example_targets(kTargets);
  std::vector<stages::SearchOptions> done;
  for (const std::size_t phase : {0U, 1U}) {
    const std::string name = "flags" + std::to_string(phase);
    done.push_back(search(name, targets, with_entrapments(targets, phase), {}));
    fs::rename(done.back().out / "work/score" / (name + ".arrow"), path(name + ".scores"));
    fs::rename(done.back().out / "work/tune" / name / "models.json", path(name + ".models"));
  }
  EXPECT_EQ(file_bytes(path("flags0.scores")), file_bytes(path("flags1.scores")));
  EXPECT_EQ(file_bytes(path("flags0.models")), file_bytes(path("flags1.models")));
  // The two reports share the precursors out between them.
  std::set<std::string> ids;
  std::size_t rows = 0;
  for (const stages::SearchOptions& options : done) {
    const auto report = io::read_parquet(options.out / "report.parquet");
    ASSERT_TRUE(report);
    rows += report->row_count();
    ids.insert((**report->column<std::string>("Precursor.Id")).begin(),
               (**report->column<std::string>("Precursor.Id")).end());
    for (const std::uint8_t e : **report->column<std::uint8_t>("Entrapment")) EXPECT_EQ(e, 0);
  }
  EXPECT_GT(rows, 100U);
  EXPECT_EQ(ids.size(), rows);
}

TEST_F(SearchProof, entrapments_are_reported_on_demand_and_audited_always) {
  const Precursors targets = example_targets(kTargets);
  stages::SearchOptions options = search("half", targets, with_entrapments(targets, 1), {});
  const std::size_t without = reported(options);
  const auto proteins = io::read_parquet(options.out / "protein_groups.parquet");
  ASSERT_TRUE(proteins);
  for (const std::string& name : **proteins->column<std::string>("Protein.Group"))
    EXPECT_FALSE(name.ends_with("x")) << name;
  // Half of the precursors of the sample bear the flag: a gross violation, seen as such.
  const auto audit = audit::audit_results({.results = options.out});
  ASSERT_TRUE(audit) << audit.error().message();
  ASSERT_EQ(audit->curves.size(), 4U);
  const auto& points = audit->curves.front().points;
  const auto at = std::ranges::find(points, 0.01, &scoring::AuditPoint::q_value);
  ASSERT_NE(at, points.end());
  EXPECT_EQ(at->targets, without);
  EXPECT_GT(at->entrapments, 50U);
  EXPECT_EQ(scoring::verdict_at(*at, 0.01, 1), scoring::AuditVerdict::invalid);
  EXPECT_TRUE(fs::exists(options.out / "audit.parquet") && fs::exists(options.out / "audit.json") &&
              fs::exists(options.out / "plots/audit.svg"));
  options.config.report.entrapments = true;
  options.overwrite = true;
  ASSERT_TRUE(run_search(options));
  EXPECT_EQ(reported(options), without + at->entrapments);
}

TEST_F(SearchProof, a_library_without_entrapments_leaves_no_audit) {
  const Precursors targets = example_targets(kTargets);
  stages::SearchOptions options = search("plain", targets, with_entrapments(targets, 1), {});
  ASSERT_TRUE(fs::exists(options.out / "audit.json"));
  ASSERT_TRUE(library::write_library(targets, {"plain", "", "test"}, options.library));
  options.overwrite = true;
  ASSERT_TRUE(run_search(options));
  EXPECT_FALSE(fs::exists(options.out / "audit.json") || fs::exists(options.out / "audit.parquet"));
  const auto audit = audit::audit_results({.results = options.out});
  ASSERT_FALSE(audit);
  EXPECT_EQ(audit.error().code, "OVL-USE-060");
  const auto nothing = audit::audit_results({.results = path("data")});
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, "OVL-USE-040");
}

}  // namespace
}  // namespace overland::commands
