#include "simulate/truth/gzip_member.h"

#include <zlib.h>

#include <stdexcept>

namespace overland::simulate {
namespace {

constexpr int kGzipWrapper = 15 + 16;  // zlib: largest window, gzip header without time
constexpr int kMemoryLevel = 8;

}  // namespace

std::string gzip_member(std::string_view text) {
  z_stream stream{};
  // Fails only if memory is exhausted.
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWrapper, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  std::string input(text);  // zlib's interface requires writable input
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

}  // namespace overland::simulate
