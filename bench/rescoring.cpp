// The rescoring stage alone, on tables of the second pass: bench/rescoring.py runs it.
//
//   rescoring LIBRARY.lib OUT THREADS [key=value...] NAME=psms.arrow...
//
// Writes the stage's files into OUT; prints seconds, CPU seconds and peak memory as JSON.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <string>

#include "identify/score.h"
#include "library/library.h"
#include "params/search_config.h"

namespace {

using namespace overland;

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

int run(int count, char** arguments) {
  if (count < 5) return 2;
  const auto library = overland::library::Library::open(arguments[1]);
  if (!library) return 4;
  const std::filesystem::path out = arguments[2];
  std::filesystem::create_directories(out);
  overland::params::SearchConfig config;
  ConfigSchema schema = overland::params::search_schema(config);
  std::vector<overland::identify::ScoreInput> runs;
  for (int i = 4; i < count; ++i) {
    const std::string text = arguments[i];
    const std::size_t mark = text.find('=');
    const std::string name = text.substr(0, mark);
    if (name.find('.') != std::string::npos) {
      if (!schema.apply_assignment(text)) return 3;
    } else {
      runs.push_back(
          {name, text.substr(mark + 1), out / (name + ".arrow"), out / (name + ".rows.arrow")});
    }
  }
  rusage before{};
  getrusage(RUSAGE_SELF, &before);
  const auto start = std::chrono::steady_clock::now();
  const auto scored =
      overland::identify::score_runs(runs, out, library->view(), config, std::atoi(arguments[3]));
  if (!scored) {
    fmt::print(stderr, "{}\n", scored.error().message());
    return 1;
  }
  rusage after{};
  getrusage(RUSAGE_SELF, &after);
  fmt::print(
      "{{\"runs\": {}, \"wall\": {:.2f}, \"cpu\": {:.2f}, \"peak_mb\": {}, \"linear\": {}, "
      "\"trees\": {}, \"linear_share\": {:.4f}, \"tree_share\": {:.4f}}}\n",
      runs.size(), std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
      seconds(after.ru_utime) + seconds(after.ru_stime) - seconds(before.ru_utime) -
          seconds(before.ru_stime),
      after.ru_maxrss / 1024, scored->targets_linear, scored->targets_trees, scored->linear_share,
      scored->tree_share);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  return run(count, arguments);
}
