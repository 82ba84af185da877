#include "stages/search_plan.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/files/atomic_file.h"
#include "base/files/output_guard.h"
#include "base/json_text.h"
#include "base/resources.h"
#include "run/raw_run.h"
#include "stages/search_library.h"

namespace overland::stages {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string absolute_text(const fs::path& path) {
  return fs::absolute(path).lexically_normal().string();
}

Result<std::string> text_of_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || text.fail())
    return fail("OVL-CFG-004", "cannot read the configuration file", file.string(),
                "Check the path and the permissions, and that it is not empty.");
  return text.str();
}

std::unexpected<Error> bad_inputs(const std::string& where) {
  return fail("OVL-CFG-002", "'inputs' is not a list of files as config.json has it", where,
              "Leave 'inputs' out and name the inputs on the command line.");
}

// Files with their hashes: {"file": ..., "hash": ...}; of a copy also {"uri": ...}.
struct NamedInputs {
  std::vector<fs::path> runs, library, fasta, contaminants;
  std::map<std::string, std::string> hashes, uris;

  // Throws nlohmann::json::exception.
  void read(const nlohmann::json& json) {
    const auto take = [this, &json](const char* key, std::vector<fs::path>& files) {
      if (!json.contains(key)) return;
      for (const nlohmann::json& input : json.at(key)) {
        files.emplace_back(input.at("file").get<std::string>());
        if (input.contains("hash"))
          hashes[files.back().string()] = input.at("hash").get<std::string>();
        if (input.contains("uri")) uris[files.back().string()] = input.at("uri").get<std::string>();
      }
    };
    take("runs", runs);
    take("library", library);
    take("fasta", fasta);
    take("contaminants", contaminants);
  }
};

// Where the command line names runs, or a library or FASTA, these count in place of the file's.
Result<void> take_inputs(std::string_view text, const std::string& where, SearchOptions& options) {
  const auto json = parse_json(text, JsonComments::are_skipped);
  if (!json.is_object() || !json.contains("inputs")) return {};
  NamedInputs inputs;
  try {
    inputs.read(json.at("inputs"));
  } catch (const nlohmann::json::exception&) {
    return bad_inputs(where);
  }
  if (inputs.library.size() > 1) return bad_inputs(where);
  if (options.runs.empty()) options.runs = inputs.runs;
  if (options.library.empty() && options.build.fasta.empty()) {
    if (!inputs.library.empty()) options.library = inputs.library.front();
    options.build.fasta = inputs.fasta;
    options.build.contaminants = inputs.contaminants;
  }
  options.expected_hashes = std::move(inputs.hashes);
  options.uris = std::move(inputs.uris);
  return {};
}

Json inputs_json(const SearchOptions& options, const std::map<std::string, std::string>& hashes) {
  Json json = Json::object();
  const auto add = [&](const char* key, const std::vector<fs::path>& files, bool is_run) {
    if (files.empty()) return;
    json[key] = Json::array();
    for (const fs::path& file : files) {
      Json input;
      if (is_run) input["name"] = run::run_name(file);
      input["file"] = absolute_text(file);
      if (const auto uri = options.uris.find(file.string()); uri != options.uris.end())
        input["uri"] = uri->second;
      if (const auto hash = hashes.find(file.string()); hash != hashes.end())
        input["hash"] = hash->second;
      json[key].push_back(std::move(input));
    }
  };
  add("runs", options.runs, true);
  if (!options.library.empty()) add("library", {options.library}, false);
  add("fasta", options.build.fasta, false);
  add("contaminants", options.build.contaminants, false);
  if (fs::is_regular_file(options.build.predictor.name))
    add("predictor", {options.build.predictor.name}, false);
  return json;
}

// What a file names wins over a default, and loses against a value of the command line.
template <class T, class From>
void keep_given(T& value, const T& otherwise, const From& from_file) {
  if (value == otherwise) value = T(from_file);
}

}  // namespace

std::vector<fs::path> inputs_of(const SearchOptions& options) {
  std::vector<fs::path> inputs = options.runs;
  if (!options.library.empty()) inputs.push_back(options.library);
  for (const auto* files : {&options.build.fasta, &options.build.contaminants})
    inputs.insert(inputs.end(), files->begin(), files->end());
  return inputs;
}

Result<SearchPlan> plan_search(const SearchOptions& options) {
  if (options.runs.empty()) {
    return fail("OVL-USE-014", "no run was given", "",
                "Name one or more .mzML, .mzXML (also with .gz), .arrow, .raw or .wiff files.");
  }
  if (options.library.empty() == options.build.fasta.empty())
    return fail("OVL-USE-015", "give either a library or one or more FASTA files", "",
                "Use --library, or --fasta.");
  if (auto checked = check_output_folder(options.out, inputs_of(options)); !checked)
    return std::unexpected(checked.error());
  SearchPlan plan{.options = options, .runs = {}};
  std::set<std::string> names;
  for (const fs::path& file : options.runs) {
    plan.runs.push_back({file, run::run_name(file)});
    if (!names.insert(plan.runs.back().name).second) {
      return fail("OVL-USE-013", "two runs have the name '" + plan.runs.back().name + "'",
                  file.string(), "Rename one: results are told apart by the file name.");
    }
  }
  return plan;
}

SearchFile::SearchFile(SearchOptions& options)
    : options_(options),
      parameters_(params::search_schema(options.config)),
      build_(params::build_schema(options.build.config)) {
  ConfigSchema command;
  command.field("refine", command_.refine, {"", "--refine"});
  command.field("strict", command_.strict, {"", "--strict"});
  command.field("pioneer_tables", command_.pioneer_tables, {"", "--pioneer-tables"});
  command.field("predictor", command_.predictor, {"", "--predictor"});
  command.field("koina_url", command_.koina_url, {"", "server of a prediction service"});
  command.field("library_cache", command_.library_cache, {"", "--library-cache"});
  command.field("raw_reader", command_.raw_reader, {"", "--raw-reader"});
  command.field("raw_converter", command_.raw_converter, {"", "--raw-converter"});
  command.field("threads", command_.threads, {"", "--threads; 0: all", 0, 1024, {}});
  command.field("max_ram", command_.max_ram, {"bytes", "--max-ram; 0: what is free", 0, 1e18, {}});
  whole_.section("", parameters_);
  whole_.section("build_library", build_);
  whole_.section("options", command);
  whole_.foreign("inputs");
}

void SearchFile::keep_given_options() {
  const SearchOptions defaults;
  keep_given(options_.refine, false, command_.refine);
  keep_given(options_.is_strict, false, command_.strict);
  keep_given(options_.pioneer_tables, false, command_.pioneer_tables);
  train::PredictorChoice& predictor = options_.build.predictor;
  keep_given(predictor.name, defaults.build.predictor.name, command_.predictor);
  keep_given(predictor.koina_url, std::string(), command_.koina_url);
  keep_given(options_.build.cache, fs::path(), command_.library_cache);
  keep_given(options_.vendor.reader, run::RawReader::automatic, command_.raw_reader);
  keep_given(options_.vendor.converter, std::string(), command_.raw_converter);
  keep_given(options_.machine.max_ram, std::uint64_t{0}, command_.max_ram);
  if (command_.threads > 0)
    keep_given(options_.machine.threads, available_threads(), command_.threads);
}

Result<void> SearchFile::read(const fs::path& file) {
  const auto text = text_of_file(file);
  if (!text) return std::unexpected(text.error());
  if (auto done = whole_.apply_json(*text, file.string()); !done) return done;
  keep_given_options();
  return take_inputs(*text, file.string(), options_);
}

std::string SearchFile::text(const std::map<std::string, std::string>& hashes) {
  const train::PredictorChoice& predictor = options_.build.predictor;
  const int threads = options_.machine.threads;
  const std::string& converter = options_.vendor.converter;
  command_ = {
      .refine = options_.refine,
      .strict = options_.is_strict,
      .pioneer_tables = options_.pioneer_tables,
      .predictor =
          fs::is_regular_file(predictor.name) ? absolute_text(predictor.name) : predictor.name,
      .koina_url = predictor.koina_url,
      .library_cache = options_.build.cache.empty() ? "" : absolute_text(options_.build.cache),
      .raw_converter =
          converter.find('/') == std::string::npos ? converter : absolute_text(converter),
      .raw_reader = options_.vendor.reader,
      .threads = threads == available_threads() ? 0 : threads,
      .max_ram = static_cast<std::int64_t>(options_.machine.max_ram)};
  Json json = Json::parse(whole_.to_json());
  json["inputs"] = inputs_json(options_, hashes);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<void> write_search_file(SearchPlan& plan, StageStore& store) {
  std::map<std::string, std::string> hashes;
  std::vector<fs::path> inputs = inputs_of(plan.options);
  if (fs::is_regular_file(plan.options.build.predictor.name))
    inputs.emplace_back(plan.options.build.predictor.name);
  for (const fs::path& input : inputs) {
    const auto expected = plan.options.expected_hashes.find(absolute_text(input));
    const bool is_named = expected != plan.options.expected_hashes.end();
    const auto hash = source_hash(input, store);
    if (hash) hashes[input.string()] = *hash;
    if (!is_named || (hash && *hash == expected->second)) continue;
    return fail("OVL-IO-120",
                hash ? "this input is not the one that the configuration names: its content changed"
                     : "an input that the configuration names cannot be read",
                input.string(), "Put it back, or name the inputs on the command line.");
  }
  return write_text_atomically(plan.folder().config(), SearchFile(plan.options).text(hashes));
}

Result<SearchOptions> read_search_file(const fs::path& results) {
  const params::ResultsFolder folder(results);
  if (!fs::exists(folder.config()))
    return fail("OVL-USE-040", "this is not the results folder of a search", results.string(),
                "Give the folder that --out named; it holds config.json.");
  SearchOptions options;
  options.out = results;
  options.machine.threads = available_threads();
  if (auto done = SearchFile(options).read(folder.config()); !done)
    return std::unexpected(done.error());
  return options;
}

}  // namespace overland::stages
