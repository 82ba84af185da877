#include "library_build/repredict.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <vector>

#include "base/parallel.h"
#include "library/library_writer.h"

namespace overland::library_build {
namespace {

using Fragment = library::LibraryPrecursor::Fragment;

constexpr std::uint64_t kRowsPerTask = 512;    // one task
constexpr std::uint32_t kPiecesPerChunk = 32;  // predicted before they are written

// Consecutive rows with their new fragments, ready to be written.
struct Piece {
  std::vector<library::EncodedFragment> fragments;
  std::vector<std::size_t> begin;  // rows + 1 offsets into fragments
  std::vector<float> irt;
  RepredictCounts counts;
  std::optional<Error> error;
};

class PieceMaker {
 public:
  PieceMaker(const library::LibraryView& library, const predict::Predictor& predictor,
             const RepredictOptions& options)
      : library_(library),
        predictor_(predictor),
        is_total_(predictor.intensity_meaning().is_total),
        options_(options) {}

  Result<void> make(std::uint32_t first, std::uint32_t last, Piece& piece) {
    if (auto done = ask(first, last); !done) return done;
    piece.begin = {0};
    for (std::uint32_t row = first; row < last; ++row) {
      add_row(row, asked_[row - first], piece);
      piece.begin.push_back(piece.fragments.size());
    }
    return {};
  }

 private:
  struct Asked {
    std::uint32_t peptide, request;
  };
  // Requests predictions for all rows; the rows of a peptide follow each other.
  Result<void> ask(std::uint32_t first, std::uint32_t last) {
    std::map<std::string_view, std::map<std::uint8_t, std::uint32_t>> wanted;
    for (std::uint32_t row = first; row < last; ++row) {
      wanted[library_.modified_sequence[row]].try_emplace(library_.charge[row], 0);
    }
    std::vector<predict::SpectrumRequest> requests;
    for (auto& [sequence, charges] : wanted) {
      auto peptide = parse_peptide(sequence);
      if (!peptide) return std::unexpected(peptide.error());
      for (auto& [charge, request] : charges) {
        request = static_cast<std::uint32_t>(requests.size());
        const std::size_t z = std::min<std::size_t>(charge, options_.nce.size() - 1);
        requests.push_back({static_cast<std::uint32_t>(peptides_.size()), charge, options_.nce[z]});
      }
      peptides_.push_back(std::move(*peptide));
    }
    for (std::uint32_t row = first; row < last; ++row) {
      const std::uint32_t request = wanted[library_.modified_sequence[row]][library_.charge[row]];
      asked_.push_back({requests[request].peptide, request});
    }
    irt_.resize(peptides_.size());
    if (auto done = predictor_.predict_retention(peptides_, irt_); !done) return done;
    return predictor_.predict_spectra(peptides_, requests, spectra_);
  }

  void add_row(std::uint32_t row, const Asked& asked, Piece& piece) {
    const Peptide& peptide = peptides_[asked.peptide];
    std::vector<Fragment> fragments =
        choose_fragments(peptide, {spectra_.of(asked.request)}, is_total_, options_.fragments)
            .fragments;
    const float irt = irt_[asked.peptide];
    if (fragments.size() < static_cast<std::size_t>(options_.fragments.min_count) ||
        !std::isfinite(irt)) {
      keep_row(row, piece);
      return;
    }
    library::encode_fragments(peptide, fragments, encoded_);
    piece.fragments.insert(piece.fragments.end(), encoded_.begin(), encoded_.end());
    piece.irt.push_back(
        static_cast<float>(options_.irt_offset + options_.irt_slope * static_cast<double>(irt)));
    ++piece.counts.predicted;
  }

  void keep_row(std::uint32_t row, Piece& piece) const {
    for (std::uint64_t f = library_.fragment_begin[row]; f < library_.fragment_begin[row + 1]; ++f)
      piece.fragments.push_back({library_.fragment_mz[f], library_.fragment_intensity[f],
                                 library_.fragment_kind[f], library_.fragment_ordinal[f]});
    piece.irt.push_back(library_.irt[row]);
    ++piece.counts.kept;
  }

  const library::LibraryView& library_;
  const predict::Predictor& predictor_;
  bool is_total_;
  const RepredictOptions& options_;
  std::vector<Peptide> peptides_;
  std::vector<float> irt_;
  predict::PredictedSpectra spectra_;
  std::vector<Asked> asked_;  // per row
  std::vector<library::EncodedFragment> encoded_;
};

void write_piece(const library::LibraryView& library, std::uint32_t first, const Piece& piece,
                 library::LibraryWriter& writer) {
  for (std::size_t i = 0; i < piece.irt.size(); ++i) {
    const auto row = first + static_cast<std::uint32_t>(i);
    writer.add({.mz = library.precursor_mz[row],
                .irt = piece.irt[i],
                .charge = library.charge[row],
                .is_decoy = library.is_decoy[row],
                .entrapment = library.entrapment[row],
                .pair = library.pair[row],
                .partner = library.partner[row],
                .protein_set = library.protein_set[row],
                .modified_sequence = library.modified_sequence[row],
                .fragments = std::span(piece.fragments)
                                 .subspan(piece.begin[i], piece.begin[i + 1] - piece.begin[i]),
                .splines = {}});
  }
}

std::vector<library::ProteinSet> protein_sets_of(const library::LibraryView& library) {
  std::vector<library::ProteinSet> sets;
  for (std::uint32_t i = 0; i < library.protein_ids.size(); ++i)
    sets.push_back({library.protein_ids[i], library.genes[i]});
  return sets;
}

}  // namespace

Result<RepredictCounts> repredict_library(const library::LibraryView& library,
                                          const predict::Predictor& predictor,
                                          const RepredictOptions& options,
                                          const library::LibraryProvenance& provenance,
                                          const std::filesystem::path& folder) {
  auto writer = library::LibraryWriter::begin(folder, {}, options.machine);
  if (!writer) return std::unexpected(writer.error());
  const std::uint32_t rows = library.precursor_count();
  RepredictCounts counts;
  for (std::uint64_t chunk = 0; chunk < rows; chunk += kRowsPerTask * kPiecesPerChunk) {
    std::vector<Piece> pieces(kPiecesPerChunk);
    const auto first_row = [&](std::size_t i) {
      return static_cast<std::uint32_t>(std::min<std::uint64_t>(rows, chunk + i * kRowsPerTask));
    };
    parallel_for(pieces.size(), options.machine, [&](std::size_t i, int) {
      auto done =
          PieceMaker(library, predictor, options).make(first_row(i), first_row(i + 1), pieces[i]);
      if (!done) pieces[i].error = done.error();
    });
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      if (pieces[i].error) return std::unexpected(*pieces[i].error);
      write_piece(library, first_row(i), pieces[i], *writer);
      counts.predicted += pieces[i].counts.predicted;
      counts.kept += pieces[i].counts.kept;
    }
  }
  if (auto done = writer->finish(protein_sets_of(library), provenance); !done)
    return std::unexpected(done.error());
  return counts;
}

}  // namespace overland::library_build
