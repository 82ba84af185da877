// The log2 quantities of one protein group as a matrix, ions x runs, with missing values.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace overland::quant {

// One row per observed quantity; all columns have the same length. An ion is the entity quantified
// in each run: a precursor, peptide or fragment. Ions, runs and groups are numbered from 0.
struct LfqColumns {
  std::span<const std::uint32_t> group, ion, run;
  std::span<const double> quantity;  // linear; not positive or not finite: missing
  std::span<const double> sd;        // SD of the quantity in the same unit; empty if unknown
};

class GroupMatrix {
 public:
  static constexpr double kMissing = -std::numeric_limits<double>::infinity();

  // `rows`: the rows of one group. Of several rows for one ion and run the greatest quantity is
  // used, so that a duplicated row has no effect. Returns the number of rows not used.
  std::size_t fill(const LfqColumns& columns, std::span<const std::uint32_t> rows);

  [[nodiscard]] std::size_t ion_count() const { return ions_.size(); }
  [[nodiscard]] std::size_t run_count() const { return runs_.size(); }
  [[nodiscard]] std::span<const std::uint32_t> runs() const {
    return runs_.numbers();
  }  // ascending
  // log2 quantities of an ion by run; kMissing if missing and in the padding up to `stride_`.
  [[nodiscard]] std::span<const double> ion(std::size_t i) const {
    return {log2_.data() + i * stride_, stride_};
  }
  // Relative standard deviations of the same quantities, 0 if unknown.
  [[nodiscard]] std::span<const double> relative_sd(std::size_t i) const {
    return {sd_.data() + i * stride_, stride_};
  }
  [[nodiscard]] static bool is_present(double log2) { return log2 > kMissing; }

 private:
  // The numbers that occur, ascending, and the position of each number among them.
  class Numbering {
   public:
    void clear();
    void add(std::uint32_t number);
    void close();
    [[nodiscard]] std::span<const std::uint32_t> numbers() const { return numbers_; }
    [[nodiscard]] std::size_t size() const { return numbers_.size(); }
    [[nodiscard]] std::size_t place(std::uint32_t number) const { return place_[number]; }

   private:
    static constexpr std::uint32_t kAbsent = std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> numbers_;
    std::vector<std::uint32_t> place_;  // position by number; sized by the largest number so far
  };

  Numbering ions_, runs_;
  std::vector<double> log2_, sd_;
  std::size_t stride_ = 0;
};

}  // namespace overland::quant
