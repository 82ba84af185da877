#include <fmt/format.h>

#include <algorithm>

#include "io/table/mapped_columns.h"
#include "io/table/table.h"
#include "quantify/integrate.h"

namespace overland::quantify {
namespace {

template <class T>
std::vector<Stored<T>> column(const std::vector<Quantity>& rows, T Quantity::* field) {
  std::vector<Stored<T>> values;
  values.reserve(rows.size());
  for (const Quantity& row : rows) values.push_back(stored(row.*field));
  return values;
}

template <class T>
Result<void> load(const io::MappedColumns& file, const std::string& name, T Quantity::* field,
                  std::vector<Quantity>& rows) {
  const auto held = file.column<Stored<T>>(name);
  if (!held) return std::unexpected(held.error());
  const std::span<const T> values = from_stored<T>(*held);
  rows.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) rows[i].*field = values[i];
  return {};
}

}  // namespace

Result<void> write_quantities(const std::vector<Quantity>& rows,
                              const std::filesystem::path& file) {
  io::Table table;
  table.add("precursor", column(rows, &Quantity::precursor), "", "row of the library");
  table.add("apex_scan", column(rows, &Quantity::apex_scan), "", "scan, by retention time");
  table.add("rt", column(rows, &Quantity::rt_minutes), "minutes");
  table.add("rt_start", column(rows, &Quantity::rt_start), "minutes");
  table.add("rt_stop", column(rows, &Quantity::rt_stop), "minutes");
  table.add("fwhm", column(rows, &Quantity::fwhm_minutes), "minutes");
  table.add("area", column(rows, &Quantity::area), "intensity x minutes");
  table.add("height", column(rows, &Quantity::height), "intensity");
  table.add("points", column(rows, &Quantity::points));
  table.add("interference", column(rows, &Quantity::interference), "", "0..1");
  table.add("sd", column(rows, &Quantity::sd), "intensity x minutes", "of the area");
  table.add("ms1_area", column(rows, &Quantity::ms1_area), "intensity x minutes");
  std::vector<std::uint8_t> status;
  for (const Quantity& row : rows) status.push_back(static_cast<std::uint8_t>(row.status));
  table.add("status", std::move(status), "", "0 ok, 1 no signal, 2 apex lost, 3 outside");
  return io::write_arrow(table, file);
}

Result<std::vector<Quantity>> read_quantities(const std::filesystem::path& file,
                                              const search::RowBounds& bounds) {
  const auto mapped = io::MappedColumns::open(file);
  if (!mapped) return std::unexpected(mapped.error());
  std::vector<Quantity> rows;
  Result<void> done = load(*mapped, "precursor", &Quantity::precursor, rows);
  if (done) done = load(*mapped, "apex_scan", &Quantity::apex_scan, rows);
  if (done) done = load(*mapped, "rt", &Quantity::rt_minutes, rows);
  if (done) done = load(*mapped, "rt_start", &Quantity::rt_start, rows);
  if (done) done = load(*mapped, "rt_stop", &Quantity::rt_stop, rows);
  if (done) done = load(*mapped, "fwhm", &Quantity::fwhm_minutes, rows);
  if (done) done = load(*mapped, "area", &Quantity::area, rows);
  if (done) done = load(*mapped, "height", &Quantity::height, rows);
  if (done) done = load(*mapped, "points", &Quantity::points, rows);
  if (done) done = load(*mapped, "interference", &Quantity::interference, rows);
  if (done) done = load(*mapped, "sd", &Quantity::sd, rows);
  if (done) done = load(*mapped, "ms1_area", &Quantity::ms1_area, rows);
  if (!done) return std::unexpected(done.error());
  const auto status = mapped->column<std::uint8_t>("status");
  if (!status) return std::unexpected(status.error());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].status = static_cast<kernel::QuantityStatus>((*status)[i]);
    const bool is_inside = rows[i].precursor < bounds.precursors &&
                           rows[i].apex_scan.index() < bounds.scans &&
                           rows[i].status <= kernel::QuantityStatus::outside;
    if (!is_inside)
      return search::foreign_rows(
          fmt::format("row {} names a precursor, scan or status that is not there", i), file);
  }
  return rows;
}

Result<std::vector<Quantity>> quantities_of(std::span<const identify::ScoredRow> accepted,
                                            const std::filesystem::path& file,
                                            const search::RowBounds& bounds) {
  auto quantities = read_quantities(file, bounds);
  if (quantities && !std::ranges::equal(*quantities, accepted, {}, &Quantity::precursor,
                                        &identify::ScoredRow::precursor))
    return search::foreign_rows("its precursors are not those that passed", file);
  return quantities;
}

}  // namespace overland::quantify
