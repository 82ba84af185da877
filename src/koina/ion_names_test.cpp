#include "koina/ion_names.h"

#include <gtest/gtest.h>

#include <set>

namespace overland::koina {
namespace {

TEST(IonNames, AllDialects) {
  const auto expect = [](std::string_view name, FragmentIon ion) {
    const auto parsed = parse_ion_name(name);
    ASSERT_TRUE(parsed) << name;
    EXPECT_EQ(*parsed, ion) << name;
  };
  expect("y5+1", {FragmentType::y, 5, 1});
  expect("b11+2", {FragmentType::b, 11, 2});
  expect("b11", {FragmentType::b, 11, 1});
  expect("b11^2", {FragmentType::b, 11, 2});
  expect("y29+3", {FragmentType::y, 29, 3});
}

TEST(IonNames, OtherIonsAreLeftOut) {
  for (const std::string_view name : {"",
                                      "y",
                                      "b",
                                      "y0",
                                      "y+1",
                                      "y5+",
                                      "y5^",
                                      "y5+i",
                                      "y5+2i",
                                      "y5^2+i",
                                      "y5-H2O",
                                      "y5-H2O^2",
                                      "b3-NH3+2i",
                                      "b3+CO",
                                      "a4",
                                      "a4^2",
                                      "p",
                                      "p-H2O^2",
                                      "IY",
                                      "ICCAM",
                                      "IE+CO",
                                      "Int/PEP/3",
                                      "Int/PEP-H2O/3",
                                      "y300",
                                      "y5+300",
                                      "y-5",
                                      "y 5",
                                      "x5",
                                      "yy5",
                                      "y5++1",
                                      "y5+1 ",
                                      "TMT126"})
    EXPECT_FALSE(parse_ion_name(name)) << name;
}

TEST(IonNames, AltimetersNumbers) {
  EXPECT_FALSE(altimeter_ion(-1) || altimeter_ion(380) || altimeter_ion(1LL << 40));
  EXPECT_FALSE(altimeter_ion(0) || altimeter_ion(59));  // immonium, precursor
  EXPECT_EQ(altimeter_ion(28), (FragmentIon{FragmentType::y, 1, 1}));
  EXPECT_EQ(altimeter_ion(35), (FragmentIon{FragmentType::b, 3, 2}));
  EXPECT_EQ(altimeter_ion(66), std::nullopt);
  EXPECT_EQ(altimeter_ion(67), (FragmentIon{FragmentType::y, 9, 1}));
  EXPECT_EQ(altimeter_ion(216), (FragmentIon{FragmentType::y, 27, 4}));
  EXPECT_EQ(altimeter_ion(379), (FragmentIon{FragmentType::b, 38, 6}));
  std::set<FragmentIon> ions;
  int b = 0, y = 0;
  for (int i = 0; i < 380; ++i) {
    const auto ion = altimeter_ion(i);
    if (!ion) continue;
    EXPECT_TRUE(ions.insert(*ion).second) << i;
    ++(ion->type == FragmentType::b ? b : y);
  }
  EXPECT_EQ(b, 162);
  EXPECT_EQ(y, 162);
}

}  // namespace
}  // namespace overland::koina
