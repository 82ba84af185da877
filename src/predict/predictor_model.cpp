#include "predict/predictor_model.h"

#include <bit>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/files/atomic_file.h"
#include "base/json_text.h"
#include "predict/matrix_product.h"
#include "predict/retention_network.h"
#include "predict/spectrum_network.h"

namespace overland::predict {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "model files are little-endian");
constexpr char kMagic[8] = {'O', 'V', 'L', 'M', 'O', 'D', 'E', 'L'};
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kFixed = sizeof(kMagic) + 2 * sizeof(std::uint32_t);

json shape_json(const TrunkShape& shape, std::size_t weights) {
  return {{"channels", shape.channels},
          {"blocks", shape.blocks},
          {"width", shape.width},
          {"weights", weights}};
}

TrunkShape shape_of(const json& j) {
  return {.channels = j.at("channels"), .blocks = j.at("blocks"), .width = j.at("width")};
}

json header_of(const PredictorModel& model) {
  json scales = json::array();
  for (const RetentionScale& s : model.scales)
    scales.push_back({{"name", s.name}, {"mean", s.mean}, {"deviation", s.deviation}});
  json spectrum = shape_json(model.spectrum_shape, model.spectrum.size());
  spectrum["nce"] = {model.least_nce, model.greatest_nce};
  json retention = shape_json(model.retention_shape, model.retention.size());
  retention["scales"] = scales;
  return {{"name", model.name},
          {"spectrum", spectrum},
          {"retention", retention},
          {"training", parse_json<json>(model.training)}};
}

std::unexpected<Error> not_a_model(const std::string& where, const std::string& why) {
  return fail("OVL-PRE-001", "this is not a predictor model: " + why, where,
              "Give a file written by `overland train-predictor` of this version.");
}

bool is_sensible(const TrunkShape& shape) {
  return shape.channels >= kColumnUnit && shape.channels <= 1024 &&
         shape.channels % kColumnUnit == 0 && shape.blocks >= 1 && shape.blocks <= 16 &&
         (shape.width == 3 || shape.width == 5);
}

// Throws nlohmann::json exceptions.
PredictorModel from_header(const json& header) {
  PredictorModel model;
  model.name = header.at("name");
  model.spectrum_shape = shape_of(header.at("spectrum"));
  model.retention_shape = shape_of(header.at("retention"));
  model.least_nce = header.at("spectrum").at("nce").at(0);
  model.greatest_nce = header.at("spectrum").at("nce").at(1);
  for (const json& s : header.at("retention").at("scales"))
    model.scales.push_back(
        {.name = s.at("name"), .mean = s.at("mean"), .deviation = s.at("deviation")});
  model.training = header.at("training").dump();
  return model;
}

Result<void> fill_weights(std::span<const std::byte> bytes, const std::string& where,
                          PredictorModel& model) {
  if (!is_sensible(model.spectrum_shape) || !is_sensible(model.retention_shape) ||
      model.scales.empty() || model.scales.size() > kRetentionScales)
    return not_a_model(where, "the header contains invalid network shapes");
  model.spectrum.resize(SpectrumNetwork(model.spectrum_shape).plan().size());
  model.retention.resize(RetentionNetwork(model.retention_shape).plan().size());
  const std::size_t first = model.spectrum.size() * sizeof(float);
  const std::size_t second = model.retention.size() * sizeof(float);
  if (bytes.size() != first + second)
    return not_a_model(where, "the number of weights differs from the header");
  std::memcpy(model.spectrum.data(), bytes.data(), first);
  std::memcpy(model.retention.data(), bytes.data() + first, second);
  return {};
}

}  // namespace

Result<PredictorModel> parse_model(std::span<const std::byte> bytes, const std::string& where) {
  if (bytes.size() < kFixed || std::memcmp(bytes.data(), kMagic, sizeof(kMagic)) != 0)
    return not_a_model(where, "the file has a wrong signature");
  std::uint32_t numbers[2];
  std::memcpy(numbers, bytes.data() + sizeof(kMagic), sizeof(numbers));
  if (numbers[0] != kVersion) return not_a_model(where, "the file has another format version");
  if (numbers[1] > bytes.size() - kFixed) return not_a_model(where, "the file is truncated");
  const auto* const text = reinterpret_cast<const char*>(bytes.data()) + kFixed;
  try {
    PredictorModel model = from_header(parse_json<json>({text, numbers[1]}));
    if (auto done = fill_weights(bytes.subspan(kFixed + numbers[1]), where, model); !done)
      return std::unexpected(done.error());
    return model;
  } catch (const json::exception& exception) {
    return not_a_model(where, exception.what());
  }
}

Result<PredictorModel> read_model(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return fail("OVL-IO-001", "cannot open the model", file.string(),
                "Check that the file exists and can be read.");
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  return parse_model(std::as_bytes(std::span(bytes)), file.string());
}

Result<void> write_model(const PredictorModel& model, const std::filesystem::path& file) {
  const std::string header = header_of(model).dump();
  std::string bytes(kMagic, sizeof(kMagic));
  const auto append = [&bytes](const void* data, std::size_t size) {
    bytes.append(static_cast<const char*>(data), size);
  };
  const std::uint32_t numbers[2] = {kVersion, static_cast<std::uint32_t>(header.size())};
  append(numbers, sizeof(numbers));
  bytes += header;
  append(model.spectrum.data(), model.spectrum.size() * sizeof(float));
  append(model.retention.data(), model.retention.size() * sizeof(float));
  return write_text_atomically(file, bytes);
}

}  // namespace overland::predict
