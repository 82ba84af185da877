#include "run/run_record.h"

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/files/atomic_file.h"
#include "base/json_text.h"
#include "run/isolation_scheme.h"
#include "run/survey_ranges.h"

namespace overland::run {
namespace {

constexpr std::array kCounts{
    std::pair{"scans_empty", &ReadReport::scans_empty},
    std::pair{"scans_without_window", &ReadReport::scans_without_window},
    std::pair{"scans_other_order", &ReadReport::scans_other_order},
    std::pair{"scans_negative", &ReadReport::scans_negative},
    std::pair{"scans_resorted", &ReadReport::scans_resorted},
    std::pair{"peaks_dropped", &ReadReport::peaks_dropped},
    std::pair{"peaks_merged", &ReadReport::peaks_merged},
};

// Throws nlohmann::json::exception.
RunRecord from_json(const nlohmann::json& json) {
  const auto number = [&json](const char* key) { return json.at(key).get<std::uint64_t>(); };
  RunRecord record{.content_hash = json.at("content_hash").get<std::string>(),
                   .ms1_scans = number("ms1_scans"),
                   .ms2_scans = number("ms2_scans"),
                   .windows = number("windows"),
                   .scans_outside = number("scans_outside"),
                   .peaks = number("peaks"),
                   .conditions = json.at("conditions").get<std::vector<std::string>>(),
                   .report = {}};
  for (const auto& [name, count] : kCounts) record.report.*count = number(name);
  record.report.was_unsorted_by_rt = json.at("was_unsorted_by_rt").get<bool>();
  record.converter = json.at("converter").get<std::string>();
  for (const nlohmann::json& finding : json.at("findings"))
    record.report.findings.push_back({finding.at("code").get<std::string>(),
                                      finding.at("what").get<std::string>(),
                                      finding.at("advice").get<std::string>()});
  return record;
}

}  // namespace

RunRecord describe_run(const RawRun& run, std::string content_hash) {
  RunRecord record;
  record.content_hash = std::move(content_hash);
  const std::vector<IsolationWindow> windows = searched_windows(run);
  record.windows = windows.size();
  record.conditions = condition_names(windows);
  record.ms1_scans = survey_scans(run).size();
  for (const IsolationWindow& window : windows) record.ms2_scans += window.scans.size();
  record.scans_outside = run.scan_count() - record.ms1_scans - record.ms2_scans;
  for (RunScan scan; scan.index() < run.scan_count(); ++scan)
    record.peaks += run.peaks(scan).size();
  record.report = run.report();
  return record;
}

Result<void> write_run_record(const RunRecord& record, const std::filesystem::path& file) {
  nlohmann::ordered_json json = {
      {"content_hash", record.content_hash},   {"ms1_scans", record.ms1_scans},
      {"ms2_scans", record.ms2_scans},         {"windows", record.windows},
      {"scans_outside", record.scans_outside}, {"peaks", record.peaks},
      {"conditions", record.conditions}};
  for (const auto& [name, count] : kCounts) json[name] = record.report.*count;
  json["was_unsorted_by_rt"] = record.report.was_unsorted_by_rt;
  json["converter"] = record.converter;
  json["findings"] = nlohmann::json::array();
  for (const Finding& finding : record.report.findings)
    json["findings"].push_back(
        {{"code", finding.code}, {"what", finding.what}, {"advice", finding.advice}});
  return write_text_atomically(
      file, json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

Result<RunRecord> read_run_record(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    return fail("OVL-IO-001", "cannot open file", file.string(),
                "Run the search command again; it creates missing files.");
  try {
    return from_json(parse_json(in));
  } catch (const nlohmann::json::exception&) {
    return fail("OVL-IO-003", "the file is not the record of a run", file.string(),
                "Delete the file; the stage will then be run again.");
  }
}

}  // namespace overland::run
