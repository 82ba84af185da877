// What `overland --version` tells beside the version. No table contains it. It is a part of the
// program, so that the build identifier (base/build_id.h) differs between commits.
#pragma once

namespace overland::cli {

// "commit 6c3c0440fd6e; Release build, GNU 12.2.0". "with changes" follows a commit when files
// differed from it; it is "unknown" where the sources are not a git repository. Defined in a file
// that each build writes (cmake/WriteBuildFacts.cmake).
[[nodiscard]] const char* build_facts();

}  // namespace overland::cli
