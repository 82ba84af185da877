#include "identify/psm_blocks.h"

#include <algorithm>

#include "scoring/error_levels.h"

namespace overland::identify {

std::vector<std::uint32_t> block_starts(const search::PsmFile& psms) {
  const std::span<const std::uint32_t> precursor = psms.identity().precursor;
  const auto rows = static_cast<std::uint32_t>(precursor.size());
  std::vector<std::uint32_t> starts{0};
  while (starts.back() < rows) {
    std::uint32_t end = std::min<std::uint32_t>(rows, starts.back() + kBlockRows);
    while (end < rows && precursor[end] == precursor[end - 1]) ++end;
    starts.push_back(end);
  }
  return starts;
}

template <class PairOf>
void PsmBlocks::append_rows(std::span<const std::uint32_t> rows, const PairOf& pair_of,
                            scoring::FeatureMatrix& matrix) const {
  std::uint32_t candidate = matrix.candidate.empty() ? 0 : matrix.candidate.back() + 1;
  psms_.gather(rows, matrix.values);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t p = psms_.identity().precursor[rows[i]];
    if (i > 0 && psms_.identity().precursor[rows[i - 1]] != p) ++candidate;
    matrix.candidate.push_back(candidate);
    const PairId pair = library_.pair_of(PrecursorId(p));
    matrix.pair.push_back(pair_of(pair));
    matrix.is_decoy.push_back(library_.is_decoy[p]);
    matrix.fold.push_back(competition_.fold[pair]);
  }
}

void PsmBlocks::append(std::span<const std::uint32_t> rows, scoring::FeatureMatrix& matrix) const {
  append_rows(rows, [](PairId pair) { return pair.index(); }, matrix);
}

void PsmBlocks::append(std::span<const std::uint32_t> rows,
                       std::vector<std::uint32_t>& pair_numbers,
                       scoring::FeatureMatrix& matrix) const {
  pair_numbers.resize(competition_.fold.size(), scoring::kNoGroup);
  std::uint32_t next_pair =
      matrix.pair.empty() ? 0 : *std::max_element(matrix.pair.begin(), matrix.pair.end()) + 1;
  const auto numbered = [&](PairId of_library) {
    std::uint32_t& pair = pair_numbers[of_library.index()];
    if (pair == scoring::kNoGroup) pair = next_pair++;
    return pair;
  };
  append_rows(rows, numbered, matrix);
}

scoring::FeatureMatrix empty_psm_matrix() {
  scoring::FeatureMatrix matrix;
  for (const search::PsmFeature& feature : search::psm_features()) {
    matrix.names.emplace_back(feature.name);
    matrix.is_core.push_back(feature.is_core ? 1 : 0);
    matrix.direction.push_back(feature.direction);
  }
  return matrix;
}

std::vector<float> initial_score(const scoring::FeatureMatrix& matrix) {
  const auto index_of = [&](const char* name) {
    return static_cast<std::size_t>(std::ranges::find(matrix.names, name) - matrix.names.begin());
  };
  const std::size_t match_score = index_of("match_score");
  const std::size_t coelution = index_of("coelution");
  std::vector<float> score;
  score.reserve(matrix.row_count());
  for (std::size_t r = 0; r < matrix.row_count(); ++r) {
    score.push_back(matrix.row(r)[match_score] * (1 + std::max(0.0F, matrix.row(r)[coelution])));
  }
  return score;
}

}  // namespace overland::identify
