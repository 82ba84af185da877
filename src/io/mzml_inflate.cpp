#include "io/mzml_inflate.h"

#include <algorithm>
#include <limits>
#include <new>

namespace overland::io {
namespace {

constexpr int kWindowBits = 15;
constexpr int kGzip = 16;  // added to the window bits

uInt limited(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

}  // namespace

void Inflater::End::operator()(z_stream* stream) const {
  inflateEnd(stream);
  delete stream;
}

Inflater::Inflater(Format format) : stream_(new z_stream{}) {
  if (inflateInit2(stream_.get(), kWindowBits + (format == Format::gzip ? kGzip : 0)) != Z_OK) {
    throw std::bad_alloc();  // zlib fails here only for lack of memory
  }
}

void Inflater::reset() {
  inflateReset(stream_.get());
}

Inflater::Step Inflater::run(std::span<const std::byte> input, std::span<std::byte> output) {
  // zlib does not write to its input, but older versions declare the pointer without const.
  stream_->next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(input.data()));
  stream_->avail_in = limited(input.size());
  stream_->next_out = reinterpret_cast<Bytef*>(output.data());
  stream_->avail_out = limited(output.size());
  const int code = inflate(stream_.get(), Z_NO_FLUSH);
  Step step{State::damaged, limited(input.size()) - stream_->avail_in,
            limited(output.size()) - stream_->avail_out};
  if (code == Z_STREAM_END) step.state = State::done;
  if (code == Z_OK || code == Z_BUF_ERROR) step.state = State::more;
  return step;
}

bool inflate_all(Inflater& inflater, std::span<const std::byte> input, std::size_t most,
                 std::vector<std::byte>& output) {
  inflater.reset();
  output.resize(std::max(output.capacity(), std::min(most + 1, 4 * input.size() + 64)));
  std::size_t size = 0;
  for (;;) {
    const auto step = inflater.run(input, std::span(output).subspan(size));
    size += step.produced;
    input = input.subspan(step.consumed);
    if (size > most || step.state == Inflater::State::damaged) return false;
    if (step.state == Inflater::State::done) break;
    if (size < output.size()) return false;  // the input ended too early
    output.resize(std::min(most + 1, 2 * output.size()));
  }
  output.resize(size);
  return true;
}

}  // namespace overland::io
