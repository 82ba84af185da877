#include <nlohmann/json.hpp>

#include "audit/audit_entries.h"
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

template <class T>
void add(io::Table& table, const std::vector<AuditEntry>& rows, EntryColumn<T> column) {
  std::vector<T> values;
  values.reserve(rows.size());
  for (const AuditEntry& row : rows) values.push_back(row.*column.field);
  table.add(column.name, std::move(values));
}

template <class T>
Result<void> load(const io::Table& table, EntryColumn<T> column, std::vector<AuditEntry>& rows) {
  const auto values = table.column<T>(column.name);
  if (!values) return std::unexpected(values.error());
  rows.resize((*values)->size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].*column.field = (**values)[i];
  return {};
}

constexpr EntryColumn<std::uint32_t> kUnit{"unit", &AuditEntry::unit};
constexpr EntryColumn<std::uint32_t> kCluster{"cluster", &AuditEntry::cluster};
constexpr EntryColumn<std::uint32_t> kRun{"run", &AuditEntry::run};
constexpr EntryColumn<std::uint8_t> kEntrapment{"is_entrapment", &AuditEntry::is_entrapment};
constexpr EntryColumn<double> kQValue{"q_value", &AuditEntry::q_value};
constexpr EntryColumn<double> kGlobalQValue{"global_q_value", &AuditEntry::global_q_value};
constexpr EntryColumn<float> kScore{"score", &AuditEntry::score};
constexpr EntryColumn<float> kGlobalScore{"global_score", &AuditEntry::global_score};

Json head_of(const AuditEntries& entries) {
  Json head{{"runs", entries.runs}, {"levels", Json::array()}};
  for (const AuditLevel& level : entries.levels) {
    head["levels"].push_back({{"name", level.name},
                              {"targets", level.targets},
                              {"entrapments", level.entrapments},
                              {"is_paired", level.is_paired},
                              {"has_upper_bound", level.has_upper_bound},
                              {"rows", level.entries.size()}});
  }
  return head;
}

std::unexpected<Error> damaged(const std::filesystem::path& file) {
  return fail("OVL-IO-003", "the file is damaged", file.string(),
              "Delete the file and run the same search command again.");
}

Result<std::vector<AuditEntry>> read_rows(const io::Table& table) {
  std::vector<AuditEntry> rows;
  Result<void> done = load(table, kUnit, rows);
  if (done) done = load(table, kCluster, rows);
  if (done) done = load(table, kRun, rows);
  if (done) done = load(table, kEntrapment, rows);
  if (done) done = load(table, kQValue, rows);
  if (done) done = load(table, kGlobalQValue, rows);
  if (done) done = load(table, kScore, rows);
  if (done) done = load(table, kGlobalScore, rows);
  if (!done) return std::unexpected(done.error());
  return rows;
}

// Splits the rows, which are ordered by level, into levels.
Result<AuditEntries> split(const Json& head, const std::vector<AuditEntry>& rows,
                           const std::filesystem::path& file) {
  AuditEntries entries;
  std::size_t next = 0;
  try {
    entries.runs = head.at("runs").get<std::vector<std::string>>();
    for (const Json& part : head.at("levels")) {
      AuditLevel& level = entries.levels.emplace_back();
      level.name = part.at("name").get<std::string>();
      level.targets = part.at("targets").get<std::uint64_t>();
      level.entrapments = part.at("entrapments").get<std::uint64_t>();
      level.is_paired = part.at("is_paired").get<bool>();
      level.has_upper_bound = part.at("has_upper_bound").get<bool>();
      const auto count = part.at("rows").get<std::size_t>();
      if (count > rows.size() - next || level.targets == 0) return damaged(file);
      const auto first = rows.begin() + static_cast<std::ptrdiff_t>(next);
      level.entries.assign(first, first + static_cast<std::ptrdiff_t>(count));
      next += count;
    }
  } catch (const Json::exception&) {
    return damaged(file);
  }
  return entries;
}

}  // namespace

Result<void> write_audit_entries(const AuditEntries& entries, const std::filesystem::path& file) {
  std::vector<AuditEntry> rows;
  for (const AuditLevel& level : entries.levels)
    rows.insert(rows.end(), level.entries.begin(), level.entries.end());
  io::Table table;
  table.metadata[kHead] = head_of(entries).dump();
  add(table, rows, kUnit);
  add(table, rows, kCluster);
  add(table, rows, kRun);
  add(table, rows, kEntrapment);
  add(table, rows, kQValue);
  add(table, rows, kGlobalQValue);
  add(table, rows, kScore);
  add(table, rows, kGlobalScore);
  return io::write_parquet(table, file);
}

Result<AuditEntries> read_audit_entries(const std::filesystem::path& file) {
  const auto table = io::read_parquet(file);
  if (!table) return std::unexpected(table.error());
  const auto head = table->metadata.find(kHead);
  if (head == table->metadata.end()) return damaged(file);
  const Json parsed = Json::parse(head->second, nullptr, false);
  if (parsed.is_discarded()) return damaged(file);
  const auto rows = read_rows(*table);
  if (!rows) return std::unexpected(rows.error());
  return split(parsed, *rows, file);
}

}  // namespace overland::audit
