#include "results/chromatogram_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "base/files/atomic_file.h"
#include "base/parallel.h"
#include "base/progress.h"
#include "identify/accepted.h"
#include "io/table/list_table_sink.h"
#include "kernel/peak_match.h"
#include "quantify/integrate.h"
#include "search/charge_bases.h"
#include "search/window_search.h"

namespace overland::results {
namespace {

using kernel::kTraceFragments;
constexpr std::size_t kGroupRows = 2048;
constexpr float kMargin = 0.5F;  // shown on either side of a peak, as a share of its length

struct Shown {
  identify::ScoredRow scored;
  quantify::Quantity quantity;
  std::optional<std::size_t>
      accepted;  // row of the stored chromatograms; empty for a sampled decoy
};

// One row of the table.
struct Chromatogram {
  float start = 0, stop = 0;
  std::vector<float> rt, weight, fragment_mz, share;
  std::vector<double> offset_ppm;   // mass error of each fragment, by its m/z
  std::vector<float> intensity;     // [scan][fragment]
  std::vector<std::string> labels;  // names of the fragments
  // [fragment][scan]: observed intensity, and weight x share.
  [[nodiscard]] std::vector<float> raw() const {
    std::vector<float> turned;
    for (std::size_t f = 0; f < share.size(); ++f) {
      for (std::size_t k = 0; k < rt.size(); ++k) turned.push_back(intensity[k * share.size() + f]);
    }
    return turned;
  }
  [[nodiscard]] std::vector<float> fitted() const {
    std::vector<float> product;
    for (const float s : share) {
      for (const float w : weight) product.push_back(w * s);
    }
    return product;
  }
};

// Decoys at even distances in the list of the run's decoys.
std::vector<Shown> sampled_decoys(const identify::RunScores& scores,
                                  const library::LibraryView& library, std::size_t wanted) {
  std::vector<Shown> decoys;
  for (const identify::ScoredRow& row : scores.rows) {
    if (library.is_decoy[row.precursor] != 0) decoys.push_back({row, {}, {}});
  }
  if (decoys.size() <= wanted) return decoys;
  std::vector<Shown> sample;
  for (std::size_t i = 0; i < wanted; ++i) sample.push_back(decoys[i * decoys.size() / wanted]);
  return sample;
}

class RunChromatograms {
 public:
  RunChromatograms(const search::RunView& view, const search::RunModels& models,
                   const quantify::TraceFile& traces)
      : view_(view), models_(models), traces_(traces) {}

  [[nodiscard]] Chromatogram of(const Shown& shown) const {
    Chromatogram out;
    const bool is_ok =
        shown.accepted.has_value() && shown.quantity.status == kernel::QuantityStatus::ok;
    out.start = is_ok ? shown.quantity.rt_start : shown.scored.rt_start;
    out.stop = is_ok ? shown.quantity.rt_stop : shown.scored.rt_stop;
    const PrecursorId p(shown.scored.precursor);
    const std::optional<WindowId> central = run::most_central_window(
        view_.windows, Mz{static_cast<double>(view_.library.precursor_mz[p.index()])},
        view_.windows[shown.scored.window.index()].condition);
    if (!central) return out;
    fill_template(p, *central, out);
    const float margin = kMargin * (out.stop - out.start);
    const auto& scans = view_.windows[central->index()].scans;
    const auto first =
        std::lower_bound(scans.begin(), scans.end(), out.start - margin,
                         [&](RunScan scan, float t) { return view_.rt_of(scan) < t; });
    for (auto it = first; it != scans.end() && view_.rt_of(*it) <= out.stop + margin; ++it) {
      out.rt.push_back(view_.rt_of(*it));
      add_intensities(*it, out);
      const WindowScan scan(static_cast<std::uint32_t>(it - scans.begin()));
      out.weight.push_back(shown.accepted ? weight_of(*shown.accepted, *central, scan)
                                          : fitted_alone(out));
    }
    return out;
  }

 private:
  void fill_template(PrecursorId p, WindowId window, Chromatogram& out) const {
    std::array<float, kTraceFragments> intensity{};
    const run::IsolationWindow& isolation = view_.windows[window.index()];
    const search::ChargeBases bases(view_.library, models_, search::window_center(isolation),
                                    isolation.energy_ratio);
    const std::size_t count =
        view_.library.intensities(p, bases.of(view_.library.charge[p.index()]), intensity);
    kernel::scale_template(std::span(intensity).first(count));
    for (std::size_t f = 0; f < count; ++f) {
      out.fragment_mz.push_back(view_.fragment_mz(p)[f]);
      out.offset_ppm.push_back(
          models_.mass.offset_ppm_of_mz(static_cast<double>(out.fragment_mz.back())));
      out.share.push_back(intensity[f]);
      const std::size_t place = view_.library.fragment_begin[p.index()] + f;
      const std::uint8_t kind = view_.library.fragment_kind[place];
      out.labels.push_back(
          fmt::format("{}{}^{}", library::kind_type(kind) == FragmentType::y ? 'y' : 'b',
                      view_.library.fragment_ordinal[place], library::kind_charge(kind)));
    }
  }

  // Peaks are searched at the fragments' m/z corrected by the run's mass error.
  void add_intensities(RunScan scan, Chromatogram& out) const {
    const kernel::ScanPeaks peaks = view_.run.peaks(scan);
    const double drift_ppm = models_.mass.offset_ppm_of_rt(static_cast<double>(view_.rt_of(scan)));
    for (std::size_t f = 0; f < out.fragment_mz.size(); ++f) {
      const double mz = static_cast<double>(out.fragment_mz[f]);
      const std::int32_t peak = kernel::nearest_peak(
          peaks.mz, static_cast<float>(mz * (1 + 1e-6 * (drift_ppm + out.offset_ppm[f]))),
          models_.mass.tolerance);
      out.intensity.push_back(peak < 0 ? 0 : peaks.intensity[static_cast<std::size_t>(peak)]);
    }
  }

  // Least-squares weight of the template alone in the last scan.
  static float fitted_alone(const Chromatogram& out) {
    const std::size_t n = out.share.size();
    float dot = 0;
    float norm = 0;
    for (std::size_t f = 0; f < n; ++f) {
      dot += out.share[f] * out.intensity[out.intensity.size() - n + f];
      norm += out.share[f] * out.share[f];
    }
    return norm > 0 ? dot / norm : 0;
  }

  [[nodiscard]] float weight_of(std::size_t row, WindowId window, WindowScan scan) const {
    for (const quantify::StoredTrace& trace : traces_.traces_of(row)) {
      if (trace.list != quantify::list_of(window) || scan < trace.first_scan) continue;
      if (scan - trace.first_scan < trace.length) {
        return traces_.point(trace.first_point + (scan - trace.first_scan)).weight;
      }
    }
    return 0;
  }

  const search::RunView& view_;
  const search::RunModels& models_;
  const quantify::TraceFile& traces_;
};

struct Lists {
  std::vector<io::NamedList> columns{
      {"RT", {{0}, {}}, "minutes", "one per scan of the precursor's window"},
      {"Weight", {{0}, {}}, "intensity", "deconvolved; a decoy's: fitted alone", false, true},
      {"Fragment.Mz", {{0}, {}}, "Th", "of the library"},
      {"Fragment.Share", {{0}, {}}, "", "of the template"},
      {"Intensity.Raw", {{0}, {}}, "counts", "observed; fragment after fragment", false, true},
      {"Intensity.Fitted",
       {{0}, {}},
       "counts",
       "weight x share; fragment after fragment",
       false,
       true},
      {"Fragment", {{0}, {}}, "", "type, number, charge", true}};
  void add(const Chromatogram& row) {
    const std::vector<float> raw = row.raw();
    const std::vector<float> fitted = row.fitted();
    const std::array parts{&row.rt, &row.weight, &row.fragment_mz, &row.share, &raw, &fitted};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      io::ListColumn& list = columns[i].lists;
      list.values.insert(list.values.end(), parts[i]->begin(), parts[i]->end());
      list.begin.push_back(list.values.size());
    }
    io::NamedList& labels = columns.back();
    labels.text.insert(labels.text.end(), row.labels.begin(), row.labels.end());
    labels.lists.begin.push_back(labels.text.size());
  }
};

io::Table identity(const ReportedRun& run, std::span<const Shown> rows,
                   const std::vector<Chromatogram>& chromatograms,
                   const library::LibraryView& library) {
  std::vector<std::string> names, ids;
  std::vector<std::uint8_t> decoy;
  std::vector<float> rt, start, stop;
  std::vector<double> quantity;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Shown& row = rows[i];
    const std::uint32_t p = row.scored.precursor;
    const bool is_ok =
        row.accepted.has_value() && row.quantity.status == kernel::QuantityStatus::ok;
    names.push_back(run.name);
    ids.push_back(std::string(library.modified_sequence[p]) + std::to_string(library.charge[p]));
    decoy.push_back(library.is_decoy[p]);
    rt.push_back(is_ok ? row.quantity.rt_minutes : row.scored.rt_minutes);
    start.push_back(chromatograms[i].start);
    stop.push_back(chromatograms[i].stop);
    quantity.push_back(is_ok ? row.quantity.area : std::numeric_limits<double>::quiet_NaN());
  }
  io::Table table;
  table.metadata["overland.schema"] = "chromatograms";
  table.metadata["overland.schema_version"] = kXicSchemaVersion;
  table.add("Run", std::move(names));
  table.add("Precursor.Id", std::move(ids), "", "modified sequence in UniMod notation and charge");
  table.add("Decoy", std::move(decoy));
  table.add("Apex", std::move(rt), "minutes");
  table.add("RT.Start", std::move(start), "minutes");
  table.add("RT.Stop", std::move(stop), "minutes");
  table.add("Precursor.Quantity", std::move(quantity), "intensity x minutes");
  return table;
}

class EvidenceWriter {
 public:
  EvidenceWriter(const ChromatogramTableJob& job, io::ListTableSink& sink, ProgressBar& progress)
      : job_(job), sink_(sink), progress_(progress) {}

  Result<void> add(const ReportedRun& run) {
    const auto raw = run::open_run(run.run, job_.machine);
    if (!raw) return std::unexpected(raw.error());
    const search::RunView view = search::view_of(*raw, job_.library);
    const auto scores = identify::read_scores(run.scores, search::bounds_of(view));
    if (!scores) return std::unexpected(scores.error());
    const std::vector<identify::ScoredRow> accepted =
        identify::accepted_rows(*scores, job_.library, job_.config.report);
    const auto traces = quantify::TraceFile::open(run.chromatograms, accepted, view);
    if (!traces) return std::unexpected(traces.error());
    const auto rows = shown_rows(run, *scores, accepted, search::bounds_of(view));
    if (!rows) return std::unexpected(rows.error());
    const RunChromatograms chromatograms(view, run.models, *traces);
    Group last;
    for (std::size_t begin = 0; begin < rows->size(); begin += kGroupRows) {
      const std::size_t count = std::min(kGroupRows, rows->size() - begin);
      Group next{std::span(*rows).subspan(begin, count), std::vector<Chromatogram>(count)};
      if (auto done = write_while_making(run, last, chromatograms, next); !done) return done;
      last = std::move(next);
    }
    return write(run, last);
  }

 private:
  struct Group {
    std::span<const Shown> rows;
    std::vector<Chromatogram> chromatograms;  // one per row
  };

  // The accepted rows, then the sampled decoys.
  [[nodiscard]] Result<std::vector<Shown>> shown_rows(const ReportedRun& run,
                                                      const identify::RunScores& scores,
                                                      std::span<const identify::ScoredRow> accepted,
                                                      const search::RowBounds& bounds) const {
    const auto quantities = quantify::quantities_of(accepted, run.quantities, bounds);
    if (!quantities) return std::unexpected(quantities.error());
    std::vector<Shown> rows;
    for (std::size_t i = 0; i < accepted.size(); ++i)
      rows.push_back({accepted[i], (*quantities)[i], i});
    const auto decoys = sampled_decoys(scores, job_.library,
                                       static_cast<std::size_t>(job_.config.report.xic_decoys));
    rows.insert(rows.end(), decoys.begin(), decoys.end());
    return rows;
  }

  // One thread writes the previous group while the others compute the next.
  Result<void> write_while_making(const ReportedRun& run, const Group& last,
                                  const RunChromatograms& chromatograms, Group& next) {
    Result<void> written;
    parallel_for(next.rows.size() + 1, job_.machine, [&](std::size_t item, int) {
      if (item == 0) {
        written = write(run, last);
      } else {
        next.chromatograms[item - 1] = chromatograms.of(next.rows[item - 1]);
      }
    });
    return written;
  }

  Result<void> write(const ReportedRun& run, const Group& group) {
    if (group.rows.empty()) return {};
    Lists lists;
    for (const Chromatogram& chromatogram : group.chromatograms) lists.add(chromatogram);
    progress_.tick(group.rows.size());
    return sink_.append(identity(run, group.rows, group.chromatograms, job_.library),
                        lists.columns);
  }

  const ChromatogramTableJob& job_;
  io::ListTableSink& sink_;
  ProgressBar& progress_;
};

}  // namespace

Result<void> write_chromatogram_table(const ChromatogramTableJob& job,
                                      const std::filesystem::path& file) {
  return write_atomically(file, [&](const std::filesystem::path& temporary) -> Result<void> {
    auto sink = io::ListTableSink::open(temporary);
    if (!sink) return std::unexpected(sink.error());
    ProgressBar progress(job.machine, "chromatograms", 0, "precursors");
    EvidenceWriter writer(job, *sink, progress);
    // An empty group comes first, so that the file has its columns even if nothing was found.
    auto done = sink->append(identity({}, {}, {}, job.library), Lists{}.columns);
    for (const ReportedRun& run : job.runs) {
      if (done) done = writer.add(run);
    }
    if (done) done = sink->close();
    return done;
  });
}

}  // namespace overland::results
