// A run's rows in blocks of whole candidates, the unit of work of rescoring.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "identify/competition_groups.h"
#include "scoring/feature_matrix.h"
#include "search/psm_table.h"

namespace overland::identify {

inline constexpr std::size_t kBlockRows = 4096;

// First rows of blocks of about kBlockRows rows, and the number of rows as the last element. All
// rows of a candidate are in one block.
[[nodiscard]] std::vector<std::uint32_t> block_starts(const search::PsmFile& psms);

class PsmBlocks {
 public:
  PsmBlocks(const search::PsmFile& psms, const library::LibraryView& library,
            const CompetitionGroups& competition)
      : psms_(psms), library_(library), competition_(competition) {}

  // Appends `rows` (ascending) to `matrix`; numbers of candidates and pairs continue after those in
  // `matrix`. `pair_numbers` (per pair, of any size) is scratch memory of the caller for one run.
  void append(std::span<const std::uint32_t> rows, std::vector<std::uint32_t>& pair_numbers,
              scoring::FeatureMatrix& matrix) const;
  // The same for a matrix of one run only, in which pairs have the library's numbers.
  void append(std::span<const std::uint32_t> rows, scoring::FeatureMatrix& matrix) const;

 private:
  template <class PairOf>
  void append_rows(std::span<const std::uint32_t> rows, const PairOf& pair_of,
                   scoring::FeatureMatrix& matrix) const;

  const search::PsmFile& psms_;
  const library::LibraryView& library_;
  const CompetitionGroups& competition_;
};

// A matrix without rows, with names, core columns and directions of psm_features().
[[nodiscard]] scoring::FeatureMatrix empty_psm_matrix();

// The initial score of rescoring, without training: agreement with the library spectrum and between
// the fragments' chromatograms.
[[nodiscard]] std::vector<float> initial_score(const scoring::FeatureMatrix& matrix);

}  // namespace overland::identify
