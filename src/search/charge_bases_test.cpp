#include "search/charge_bases.h"

#include <gtest/gtest.h>

namespace overland::search {
namespace {

TEST(ChargeBases, are_at_the_energy_of_the_window) {
  library::LibraryView library;
  library.form.spline = library::SplineForm{.knots = {6, 13, 20, 27, 34, 41, 48, 55}};
  RunModels models;
  models.nce = 30;
  EXPECT_EQ(ChargeBases(library, models, 500, 1).of(2), library.basis_at(30));
  EXPECT_EQ(ChargeBases(library, models, 500, 1.2).of(2), library.basis_at(36));
  EXPECT_EQ(ChargeBases(library, models, 500, 0.8).of(2), library.basis_at(24));
  EXPECT_NE(library.basis_at(36), library.basis_at(24));
  EXPECT_EQ(ChargeBases(library, models, 500, 2).of(2), library.basis_at(40))
      << "within the range of the library";
}

TEST(ChargeBases, of_a_library_without_splines_do_not_depend_on_the_energy) {
  const library::LibraryView library;
  RunModels models;
  models.nce = 30;
  EXPECT_EQ(ChargeBases(library, models, 500, 0.5).of(2),
            ChargeBases(library, models, 500, 1).of(2));
}

}  // namespace
}  // namespace overland::search
