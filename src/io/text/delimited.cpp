#include "io/text/delimited.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>

#include "io/text/gzip_file.h"

namespace overland::io {
namespace {

constexpr std::size_t kTextBufferBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxRecordBytes = std::size_t{64} << 20;

// Tab if the header contains one; otherwise the more frequent of comma and semicolon (used in
// tables with decimal commas); otherwise space. Column names may contain spaces, but hardly commas.
char delimiter_of(std::string_view header) {
  const auto count = [&](char c) { return std::ranges::count(header, c); };
  if (count('\t') > 0) return '\t';
  if (count(',') == 0 && count(';') == 0) return count(' ') > 0 ? ' ' : ',';
  return count(';') > count(',') ? ';' : ',';
}

}  // namespace

struct DelimitedReader::State {
  std::string where;
  GzipFile file;
  std::vector<char> buffer;
  std::size_t begin = 0;  // unread bytes are buffer[begin .. end)
  std::size_t end = 0;
  bool is_at_end = false;  // of the file
  char delimiter = '\t';
  std::uint64_t line = 0;  // number of the last record, from 1
  std::vector<std::string> header;
  std::vector<std::string_view> fields;

  [[nodiscard]] std::unexpected<Error> damaged(const std::string& why) const {
    return fail("OVL-IO-003", "the text table cannot be read: " + why,
                fmt::format("{}, row {}", where, line + 1),
                "Check that the file was copied completely and is separated by tabs, commas or "
                "semicolons.");
  }
  Result<void> refill();
  // [begin, record_end) is a record, without its newline; npos if more bytes are needed.
  [[nodiscard]] std::size_t record_end() const;
  [[nodiscard]] std::size_t quoted_record_end() const;
  void split(std::size_t stop);
  Result<bool> take_record();
  Result<void> read_header();
};

// Moves the unread bytes to the front and fills the rest of the buffer.
Result<void> DelimitedReader::State::refill() {
  if (begin > 0) {
    std::memmove(buffer.data(), buffer.data() + begin, end - begin);
    end -= begin;
    begin = 0;
  }
  if (end == buffer.size()) {
    if (buffer.size() >= kMaxRecordBytes) return damaged("a line is longer than 64 MiB");
    buffer.resize(buffer.size() * 2);
  }
  while (end < buffer.size() && !is_at_end) {
    const int count =
        gzread(file.get(), buffer.data() + end, static_cast<unsigned>(buffer.size() - end));
    int status = Z_OK;
    const char* message = gzerror(file.get(), &status);
    if (count < 0 || (status != Z_OK && status != Z_STREAM_END)) {
      return damaged(fmt::format("gzip: {}", message));
    }
    is_at_end = count == 0;
    end += static_cast<std::size_t>(count);
  }
  return {};
}

std::size_t DelimitedReader::State::record_end() const {
  const char* start = buffer.data() + begin;
  const auto* newline = static_cast<const char*>(std::memchr(start, '\n', end - begin));
  const std::size_t stop =
      newline == nullptr ? end : static_cast<std::size_t>(newline - buffer.data());
  if (std::memchr(start, '"', stop - begin) != nullptr) return quoted_record_end();
  return newline == nullptr && !is_at_end ? std::string::npos : stop;
}

std::size_t DelimitedReader::State::quoted_record_end() const {
  bool is_quoted = false;
  bool at_field_start = true;
  for (std::size_t i = begin; i < end; ++i) {
    const char c = buffer[i];
    if (c == '"' && (is_quoted || at_field_start)) {
      // A doubled quote closes the field and reopens it at once.
      is_quoted = !is_quoted;
      at_field_start = !is_quoted && i + 1 < end && buffer[i + 1] == '"';
      continue;
    }
    if (is_quoted) continue;
    if (c == '\n') return i;
    at_field_start = c == delimiter;
  }
  return is_at_end && !is_quoted ? end : std::string::npos;
}

// Splits [begin, stop) into `fields` and removes quotes in place.
void DelimitedReader::State::split(std::size_t stop) {
  fields.clear();
  char* const base = buffer.data();
  if (stop > begin && base[stop - 1] == '\r') --stop;
  std::size_t i = begin;
  for (;;) {
    if (i < stop && base[i] == '"') {
      const std::size_t field = i;
      std::size_t out = i;
      bool is_quoted = true;
      for (++i; i < stop && (is_quoted || base[i] != delimiter); ++i) {
        if (base[i] != '"') {
          base[out++] = base[i];
        } else if (is_quoted && i + 1 < stop && base[i + 1] == '"') {
          base[out++] = base[i++];
        } else {
          is_quoted = false;
        }
      }
      fields.emplace_back(base + field, out - field);
    } else {
      const auto* next =
          i < stop ? static_cast<const char*>(std::memchr(base + i, delimiter, stop - i)) : nullptr;
      const std::size_t field_end = next == nullptr ? stop : static_cast<std::size_t>(next - base);
      fields.emplace_back(base + i, field_end - i);
      i = field_end;
    }
    if (i >= stop) return;
    ++i;
  }
}

// Splits the next record; false if the buffer holds no complete record.
Result<bool> DelimitedReader::State::take_record() {
  const std::size_t stop = record_end();
  if (stop == std::string::npos || begin == end) return false;
  split(stop);
  begin = std::min(stop + 1, end);
  ++line;
  return true;
}

Result<void> DelimitedReader::State::read_header() {
  if (auto done = refill(); !done) return done;
  const std::string_view start(buffer.data(), end);
  if (start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff")) {
    return fail("OVL-IO-003", "the text table is UTF-16", where, "Save it as UTF-8.");
  }
  if (start.starts_with("\xef\xbb\xbf")) begin = 3;
  const std::size_t stop = std::min(start.find('\n'), end);
  const std::string_view first = start.substr(begin, stop - begin);
  if (first.find('\0') != std::string_view::npos) return damaged("it is not text");
  delimiter = delimiter_of(first);
  const auto taken = take_record();
  if (!taken) return std::unexpected(taken.error());
  if (!*taken) return damaged(begin == end ? "it is empty" : "a quote is not closed");
  header.assign(fields.begin(), fields.end());
  return {};
}

DelimitedReader::DelimitedReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
DelimitedReader::DelimitedReader(DelimitedReader&&) noexcept = default;
DelimitedReader& DelimitedReader::operator=(DelimitedReader&&) noexcept = default;
DelimitedReader::~DelimitedReader() = default;

Result<DelimitedReader> DelimitedReader::open(const std::filesystem::path& file) {
  auto state = std::make_unique<State>();
  state->where = file.string();
  state->file.reset(gzopen(file.c_str(), "rb"));
  std::error_code ignored;
  if (state->file == nullptr || std::filesystem::is_directory(file, ignored)) {
    return fail("OVL-IO-001", "cannot open file: it is missing or cannot be read", file.string(),
                "Check that it exists and can be read.");
  }
  gzbuffer(state->file.get(), 1 << 18);
  state->buffer.resize(kTextBufferBytes);
  if (auto done = state->read_header(); !done) return std::unexpected(done.error());
  return DelimitedReader(std::move(state));
}

const std::vector<std::string>& DelimitedReader::header() const {
  return state_->header;
}

Result<std::size_t> DelimitedReader::next(const std::vector<std::size_t>& chosen,
                                          std::vector<std::vector<std::string_view>>& cells) {
  State& state = *state_;
  cells.resize(chosen.size());
  for (auto& column : cells) column.clear();
  std::size_t rows = 0;
  for (;;) {
    const auto taken = state.take_record();
    if (!taken) return std::unexpected(taken.error());
    if (!*taken) {
      if (rows > 0) return rows;  // a refill would move the text of the views
      if (state.is_at_end) {
        if (state.begin == state.end) return 0;
        return state.damaged("a quote is not closed");
      }
      if (auto done = state.refill(); !done) return std::unexpected(done.error());
      continue;
    }
    const auto& fields = state.fields;
    if (fields.size() == 1 && fields[0].empty()) continue;
    for (std::size_t i = state.header.size(); i < fields.size(); ++i) {
      if (fields[i].empty()) continue;
      return fail(
          "OVL-IO-005",
          fmt::format("{} fields in a row of {} columns", fields.size(), state.header.size()),
          fmt::format("{}, row {}", state.where, state.line),
          "Quote fields that contain the separator.");
    }
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      cells[i].push_back(chosen[i] < fields.size() ? fields[chosen[i]] : std::string_view{});
    }
    ++rows;
  }
}

}  // namespace overland::io
