#include "io/text/fasta.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>
#include <regex>
#include <vector>

#include "io/text/gzip_file.h"

namespace overland::io {
namespace {

constexpr std::size_t kFastaBufferBytes = std::size_t{1} << 18;
// std::regex recurses for each character; the limit on the header's length prevents a stack
// overflow.
constexpr std::size_t kSearchedHeader = 2000;

std::unexpected<Error> bad_pattern(const std::string& pattern, const std::string& why) {
  return fail("OVL-CFG-110", "the header pattern cannot be used: " + why, pattern,
              "Give a regular expression (ECMAScript) with one group in parentheses.");
}

Result<std::optional<std::regex>> compile(const std::string& pattern) {
  if (pattern.empty()) return std::nullopt;
  try {
    std::regex compiled(pattern, std::regex::ECMAScript | std::regex::optimize);
    if (compiled.mark_count() < 1) return bad_pattern(pattern, "it has no group");
    return compiled;
  } catch (const std::regex_error& error) {
    return bad_pattern(pattern, error.what());
  }
}

// The text of the first group; empty if the pattern does not match.
std::string searched(const std::regex& pattern, std::string_view line) {
  std::match_results<std::string_view::const_iterator> match;
  try {
    if (std::regex_search(line.begin(), line.end(), match, pattern)) return match[1].str();
  } catch (const std::regex_error&) {  // the pattern is too complex for this text: no match
    return {};
  }
  return {};
}

struct Patterns {
  std::optional<std::regex> accession, gene, name, organism;

  static Result<Patterns> of(const FastaPatterns& texts) {
    Patterns patterns;
    const std::array pairs{
        std::pair(&texts.accession, &patterns.accession), std::pair(&texts.gene, &patterns.gene),
        std::pair(&texts.name, &patterns.name), std::pair(&texts.organism, &patterns.organism)};
    for (const auto& [text, pattern] : pairs) {
      auto compiled = compile(*text);
      if (!compiled) return std::unexpected(compiled.error());
      *pattern = std::move(*compiled);
    }
    return patterns;
  }
  [[nodiscard]] FastaHeader read(std::string_view line) const {
    FastaHeader header = parse_fasta_header(line);
    const std::string_view head = line.substr(0, kSearchedHeader);
    if (accession) {
      header.accession = searched(*accession, head);
      if (header.accession.empty()) {
        header.accession = std::string(line.substr(0, line.find_first_of(" \t")));
      }
    }
    if (gene) header.gene = searched(*gene, head);
    if (name) header.name = searched(*name, head);
    if (organism) header.organism = searched(*organism, head);
    return header;
  }
};

std::string shown(char c) {
  return c >= ' ' && c <= '~' ? fmt::format("'{}'", c)
                              : fmt::format("byte {}", static_cast<unsigned char>(c));
}

}  // namespace

struct FastaReader::State {
  std::string where;
  GzipFile file;
  Patterns patterns;
  std::vector<char> buffer;
  std::size_t begin = 0, end = 0;
  bool is_at_end = false;  // of the file
  std::uint64_t line_number = 0;
  std::string line;
  std::optional<std::string> header;  // of the next record
  std::uint64_t header_line = 0;
  bool has_started = false, is_finished = false;

  [[nodiscard]] std::unexpected<Error> broken(const char* code, const std::string& what,
                                              std::uint64_t at) const {
    return fail(code, what, fmt::format("{}, line {}", where, at),
                "Check that this is a FASTA file of proteins, copied completely.");
  }
  Result<void> refill();
  Result<bool> take_line();
  Result<void> start();
  Result<void> append_residues(std::string& sequence) const;
  Result<bool> take_record(FastaRecord& record);
};

Result<void> FastaReader::State::refill() {
  const int count = gzread(file.get(), buffer.data(), static_cast<unsigned>(buffer.size()));
  int status = Z_OK;
  const char* message = gzerror(file.get(), &status);
  if (count < 0 || (status != Z_OK && status != Z_STREAM_END)) {
    return broken("OVL-IO-003", fmt::format("the file cannot be read: {}", message), line_number);
  }
  begin = 0;
  end = static_cast<std::size_t>(count);
  is_at_end = count == 0;
  return {};
}

// Reads the next line without its line end into `line`; false at the end of the file.
Result<bool> FastaReader::State::take_line() {
  line.clear();
  for (;;) {
    if (begin == end) {
      if (!is_at_end) {
        if (auto done = refill(); !done) return std::unexpected(done.error());
      }
      if (is_at_end) break;
    }
    const auto from = buffer.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto to = buffer.begin() + static_cast<std::ptrdiff_t>(end);
    const auto stop = std::find(from, to, '\n');
    line.append(from, stop);
    begin = static_cast<std::size_t>(stop - buffer.begin());
    if (stop == to) continue;
    ++begin;
    ++line_number;
    if (line.ends_with('\r')) line.pop_back();
    return true;
  }
  if (line.empty()) return false;
  ++line_number;
  return true;
}

// Reads up to the first header.
Result<void> FastaReader::State::start() {
  has_started = true;
  for (;;) {
    const auto more = take_line();
    if (!more) return std::unexpected(more.error());
    if (!*more) return broken("OVL-IO-070", "there is no protein in the file", line_number);
    if (line_number == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);  // byte order mark
    if (line_number == 1 && (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF"))) {
      return fail("OVL-IO-071", "the file is UTF-16 text", where, "Save the file as UTF-8.");
    }
    if (line.starts_with('>')) break;
    const bool is_blank = line.find_first_not_of(" \t") == std::string::npos;
    if (is_blank || line.starts_with(';') || line.starts_with('#')) continue;  // '#': PEFF
    return broken("OVL-IO-070", "the file does not begin with a header ('>')", line_number);
  }
  header = line.substr(1);
  header_line = line_number;
  return {};
}

Result<void> FastaReader::State::append_residues(std::string& sequence) const {
  for (char c : line) {
    if (c == ' ' || c == '\t') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if ((c < 'A' || c > 'Z') && c != '*') {
      return broken("OVL-IO-071", fmt::format("{} is not an amino acid residue", shown(c)),
                    line_number);
    }
    sequence.push_back(c);
  }
  return {};
}

// A stop codon inside is read as X, so that no peptide contains it.
std::uint64_t replace_stops(std::string& sequence) {
  while (sequence.ends_with('*')) sequence.pop_back();
  const auto stops = std::ranges::count(sequence, '*');
  std::ranges::replace(sequence, '*', 'X');
  return static_cast<std::uint64_t>(stops);
}

Result<bool> FastaReader::State::take_record(FastaRecord& record) {
  if (!has_started) {
    if (auto done = start(); !done) return std::unexpected(done.error());
  }
  if (!header) return false;
  record.header = patterns.read(*header);
  record.identifier = header->substr(0, header->find_first_of(" \t"));
  record.line = header_line;
  record.sequence.clear();
  header.reset();
  for (;;) {
    const auto more = take_line();
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    if (line.starts_with('>')) {
      header = line.substr(1);
      header_line = line_number;
      break;
    }
    if (line.starts_with(';')) continue;
    if (auto done = append_residues(record.sequence); !done) return std::unexpected(done.error());
  }
  record.stops = replace_stops(record.sequence);
  if (record.header.accession.empty()) {
    return broken("OVL-IO-072", "a record has no identifier", record.line);
  }
  if (record.sequence.empty()) {
    return broken("OVL-IO-072", fmt::format("{} has no sequence", record.header.accession),
                  record.line);
  }
  return true;
}

FastaReader::FastaReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
FastaReader::FastaReader(FastaReader&&) noexcept = default;
FastaReader& FastaReader::operator=(FastaReader&&) noexcept = default;
FastaReader::~FastaReader() = default;

Result<FastaReader> FastaReader::open(const std::filesystem::path& file,
                                      const FastaPatterns& patterns) {
  auto compiled = Patterns::of(patterns);
  if (!compiled) return std::unexpected(compiled.error());
  auto state = std::make_unique<State>();
  state->where = file.string();
  state->file.reset(gzopen(file.c_str(), "rb"));
  if (state->file == nullptr) {
    return fail("OVL-IO-001", "cannot open file", file.string(),
                "Check that it exists and can be read.");
  }
  state->patterns = std::move(*compiled);
  state->buffer.resize(kFastaBufferBytes);
  return FastaReader(std::move(state));
}

Result<bool> FastaReader::next(FastaRecord& record) {
  if (state_->is_finished) return false;
  auto taken = state_->take_record(record);
  state_->is_finished = !taken || !*taken;
  return taken;
}

}  // namespace overland::io
