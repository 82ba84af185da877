#include "identify/train_rescorer.h"

#include <algorithm>

#include "base/files/hash.h"
#include "base/parallel.h"
#include "base/rng.h"
#include "identify/psm_blocks.h"
#include "scoring/error_levels.h"

namespace overland::identify {
namespace {

// A sample of the candidates of all runs, by a hash of pair and run.
class Sample {
 public:
  Sample(const RescoringJob& job, double share, std::uint64_t stream)
      : job_(job), share_(share), stream_(stream) {}
  [[nodiscard]] bool takes(const std::string& run, std::uint32_t precursor) const {
    if (share_ >= 1) return true;
    return Rng(job_.settings.seed + hash_seed(run), stream_ + 2 * job_.library.pair[precursor])
               .uniform() < share_;
  }

 private:
  const RescoringJob& job_;
  double share_;
  std::uint64_t stream_;
};

Result<std::size_t> count_rows(const RescoringJob& job) {
  std::size_t rows = 0;
  for (const RunPsms& run : job.runs) {
    const auto psms =
        search::PsmFile::open(run.psms, {.precursors = job.library.precursor_count()});
    if (!psms) return std::unexpected(psms.error());
    rows += psms->size();
  }
  return rows;
}

double share_of(std::size_t wanted, double rows) {
  return std::min(1.0, static_cast<double>(wanted) / std::max(rows, 1.0));
}

// All rows of the sampled candidates.
Result<scoring::FeatureMatrix> load_sample(const RescoringJob& job, double share) {
  scoring::FeatureMatrix matrix = empty_psm_matrix();
  const Sample sample(job, share, 0);
  for (const RunPsms& run : job.runs) {
    const auto psms =
        search::PsmFile::open(run.psms, {.precursors = job.library.precursor_count()});
    if (!psms) return std::unexpected(psms.error());
    std::vector<std::uint32_t> rows;
    for (std::uint32_t r = 0; r < psms->size(); ++r) {
      if (sample.takes(run.name, psms->identity().precursor[r])) rows.push_back(r);
    }
    std::vector<std::uint32_t> pair_numbers;
    PsmBlocks(*psms, job.library, job.competition).append(rows, pair_numbers, matrix);
  }
  return matrix;
}

// Calls body(rows, scores by the linear model) for each block of a run, in parallel.
template <class Body>
void for_blocks(const search::PsmFile& psms, const RescoringJob& job, const Body& body) {
  const std::vector<std::uint32_t> starts = block_starts(psms);
  parallel_for(starts.size() - 1, job.machine, [&](std::size_t b, int) {
    std::vector<std::uint32_t> rows;
    for (std::uint32_t r = starts[b]; r < starts[b + 1]; ++r) rows.push_back(r);
    scoring::FeatureMatrix matrix = empty_psm_matrix();
    PsmBlocks(psms, job.library, job.competition).append(rows, matrix);
    body(b, starts[b], matrix);
  });
}

// The promising rows (promising_rows) of the sampled candidates of all runs.
Result<scoring::FeatureMatrix> load_promising(const RescoringJob& job,
                                              const scoring::Rescorer& rescorer, double share) {
  scoring::FeatureMatrix matrix = empty_psm_matrix();
  const Sample sample(job, share, 1);
  for (const RunPsms& run : job.runs) {
    const auto psms =
        search::PsmFile::open(run.psms, {.precursors = job.library.precursor_count()});
    if (!psms) return std::unexpected(psms.error());
    std::vector<std::vector<std::uint32_t>> rows(block_starts(*psms).size());
    for_blocks(
        *psms, job, [&](std::size_t b, std::uint32_t first, const scoring::FeatureMatrix& block) {
          const std::vector<float> linear = rescorer.linear.score(block, initial_score(block));
          for (const std::uint32_t r : scoring::promising_rows(block, linear, rescorer.threshold)) {
            if (sample.takes(run.name, psms->identity().precursor[first + r]))
              rows[b].push_back(first + r);
          }
        });
    std::vector<std::uint32_t> pair_numbers;
    std::vector<std::uint32_t> taken;
    for (const auto& part : rows) taken.insert(taken.end(), part.begin(), part.end());
    PsmBlocks(*psms, job.library, job.competition).append(taken, pair_numbers, matrix);
  }
  return matrix;
}

}  // namespace

Result<TrainedRescorer> train_rescorer(const RescoringJob& job) {
  const auto total = count_rows(job);
  if (!total) return std::unexpected(total.error());
  TrainedRescorer trained;
  scoring::Rescorer& rescorer = trained.rescorer;
  trained.linear_share = share_of(job.sample_rows, static_cast<double>(*total));
  std::size_t wanted = 0;
  double promising = 0;
  {
    const auto sample = load_sample(job, trained.linear_share);
    if (!sample) return std::unexpected(sample.error());
    const std::vector<float> initial = initial_score(*sample);
    rescorer.linear = scoring::LinearRescorer::train(*sample, initial, job.settings, job.machine);
    trained.model = scoring::RescoreModel::linear;
    trained.targets_linear = rescorer.linear.targets();
    const auto identified = static_cast<std::size_t>(static_cast<double>(trained.targets_linear) /
                                                     trained.linear_share);
    if (!scoring::wants_trees(job.settings, identified)) return trained;
    wanted = scoring::tree_candidates(job.settings, identified);
    const std::vector<float> linear = rescorer.linear.score(*sample, initial, job.machine);
    rescorer.threshold = scoring::promising_score(
        *sample, linear,
        static_cast<std::size_t>(static_cast<double>(wanted) * trained.linear_share));
    promising =
        static_cast<double>(scoring::promising_rows(*sample, linear, rescorer.threshold).size()) /
        trained.linear_share;
  }
  trained.tree_share = share_of(job.sample_rows, promising);
  const auto sample = load_promising(job, rescorer, trained.tree_share);
  if (!sample) return std::unexpected(sample.error());
  const std::vector<float> linear =
      rescorer.linear.score(*sample, initial_score(*sample), job.machine);
  rescorer.trees = scoring::TreeRescorer::train(*sample, linear, job.settings, job.machine);
  trained.model = scoring::RescoreModel::trees;
  trained.targets_trees = rescorer.trees->targets();
  return trained;
}

std::vector<float> score_rows(const search::PsmFile& psms, const scoring::Rescorer& rescorer,
                              const RescoringJob& job) {
  std::vector<float> scores(psms.size());
  for_blocks(psms, job, [&](std::size_t, std::uint32_t first, const scoring::FeatureMatrix& block) {
    const std::vector<float> part = rescorer.score(block, initial_score(block));
    std::copy(part.begin(), part.end(), scores.begin() + first);
  });
  return scores;
}

}  // namespace overland::identify
