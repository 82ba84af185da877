#include "commands/pioneer_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "base/json_text.h"
#include "params/search_config.h"

namespace overland::commands {
namespace {

using Json = nlohmann::ordered_json;

enum class Form {
  number,  // as it is
  count,   // a whole number, within our range
  first,   // of a list, or the number itself
  flag,
  normalisation,  // true: retention_time
  lfq_method,
};

struct Mapping {
  std::string_view theirs, ours;
  Form form;
};

constexpr Mapping kMappings[]{
    {"global.scoring.q_value_threshold", "report.q_value", Form::number},
    {"global.scoring.q_value_threshold", "quantify.q_value", Form::number},
    {"global.q_value_threshold", "report.q_value", Form::number},
    {"global.q_value_threshold", "quantify.q_value", Form::number},
    {"global.ms1_scoring", "second_pass.ms1", Form::flag},
    {"parameter_tuning.iteration_settings.init_mass_tol_ppm", "first_pass.tolerance_ppm",
     Form::first},
    {"parameter_tuning.search_settings.max_q_value", "first_pass.q_value", Form::number},
    {"parameter_tuning.search_settings.max_parameter_tuning_scans", "first_pass.max_scans",
     Form::count},
    {"first_search.fragment_settings.min_count", "first_pass.min_fragments", Form::count},
    {"quant_search.fragment_settings.min_count", "second_pass.min_matched", Form::count},
    {"rt_alignment.sigma_tolerance", "calibration.rt_sigma", Form::number},
    {"maxLFQ.run_to_run_normalization", "quantify.normalise", Form::normalisation},
    {"maxLFQ.quantification_method", "quantify.method", Form::lfq_method},
    {"output.write_csv", "report.tsv", Form::flag},
    {"output.write_decoys", "report.decoys", Form::flag}};

// Our value as text for an assignment; nothing where theirs has another type.
std::optional<std::string> converted(const Json& value, const Mapping& mapping) {
  switch (mapping.form) {
    case Form::number:
      if (value.is_number()) return value.dump();
      break;
    case Form::count:
      if (value.is_number())
        return fmt::format("{}", static_cast<std::int64_t>(value.get<double>()));
      break;
    case Form::first:
      if (value.is_array() && !value.empty() && value[0].is_number()) return value[0].dump();
      if (value.is_number()) return value.dump();
      break;
    case Form::flag:
      if (value.is_boolean()) return value.dump();
      break;
    case Form::normalisation:
      if (value.is_boolean()) return value.get<bool>() ? "retention_time" : "none";
      break;
    case Form::lfq_method:
      if (value.is_string()) return value == "directlfq" ? "aligned" : "maxlfq";
      break;
  }
  return std::nullopt;
}

class Translation {
 public:
  explicit Translation(const std::string& where) : where_(where) {}

  Result<std::string> translate(const Json& json) {
    if (auto done = walk(json, ""); !done) return std::unexpected(done.error());
    std::string head = "// From " + where_ + ".\n";
    if (!paths_.empty()) head += fmt::format("// {}\n", fmt::join(paths_, "\n// "));
    for (const std::string& line : taken_) head += "// " + line + "\n";
    if (!without_effect_.empty()) {
      head += "// Without effect here (fitted to the data, decided otherwise, or not there):\n";
      for (const std::string& key : without_effect_) head += "//   " + key + "\n";
    }
    return head + schema_.to_commented_json();
  }

 private:
  Result<void> walk(const Json& object, const std::string& section) {
    for (const auto& [name, value] : object.items()) {
      const std::string key = section.empty() ? name : section + "." + name;
      if (value.is_object()) {
        if (auto done = walk(value, key); !done) return done;
      } else if (auto done = take(key, value); !done) {
        return done;
      }
    }
    return {};
  }

  Result<void> take(const std::string& key, const Json& value) {
    if (key == "paths.library" || key == "paths.ms_data" || key == "paths.results") {
      const std::string meaning = key == "paths.library"   ? "--library"
                                  : key == "paths.results" ? "--out"
                                                           : "the runs in";
      paths_.push_back(fmt::format("{} is not a parameter but on the command line: {} {}", key,
                                   meaning, value.dump()));
      return {};
    }
    bool is_known = false;
    for (const Mapping& mapping : kMappings) {
      if (mapping.theirs != key) continue;
      is_known = true;
      if (auto done = assign(key, value, mapping); !done) return done;
    }
    if (!is_known) without_effect_.push_back(key);
    return {};
  }

  Result<void> assign(const std::string& key, const Json& value, const Mapping& mapping) {
    auto text = converted(value, mapping);
    if (!text) {
      return fail("OVL-CFG-120", "the value " + value.dump() + " has another type than expected",
                  where_ + ": " + key, "Correct it, or leave the key out.");
    }
    if (mapping.form == Form::count) text = within_range(*text, mapping.ours);
    if (auto done = schema_.apply_assignment(fmt::format("{}={}", mapping.ours, *text)); !done) {
      return fail("OVL-CFG-120", done.error().what, where_ + ": " + key,
                  "Correct it, or leave the key out.");
    }
    taken_.push_back(fmt::format("{} {} -> {} {}", key, value.dump(), mapping.ours, *text));
    return {};
  }

  [[nodiscard]] std::string within_range(const std::string& text, std::string_view ours) const {
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    for (const ConfigSchema::Field& field : schema_.fields()) {
      if (field.key != ours) continue;
      value = std::clamp(value, field.doc.min.value_or(value), field.doc.max.value_or(value));
    }
    return fmt::format("{}", static_cast<std::int64_t>(value));
  }

  const std::string& where_;
  params::SearchConfig config_;
  ConfigSchema schema_ = params::search_schema(config_);
  std::vector<std::string> paths_, taken_, without_effect_;
};

}  // namespace

Result<std::string> search_config_from_pioneer(std::string_view text, const std::string& where) {
  const Json json = parse_json<Json>(text, JsonComments::are_skipped);
  if (json.is_discarded() || !json.is_object()) {
    return fail("OVL-CFG-003", "this is not a JSON object", where,
                "Give the parameter file of SearchDIA.");
  }
  return Translation(where).translate(json);
}

}  // namespace overland::commands
