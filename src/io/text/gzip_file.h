// A file that zlib reads, gzipped or plain; closed when it goes out of scope.
#pragma once

#include <zlib.h>

#include <memory>

namespace overland::io {

struct CloseGzip {
  void operator()(gzFile file) const { gzclose(file); }
};
using GzipFile = std::unique_ptr<gzFile_s, CloseGzip>;

}  // namespace overland::io
