// Reads numbers of text tables written by programs and spreadsheets: with a decimal point or comma,
// with or without thousands separators, and with many spellings of a missing value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace overland::io {

// Reads plain numbers, also with a decimal comma if there is no point. Truth values are read as 1
// and 0, and values beyond the range of double as NaN. Empty for other text.
[[nodiscard]] std::optional<double> number_in(std::string_view text);

// "", NA, NaN, #N/A, null, -, Filtered and similar words, in upper or lower case.
[[nodiscard]] bool is_missing_word(std::string_view text);
[[nodiscard]] bool is_same_word(std::string_view a, std::string_view b);

// Decides the meaning of the comma in "1,234" from the other numbers of the table.
class CommaMeaning {
 public:
  struct Reading {
    double value = 0;                    // with the comma as the decimal sign
    std::optional<double> as_thousands;  // if commas separate thousands
  };
  // Empty if the text is not a number in either form.
  std::optional<Reading> read(std::string_view text);

  enum class Verdict { decimal, thousands, contradiction, unknown };
  // `unknown` if all numbers read so far fit both meanings; `decimal` if no number had a comma.
  [[nodiscard]] Verdict verdict() const;
  // Examples of numbers that decide the meaning, for messages.
  [[nodiscard]] const std::string& decimal_example() const { return decimal_; }
  [[nodiscard]] const std::string& thousands_example() const { return thousands_; }
  [[nodiscard]] const std::string& open_example() const { return open_; }

 private:
  std::string decimal_, thousands_, open_;
};

}  // namespace overland::io
