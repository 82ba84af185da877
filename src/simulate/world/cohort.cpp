#include "simulate/world/cohort.h"

#include <algorithm>
#include <charconv>

namespace overland::simulate {
namespace {

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\n") - first + 1));
}

Result<Species> read_one_species(const std::string& entry, std::size_t conditions) {
  const std::vector<std::string> words = split_list(entry, ' ');
  if (words.size() < 2) {
    return fail("OVL-CFG-102", "'" + entry + "' does not have the form NAME SHARE RATIO...",
                "proteome.species", "Write for example 'HUMAN 0.65 1 1; YEAST 0.35 1 2'.");
  }
  Species species{words[0], 0, {}};
  for (std::size_t i = 1; i < words.size(); ++i) {
    const Result<double> value = read_number(words[i], "proteome.species");
    if (!value) return std::unexpected(value.error());
    if (*value < 0) {
      return fail("OVL-CFG-102", "'" + words[i] + "' is negative", "proteome.species",
                  "Shares and ratios must be at least 0.");
    }
    if (i == 1) species.share = *value;
    if (i > 1) species.condition_ratio.push_back(*value);
  }
  const double last = species.condition_ratio.empty() ? 1.0 : species.condition_ratio.back();
  species.condition_ratio.resize(conditions, last);
  return species;
}

}  // namespace

std::vector<std::string> split_list(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (std::string part = trimmed(text.substr(0, end)); !part.empty()) {
      parts.push_back(std::move(part));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

Result<double> read_number(std::string_view text, const std::string& key) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value - value == 0)) {
    return fail("OVL-CFG-102", "'" + std::string(text) + "' is not a number", key,
                "Write numbers with a decimal point.");
  }
  return value;
}

Result<std::vector<std::string>> read_conditions(const SimulationConfig& config) {
  std::vector<std::string> names = split_list(config.cohort.conditions, ',');
  if (names.empty()) {
    return fail("OVL-CFG-102", "no condition is named", "cohort.conditions",
                "Name at least one condition, for example 'A'.");
  }
  std::vector<std::string> sorted = names;
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end()) {
    return fail("OVL-CFG-102", "a condition is named twice", "cohort.conditions",
                "Give each condition a different name.");
  }
  return names;
}

Result<std::vector<Species>> read_species(const SimulationConfig& config) {
  const Result<std::vector<std::string>> conditions = read_conditions(config);
  if (!conditions) return std::unexpected(conditions.error());
  std::vector<Species> all;
  double total = 0;
  for (const std::string& entry : split_list(config.proteome.species, ';')) {
    Result<Species> species = read_one_species(entry, conditions->size());
    if (!species) return std::unexpected(species.error());
    total += species->share;
    all.push_back(std::move(*species));
  }
  if (!(total > 0)) {
    return fail("OVL-CFG-102", "no species has a share", "proteome.species",
                "Write for example 'HUMAN 1'.");
  }
  for (Species& species : all) species.share /= total;
  return all;
}

}  // namespace overland::simulate
