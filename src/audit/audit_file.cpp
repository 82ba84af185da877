#include "audit/audit_file.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "base/json_text.h"
#include "io/table/table.h"

namespace overland::audit {
namespace {

using Json = nlohmann::ordered_json;
constexpr const char* kHead = "overland.audit";

template <class T>
struct EntryColumn {
  const char* name;
  T AuditEntry::* field;
};

constexpr EntryColumn<std::uint32_t> kGroup{"group", &AuditEntry::group};
constexpr EntryColumn<std::uint32_t> kCluster{"cluster", &AuditEntry::cluster};
constexpr EntryColumn<std::uint32_t> kRun{"run", &AuditEntry::run};
constexpr EntryColumn<std::uint8_t> kEntrapment{"is_entrapment", &AuditEntry::is_entrapment};
constexpr EntryColumn<double> kQValue{"q_value", &AuditEntry::q_value};
constexpr EntryColumn<double> kGlobalQValue{"global_q_value", &AuditEntry::global_q_value};
constexpr EntryColumn<float> kScore{"score", &AuditEntry::score};
constexpr EntryColumn<float> kGlobalScore{"global_score", &AuditEntry::global_score};
constexpr std::size_t kColumns = 8;

template <class F>
void for_each_column(const F& use) {
  use(kGroup);
  use(kCluster);
  use(kRun);
  use(kEntrapment);
  use(kQValue);
  use(kGlobalQValue);
  use(kScore);
  use(kGlobalScore);
}

Json json_of(const AuditHead& head) {
  Json json{{"runs", head.runs}, {"levels", Json::array()}};
  for (const AuditLevel& level : head.levels) {
    json["levels"].push_back({{"name", level.name},
                              {"targets", level.targets},
                              {"entrapments", level.entrapments},
                              {"is_paired", level.is_paired},
                              {"has_upper_bound", level.has_upper_bound},
                              {"rows", level.rows}});
  }
  return json;
}

Result<AuditHead> head_from(const Json& json, const std::filesystem::path& file) {
  AuditHead head;
  try {
    head.runs = json.at("runs").get<std::vector<std::string>>();
    for (const Json& part : json.at("levels")) {
      AuditLevel& level = head.levels.emplace_back();
      level.name = part.at("name").get<std::string>();
      level.targets = part.at("targets").get<std::uint64_t>();
      level.entrapments = part.at("entrapments").get<std::uint64_t>();
      level.is_paired = part.at("is_paired").get<bool>();
      level.has_upper_bound = part.at("has_upper_bound").get<bool>();
      level.rows = part.at("rows").get<std::uint64_t>();
      if (level.targets == 0) return damaged_entries(file);
    }
  } catch (const Json::exception&) {
    return damaged_entries(file);
  }
  return head;
}

// Whether all numbers of a column are values of T.
template <class T>
bool are_values(const std::vector<double>& numbers) {
  if constexpr (std::is_floating_point_v<T>) return true;
  return std::ranges::all_of(numbers, [](double x) {
    return x >= 0 && x <= static_cast<double>(std::numeric_limits<T>::max()) && x == std::floor(x);
  });
}

}  // namespace

std::unexpected<Error> damaged_entries(const std::filesystem::path& file) {
  return fail("OVL-IO-003", "the file is damaged", file.string(),
              "Delete the file and run the same search command again.");
}

Result<AuditEntryWriter> AuditEntryWriter::open(const std::filesystem::path& file,
                                                const AuditHead& head) {
  auto files = io::TableFiles::open(std::filesystem::path(file).replace_extension(), false);
  if (!files) return std::unexpected(files.error());
  AuditEntryWriter writer(std::move(*files), json_of(head).dump());
  if (auto done = writer.append({}); !done) return std::unexpected(done.error());
  return writer;
}

Result<void> AuditEntryWriter::append(std::span<const AuditEntry> entries) {
  io::Table piece;
  piece.metadata[kHead] = head_;
  for_each_column([&]<class T>(EntryColumn<T> column) {
    std::vector<T> values;
    values.reserve(entries.size());
    for (const AuditEntry& entry : entries) values.push_back(entry.*column.field);
    piece.add(column.name, std::move(values));
  });
  return file_.append(std::move(piece));
}

Result<void> AuditEntryWriter::close() {
  return file_.close();
}

Result<AuditEntryReader> AuditEntryReader::open(const std::filesystem::path& file) {
  const auto empty = io::read_parquet(file, std::vector<std::string>{});
  if (!empty) return std::unexpected(empty.error());
  const auto text = empty->metadata.find(kHead);
  if (text == empty->metadata.end()) return damaged_entries(file);
  const Json json = parse_json<Json>(text->second);
  auto head = head_from(json, file);
  if (!head) return std::unexpected(head.error());
  auto stream = io::TableStream::open(file);
  if (!stream) return std::unexpected(stream.error());
  std::vector<std::size_t> chosen;
  for_each_column([&](const auto& column) {
    const auto place = std::ranges::find(stream->header(), column.name);
    if (place != stream->header().end())
      chosen.push_back(static_cast<std::size_t>(place - stream->header().begin()));
  });
  if (chosen.size() != kColumns) return damaged_entries(file);
  if (auto done = stream->choose(chosen); !done) return std::unexpected(done.error());
  return AuditEntryReader(std::move(*head), std::move(*stream), file);
}

Result<std::size_t> AuditEntryReader::next(std::vector<AuditEntry>& piece) {
  const auto rows = stream_.next(columns_);
  if (!rows) return rows;
  piece.assign(*rows, {});
  if (*rows == 0) return rows;
  std::size_t c = 0;
  bool is_damaged = false;
  for_each_column([&]<class T>(EntryColumn<T> column) {
    const io::PieceColumn& from = columns_[c++];
    is_damaged = is_damaged || from.is_text || !are_values<T>(from.number);
    for (std::size_t i = 0; i < *rows && !is_damaged; ++i)
      piece[i].*column.field = static_cast<T>(from.number[i]);
  });
  if (is_damaged) return damaged_entries(file_);
  return rows;
}

}  // namespace overland::audit
