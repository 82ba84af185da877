#include "params/results_folder.h"

namespace overland::params {

std::filesystem::path ResultsFolder::path_of(const Artefact& artefact, std::string_view run,
                                             std::string_view round) const {
  constexpr std::string_view kRun = "{run}";
  std::string file(artefact.file);
  if (const std::size_t at = file.find(kRun); at != std::string::npos)
    file.replace(at, kRun.size(), run);
  return work() / (std::string(round) + std::string(artefact.stage)) / file;
}

}  // namespace overland::params
