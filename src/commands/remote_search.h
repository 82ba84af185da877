// A search whose inputs or results folder are URIs of object stores (io/store/store_uri.h). It
// works on local copies of its inputs, makes its results in a local folder, and uploads them when
// it is done. The local folder stays: the same command goes on there.
#pragma once

#include <string>

#include "stages/search_plan.h"

namespace overland::commands {

// The same options with local files: URIs are replaced by their copies, and `out` by the folder
// whose content is uploaded. An input that config.json names as a copy of a URI is looked up there.
// Errors of io::Staging, OVL-USE-010 and -011 (output and an input contain one another).
[[nodiscard]] Result<stages::SearchOptions> with_local_files(const stages::SearchOptions& options);

// Error OVL-USE-017 where the results folder or an input is a URI, and `what` needs local ones.
[[nodiscard]] Result<void> check_local(const stages::SearchOptions& options,
                                       const std::string& what);

// Uploads the results, manifest.json last, so that results without it are known as not complete. Of
// work/ the records and small tables are uploaded, not the files that stages map into memory.
// Errors of io::Staging.
[[nodiscard]] Result<void> upload_results(const stages::SearchOptions& local,
                                          const std::string& uri);

// Error OVL-IO-147 where results at the URI lack manifest.json; those of io::Staging.
[[nodiscard]] Result<void> check_uploaded_results(const std::string& uri, const Machine& machine);

}  // namespace overland::commands
