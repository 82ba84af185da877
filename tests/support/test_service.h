// What a Koina server would answer, for tests: invented but repeatable predictions in the form of
// each model.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/files/hash.h"
#include "base/rng.h"
#include "chemistry/peptide.h"
#include "koina/ion_names.h"

namespace overland::support {

using TestJson = nlohmann::ordered_json;

inline TestJson test_output(std::string_view name, std::string_view datatype,
                            std::vector<std::size_t> shape, TestJson data) {
  return {{"name", name}, {"datatype", datatype}, {"shape", shape}, {"data", std::move(data)}};
}

struct TestQuery {
  std::string sequence;
  int charge = 0;
  double energy = 0;
  Peptide peptide;
};

inline std::vector<TestQuery> test_queries(std::string_view body) {
  const TestJson json = TestJson::parse(body);
  std::vector<TestQuery> queries;
  for (const TestJson& input : json.at("inputs")) {
    const std::string name = input.at("name");
    queries.resize(input.at("data").size());
    for (std::size_t i = 0; i < queries.size(); ++i) {
      const TestJson& value = input.at("data")[i];
      if (name == "precursor_charges") queries[i].charge = value;
      if (name == "collision_energies") queries[i].energy = value;
      if (name != "peptide_sequences") continue;
      queries[i].sequence = value;
      std::string plain = queries[i].sequence;  // [UNIMOD:1]-PEPTIDE
      if (const auto dash = plain.find("]-"); dash != std::string::npos) plain.erase(dash + 1, 1);
      queries[i].peptide = parse_peptide(plain).value();
    }
  }
  return queries;
}

inline Rng test_stream(const TestQuery& query) {
  return Rng(hash_seed(query.sequence), static_cast<std::uint64_t>(query.charge * 1000) +
                                            static_cast<std::uint64_t>(query.energy));
}

// Prosit: 29 positions of y+1 y+2 y+3 b+1 b+2 b+3; what cannot be is -1.
inline std::string test_spectra(std::string_view body) {
  TestJson intensities = TestJson::array(), mzs = TestJson::array(), names = TestJson::array();
  const std::vector<TestQuery> queries = test_queries(body);
  for (const TestQuery& query : queries) {
    Rng random = test_stream(query);
    for (int slot = 0; slot < 174; ++slot) {
      const FragmentIon ion{slot % 6 < 3 ? FragmentType::y : FragmentType::b,
                            static_cast<std::uint8_t>(slot / 6 + 1),
                            static_cast<std::uint8_t>(slot % 3 + 1)};
      const bool can_be = ion.ordinal < query.peptide.residues.size() && ion.charge <= query.charge;
      intensities.push_back(can_be ? random.uniform() : -1);
      mzs.push_back(can_be ? fragment_mz(query.peptide, ion).value : -1);
      names.push_back(
          fmt::format("{}{}+{}", ion.type == FragmentType::b ? 'b' : 'y', ion.ordinal, ion.charge));
    }
  }
  const std::size_t n = queries.size();
  return TestJson{{"model_name", "test"},
                  {"outputs",
                   {test_output("intensities", "FP32", {n, 174}, intensities),
                    test_output("mz", "FP32", {n, 174}, mzs),
                    test_output("annotation", "BYTES", {n, 174}, names)}}}
      .dump();
}

inline const std::vector<float>& test_knots() {
  static const std::vector<float> kKnots{6, 13, 22, 25, 33, 39, 48, 55};
  return kKnots;
}

// Altimeter: numbers 28 onwards, then empty slots.
inline std::string test_splines(std::string_view body, const std::vector<float>& knots) {
  TestJson coefficients = TestJson::array(), mzs = TestJson::array(), ions = TestJson::array();
  const std::vector<TestQuery> queries = test_queries(body);
  for (const TestQuery& query : queries) {
    Rng random = test_stream(query);
    std::vector<double> values;
    for (int slot = 0; slot < 200; ++slot) {
      const auto ion = koina::altimeter_ion(slot + 28);
      const bool can_be =
          ion && ion->ordinal < query.peptide.residues.size() && ion->charge <= query.charge;
      ions.push_back(can_be ? slot + 28 : -1);
      mzs.push_back(can_be ? fragment_mz(query.peptide, *ion).value : -1);
      for (int k = 0; k < 4; ++k) values.push_back(can_be ? random.uniform() : -1);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      for (std::size_t slot = 0; slot < 200; ++slot) coefficients.push_back(values[slot * 4 + k]);
    }
  }
  const std::size_t n = queries.size();
  return TestJson{{"outputs",
                   {test_output("coefficients", "FP32", {n, 4, 200}, coefficients),
                    test_output("knots", "FP32", {8}, knots),
                    test_output("annotations", "INT32", {n, 200}, ions),
                    test_output("mz", "FP32", {n, 200}, mzs)}}}
      .dump();
}

inline std::string test_times(std::string_view body) {
  TestJson times = TestJson::array();
  const std::vector<TestQuery> queries = test_queries(body);
  for (const TestQuery& query : queries) times.push_back(test_stream(query).uniform() * 30);
  return TestJson{{"outputs", {test_output("rt", "FP32", {queries.size(), 1}, times)}}}.dump();
}

}  // namespace overland::support
