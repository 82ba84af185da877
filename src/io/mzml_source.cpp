#include "io/mzml_source.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <future>
#include <memory>
#include <vector>

#include "io/mzml_inflate.h"

namespace overland::io {
namespace {

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

}  // namespace overland::io
