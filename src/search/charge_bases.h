// The spline bases of one task: the run's collision energy at the window's centre, by charge.
#pragma once

#include <algorithm>
#include <array>

#include "library/library.h"
#include "search/run_models.h"

namespace overland::search {

class ChargeBases {
 public:
  ChargeBases(const library::LibraryView& library, const RunModels& models, double mz) {
    for (std::size_t z = 0; z < bases_.size(); ++z) {
      bases_[z] = library.basis_at(models.nce_of(mz, static_cast<int>(z)));
    }
  }
  [[nodiscard]] const kernel::SplineBasis& of(std::uint8_t charge) const {
    return bases_[std::min<std::size_t>(charge, bases_.size() - 1)];
  }

 private:
  std::array<kernel::SplineBasis, 8> bases_{};
};

}  // namespace overland::search
