#include "io/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <future>
#include <limits>
#include <new>

namespace overland::io {
namespace {

constexpr int kWindowBits = 15;
constexpr int kGzip = 16;  // added to the window bits

uInt limited(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

constexpr std::size_t kPiece = std::size_t{1} << 20;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FileHandle = std::unique_ptr<std::FILE, CloseFile>;

class FileReader {
 public:
  FileReader(FileHandle file, std::string name)
      : file_(std::move(file)), name_(std::move(name)), buffer_(kPiece) {}

  Result<std::span<const std::byte>> next() {
    const std::size_t size = std::fread(buffer_.data(), 1, buffer_.size(), file_.get());
    if (size == 0 && std::ferror(file_.get()) != 0) {
      return fail("OVL-IO-001", std::string("cannot read: ") + std::strerror(errno), name_,
                  "Check the disk or the network drive.");
    }
    return std::span<const std::byte>(buffer_).first(size);
  }

 private:
  FileHandle file_;
  std::string name_;
  std::vector<std::byte> buffer_;
};

class Gunzip {
 public:
  Gunzip(ByteSource compressed, std::string where)
      : compressed_(std::move(compressed)), where_(std::move(where)), buffer_(kPiece) {}

  Result<std::span<const std::byte>> next() {
    std::size_t produced = 0;
    while (produced == 0) {
      if (auto filled = fill(); !filled) return std::unexpected(filled.error());
      if (input_.empty() || is_padding()) {
        if (is_inside_) return damaged("is truncated");
        return std::span<const std::byte>();
      }
      const auto step = inflater_.run(input_, buffer_);
      input_ = input_.subspan(step.consumed);
      produced = step.produced;
      is_inside_ = step.state != Inflater::State::done;
      if (step.state == Inflater::State::damaged) return damaged("does not decompress");
      if (!is_inside_) {
        inflater_.reset();
        has_member_ = true;
      }
    }
    return std::span<const std::byte>(buffer_).first(produced);
  }

 private:
  Result<void> fill() {
    if (!input_.empty()) return {};
    const auto piece = compressed_();
    if (!piece) return std::unexpected(piece.error());
    input_ = *piece;
    return {};
  }
  // Tapes and some programs add padding zeros after the last member.
  [[nodiscard]] bool is_padding() const {
    return has_member_ && !is_inside_ && input_.front() == std::byte{0};
  }
  [[nodiscard]] std::unexpected<Error> damaged(const std::string& what) const {
    return fail("OVL-IO-003", "truncated or damaged gzip file: it " + what, where_,
                "Copy or convert the file again.");
  }

  ByteSource compressed_;
  std::string where_;
  Inflater inflater_{Inflater::Format::gzip};
  std::vector<std::byte> buffer_;
  std::span<const std::byte> input_;
  bool is_inside_ = true;    // a member is not finished
  bool has_member_ = false;  // a complete member was read
};

class ReadAhead {
 public:
  explicit ReadAhead(ByteSource source) : source_(std::move(source)) {}

  Result<std::span<const std::byte>> next() {
    if (!pending_.valid()) start();  // the first call
    const Result<void> fetched = pending_.get();
    if (!fetched) return std::unexpected(fetched.error());
    std::swap(current_, next_);
    if (!current_.empty()) start();
    return std::span<const std::byte>(current_);
  }

 private:
  void start() {
    pending_ = std::async(std::launch::async, [this]() -> Result<void> {
      const auto piece = source_();
      if (!piece) return std::unexpected(piece.error());
      next_.assign(piece->begin(), piece->end());
      return {};
    });
  }
  ByteSource source_;
  std::vector<std::byte> current_, next_;
  std::future<Result<void>> pending_;  // last: its destructor waits and uses the others
};

}  // namespace

Result<ByteSource> file_source(const std::filesystem::path& file) {
  FileHandle handle(std::fopen(file.c_str(), "rb"));
  if (!handle) {
    return fail("OVL-IO-001", std::string("cannot open: ") + std::strerror(errno), file.string(),
                "Check the path and the permissions.");
  }
  auto reader = std::make_shared<FileReader>(std::move(handle), file.string());
  return [reader] { return reader->next(); };
}

ByteSource memory_source(std::span<const std::byte> bytes) {
  return [bytes]() mutable -> Result<std::span<const std::byte>> {
    const auto piece = bytes.first(std::min(bytes.size(), kPiece));
    bytes = bytes.subspan(piece.size());
    return piece;
  };
}

ByteSource gunzip_source(ByteSource compressed, std::string where) {
  auto gunzip = std::make_shared<Gunzip>(std::move(compressed), std::move(where));
  return [gunzip] { return gunzip->next(); };
}

ByteSource read_ahead_source(ByteSource source) {
  auto ahead = std::make_shared<ReadAhead>(std::move(source));
  return [ahead] { return ahead->next(); };
}

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
