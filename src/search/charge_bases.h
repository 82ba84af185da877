// The spline bases of one task, by charge: the run's collision energy at the window's centre, times
// the energy ratio of the window (see run::IsolationWindow).
#pragma once

#include <algorithm>
#include <array>

#include "library/library.h"
#include "search/run_models.h"

namespace overland::search {

class ChargeBases {
 public:
  ChargeBases(const library::LibraryView& library, const RunModels& models, double mz,
              double energy_ratio) {
    for (std::size_t z = 0; z < bases_.size(); ++z) {
      bases_[z] = library.basis_at(energy_ratio * models.nce_of(mz, static_cast<int>(z)));
    }
  }
  [[nodiscard]] const kernel::SplineBasis& of(std::uint8_t charge) const {
    return bases_[std::min<std::size_t>(charge, bases_.size() - 1)];
  }

 private:
  std::array<kernel::SplineBasis, 8> bases_{};
};

}  // namespace overland::search
