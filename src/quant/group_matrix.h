// The quantities of one protein group as a matrix: ions by runs, log2, with gaps.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace overland::quant {

// One row per observed quantity; columns of one length. An ion is whatever is quantified in each
// run: a precursor, a peptide, a fragment. Ion, run and group are numbers from 0.
struct LfqColumns {
  std::span<const std::uint32_t> group, ion, run;
  std::span<const double> quantity;  // linear; not positive or not finite: missing
  std::span<const double> sd;        // of the quantity, in its unit; empty where unknown
};

class GroupMatrix {
 public:
  static constexpr double kMissing = -std::numeric_limits<double>::infinity();

  // `rows`: those of one group. Of several rows for one ion and run the greatest quantity counts,
  // so that a row given twice changes nothing. Returns the number of rows left out for that.
  std::size_t fill(const LfqColumns& columns, std::span<const std::uint32_t> rows);

  [[nodiscard]] std::size_t ion_count() const { return ions_.size(); }
  [[nodiscard]] std::size_t run_count() const { return runs_.size(); }
  [[nodiscard]] std::span<const std::uint32_t> runs() const {
    return runs_.numbers();
  }  // ascending
  // log2 of an ion's quantities by run, kMissing in gaps; padded with gaps to `stride`.
  [[nodiscard]] std::span<const double> ion(std::size_t i) const {
    return {log2_.data() + i * stride_, stride_};
  }
  // Relative standard deviations alongside, 0 where unknown.
  [[nodiscard]] std::span<const double> relative_sd(std::size_t i) const {
    return {sd_.data() + i * stride_, stride_};
  }
  [[nodiscard]] static bool is_present(double log2) { return log2 > kMissing; }

 private:
  // Numbers that occur, ascending, and the place of each among them.
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
    std::vector<std::uint32_t> place_;  // by number; capacity of the largest seen
  };

  Numbering ions_, runs_;
  std::vector<double> log2_, sd_;
  std::size_t stride_ = 0;
};

}  // namespace overland::quant
