#include "scoring/boosted_trees.h"

#include <fmt/format.h>
#include <xgboost/c_api.h>

#include <limits>
#include <utility>

namespace overland {
namespace {

std::unexpected<Error> xgboost_failed() {
  return fail("OVL-INT-002", fmt::format("XGBoost: {}", XGBGetLastError()), "rescoring",
              "Please report this with the log; --set score.model=linear avoids it.");
}

struct DataHandle {
  DMatrixHandle handle = nullptr;
  DataHandle() = default;
  DataHandle(const DataHandle&) = delete;
  DataHandle& operator=(const DataHandle&) = delete;
  ~DataHandle() {
    if (handle != nullptr) XGDMatrixFree(handle);
  }
};

// Copies the chosen rows, for XGBoost takes a dense block.
bool fill(DataHandle& data, const FeatureMatrix& matrix, std::span<const std::uint32_t> rows) {
  std::vector<float> block;
  block.reserve(rows.size() * matrix.width());
  for (const std::uint32_t r : rows) {
    const std::span<const float> row = matrix.row(r);
    block.insert(block.end(), row.begin(), row.end());
  }
  return XGDMatrixCreateFromMat_omp(block.data(), rows.size(), matrix.width(),
                                    std::numeric_limits<float>::quiet_NaN(), &data.handle, 1) == 0;
}

}  // namespace

struct BoostedTrees::Handle {
  BoosterHandle booster = nullptr;
  Handle() = default;
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (booster != nullptr) XGBoosterFree(booster);
  }
};

Result<BoostedTrees> BoostedTrees::train(const FeatureMatrix& matrix,
                                         std::span<const std::uint32_t> rows,
                                         std::span<const std::uint8_t> label,
                                         const TreeSettings& settings) {
  DataHandle data;
  if (!fill(data, matrix, rows)) return xgboost_failed();
  const std::vector<float> target(label.begin(), label.end());
  if (XGDMatrixSetFloatInfo(data.handle, "label", target.data(), target.size()) != 0) {
    return xgboost_failed();
  }
  auto handle = std::make_shared<Handle>();
  if (XGBoosterCreate(&data.handle, 1, &handle->booster) != 0) return xgboost_failed();
  const std::vector<std::pair<const char*, std::string>> parameters{
      {"objective", "binary:logistic"},
      {"tree_method", "hist"},
      {"nthread", "1"},
      {"verbosity", "0"},
      {"seed", fmt::format("{}", settings.seed)},
      {"eta", fmt::format("{}", settings.learning_rate)},
      {"max_depth", fmt::format("{}", settings.max_depth)},
      {"min_child_weight", fmt::format("{}", settings.min_child_weight)},
      {"subsample", fmt::format("{}", settings.row_sample)},
      {"colsample_bytree", fmt::format("{}", settings.column_sample)},
      {"max_bin", "64"}};
  for (const auto& [name, value] : parameters) {
    if (XGBoosterSetParam(handle->booster, name, value.c_str()) != 0) return xgboost_failed();
  }
  for (int round = 0; round < settings.rounds; ++round) {
    if (XGBoosterUpdateOneIter(handle->booster, round, data.handle) != 0) return xgboost_failed();
  }
  return BoostedTrees(std::move(handle));
}

Result<std::vector<float>> BoostedTrees::score(const FeatureMatrix& matrix,
                                               std::span<const std::uint32_t> rows) const {
  DataHandle data;
  if (!fill(data, matrix, rows)) return xgboost_failed();
  // type 1 = margin (log-odds), whole model, not for training.
  static constexpr const char* kConfig =
      R"({"type":1,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false})";
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* margin = nullptr;
  if (XGBoosterPredictFromDMatrix(handle_->booster, data.handle, kConfig, &shape, &dimensions,
                                  &margin) != 0) {
    return xgboost_failed();
  }
  return std::vector<float>(margin, margin + rows.size());
}

}  // namespace overland
