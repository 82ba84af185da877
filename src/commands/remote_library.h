// A command that writes NAME.lib to a URI of an object store (io/store/store_uri.h).
#pragma once

#include <filesystem>
#include <functional>

#include "base/error.h"
#include "base/machine.h"

namespace overland::commands {

struct LibraryPlace {
  std::filesystem::path folder;        // NAME.lib, or a URI that ends so
  std::filesystem::path staging = {};  // folder of local copies of URIs; empty: the default
  bool overwrite = false;
  Machine machine = {};
};

// `make` writes the library into the folder that it is given: that of `place`, or for a URI a local
// one, which is then uploaded, library.json last, and removed. Errors of `make`, OVL-USE-012 (the
// URI has a library already), those of io::Staging.
[[nodiscard]] Result<void> make_library_at(
    const LibraryPlace& place,
    const std::function<Result<void>(const std::filesystem::path& folder)>& make);

}  // namespace overland::commands
