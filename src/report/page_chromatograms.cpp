#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <unordered_map>

#include "io/table/table_stream.h"
#include "report/chromatogram_file.h"
#include "report/page_data.h"

namespace overland::report {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMostPrecursors = 300;
constexpr std::size_t kMostRuns = 24;  // maximum number of runs per precursor

// Maximum size of the chromatograms in the page, bytes.
std::size_t byte_budget(std::size_t runs) {
  return std::clamp<std::size_t>(90'000 * runs, 500'000, 4'000'000);
}

// Best score of each precursor over the runs of the report.
Result<std::unordered_map<std::string, double>> best_scores(const fs::path& report) {
  auto stream = io::TableStream::open(report);
  if (!stream) return std::unexpected(stream.error());
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < stream->header().size(); ++i)
    if (stream->header()[i] == "Precursor.Id" || stream->header()[i] == "Score")
      chosen.push_back(i);
  std::unordered_map<std::string, double> best;
  if (chosen.size() != 2) return best;
  const std::size_t id_at = stream->header()[chosen[0]] == "Precursor.Id" ? 0 : 1;
  if (auto done = stream->choose(chosen); !done) return std::unexpected(done.error());
  std::vector<io::PieceColumn> piece;
  while (true) {
    const auto rows = stream->next(piece);
    if (!rows) return std::unexpected(rows.error());
    if (*rows == 0) return best;
    for (std::size_t r = 0; r < *rows; ++r) {
      const double score = piece[1 - id_at].number[r];
      const auto [place, is_new] = best.try_emplace(std::string(piece[id_at].text[r]), score);
      if (!is_new) place->second = std::max(place->second, score);
    }
  }
}

// Positions in the file, precursors found in several runs first, then by score.
std::vector<std::size_t> best_first(const ChromatogramFile& file,
                                    const std::unordered_map<std::string, double>& best) {
  std::vector<std::size_t> order(file.precursors().size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<double> score;
  for (const std::string& id : file.precursors()) {
    const auto found = best.find(id);
    score.push_back(found == best.end() ? -std::numeric_limits<double>::infinity() : found->second);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const bool a_repeats = file.run_count(a) > 1;
    const bool b_repeats = file.run_count(b) > 1;
    return a_repeats != b_repeats ? a_repeats : score[a] > score[b];
  });
  if (order.size() > kMostPrecursors) order.resize(kMostPrecursors);
  return order;
}

}  // namespace

Result<PageJson> page_chromatograms(const fs::path& results, const std::vector<std::string>& runs) {
  const fs::path path = results / "xic.parquet";
  if (!fs::exists(path)) return PageJson(nullptr);
  const auto file = ChromatogramFile::open(path);
  if (!file) return std::unexpected(file.error());
  const auto scores = best_scores(results / "report.parquet");
  if (!scores) return std::unexpected(scores.error());
  const std::vector<std::size_t> order = best_first(*file, *scores);
  const auto traces = file->of_many(order);
  if (!traces) return std::unexpected(traces.error());
  PageJson json{{"total", file->precursors().size()}, {"precursors", PageJson::array()}};
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < order.size() && bytes < byte_budget(runs.size()); ++i) {
    PageJson list = PageJson::array();
    for (std::size_t k = 0; k < std::min(kMostRuns, (*traces)[i].size()); ++k) {
      list.push_back(chromatogram_json((*traces)[i][k], runs, true));
      bytes += list.back().dump().size();
    }
    json["precursors"].push_back(
        {{"id", file->precursors()[order[i]]}, {"traces", std::move(list)}});
  }
  return json;
}

}  // namespace overland::report
