#include "exchange/libraries/speclib_bytes.h"

#include <fmt/format.h>

#include <limits>

namespace overland::exchange {

Result<SpeclibBytes> SpeclibBytes::open(const std::filesystem::path& file) {
  auto source = io::file_source(file);
  if (!source) return std::unexpected(source.error());
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  if (failed) {
    return fail("OVL-IO-001", "cannot read: " + failed.message(), file.string(),
                "Check the path and the permissions.");
  }
  return SpeclibBytes(std::move(*source), size, file.string());
}

void SpeclibBytes::stop(const std::string& what) {
  if (error_) return;
  error_ = Error{"OVL-LIB-022", what, fmt::format("{}, byte {}", where_, position_),
                 "Copy the file again completely, or let DIA-NN write the library as .parquet."};
}

std::span<const std::byte> SpeclibBytes::take(std::size_t count) {
  if (error_ || count == 0) return {};
  while (kept_.size() - kept_begin_ < count) {
    const auto piece = count > left() ? std::span<const std::byte>() : [&] {
      kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(kept_begin_));
      kept_begin_ = 0;
      const auto next = source_();
      if (!next) error_ = next.error();
      return next.value_or(std::span<const std::byte>());
    }();
    if (piece.empty()) {
      if (!error_) {
        error_ = Error{"OVL-IO-003", "the file is truncated",
                       fmt::format("{}, byte {}", where_, position_), "Copy it again completely."};
      }
      return {};
    }
    kept_.insert(kept_.end(), piece.begin(), piece.end());
  }
  const auto bytes = std::span<const std::byte>(kept_).subspan(kept_begin_, count);
  kept_begin_ += count;
  position_ += count;
  return bytes;
}

std::size_t SpeclibBytes::count(std::size_t item_bytes) {
  const auto count = number<std::int32_t>();
  if (error_) return 0;
  if (count < 0 || static_cast<std::uint64_t>(count) > left() / item_bytes) {
    stop(fmt::format("a list of {} items does not fit into the rest of the file", count));
    return 0;
  }
  return static_cast<std::size_t>(count);
}

std::string SpeclibBytes::text() {
  const auto bytes = take(count(1));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void SpeclibBytes::skip(std::size_t bytes) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  for (; bytes > 0 && !error_; bytes -= std::min(bytes, kPiece))
    (void)take(std::min(bytes, kPiece));
}

}  // namespace overland::exchange
