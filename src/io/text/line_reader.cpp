#include "io/text/line_reader.h"

#include <array>
#include <cstring>
#include <fstream>
#include <span>

#include "io/byte_source.h"

namespace overland::io {
namespace {

constexpr std::size_t kLongestLine = 1 << 20;

bool is_gzip(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::array<char, 2> magic{};
  return static_cast<bool>(in.read(magic.data(), magic.size())) && magic[0] == '\x1f' &&
         magic[1] == '\x8b';
}

}  // namespace

struct LineReader::State {
  ByteSource source;
  std::string where;
  std::span<const std::byte> piece;
  std::string line;
  std::uint64_t number = 0;
};

LineReader::LineReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
LineReader::LineReader(LineReader&&) noexcept = default;
LineReader& LineReader::operator=(LineReader&&) noexcept = default;
LineReader::~LineReader() = default;

Result<LineReader> LineReader::open(const std::filesystem::path& file) {
  auto source = file_source(file);
  if (!source) return std::unexpected(source.error());
  auto state = std::make_unique<State>();
  state->where = file.string();
  state->source =
      is_gzip(file) ? gunzip_source(std::move(*source), state->where) : std::move(*source);
  return LineReader(std::move(state));
}

Result<std::optional<std::string_view>> LineReader::next() {
  State& s = *state_;
  s.line.clear();
  bool is_any = false;
  for (;;) {
    if (s.piece.empty()) {
      auto piece = s.source();
      if (!piece) return std::unexpected(piece.error());
      s.piece = *piece;
      if (s.piece.empty()) break;
    }
    is_any = true;
    const auto* const begin = reinterpret_cast<const char*>(s.piece.data());
    const auto* const end = static_cast<const char*>(std::memchr(begin, '\n', s.piece.size()));
    const std::size_t length =
        end == nullptr ? s.piece.size() : static_cast<std::size_t>(end - begin);
    if (s.line.size() + length > kLongestLine) {
      return fail("OVL-IO-003", "a line is longer than 1 MiB: this is not a text file",
                  s.where + ", line " + std::to_string(s.number + 1),
                  "Give a text file, plain or gzip.");
    }
    s.line.append(begin, length);
    s.piece = s.piece.subspan(length + (end == nullptr ? 0 : 1));
    if (end != nullptr) break;
  }
  if (!is_any) return std::optional<std::string_view>();
  if (s.line.ends_with('\r')) s.line.pop_back();
  ++s.number;
  return std::optional<std::string_view>(s.line);
}

std::uint64_t LineReader::line_number() const {
  return state_->number;
}

}  // namespace overland::io
