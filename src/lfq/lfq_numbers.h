// Numbers as programs and spreadsheets write them into text tables: with a decimal point or comma,
// with or without separators of thousands, missing in many spellings.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace overland::lfq {

// Plain forms, and a decimal comma where there is no point. Truth values count as 1 and 0; what is
// beyond the range of double is NaN. Nothing for another text.
[[nodiscard]] std::optional<double> number_in(std::string_view text);

// "", NA, NaN, #N/A, null, -, Filtered and the like, in any case.
[[nodiscard]] bool is_missing_word(std::string_view text);
[[nodiscard]] bool is_same_word(std::string_view a, std::string_view b);

// What the comma of "1,234" means, learned from the other numbers of the table.
class CommaMeaning {
 public:
  struct Reading {
    double value = 0;                    // with the comma as the decimal sign
    std::optional<double> as_thousands;  // in its place, if commas separate thousands
  };
  // Nothing where the text is no number in either way.
  std::optional<Reading> read(std::string_view text);

  enum class Verdict { decimal, thousands, contradiction, unknown };
  // `unknown`: all that was read fits both; `decimal` where there was no comma at all.
  [[nodiscard]] Verdict verdict() const;
  // Texts that say so, for messages.
  [[nodiscard]] const std::string& decimal_example() const { return decimal_; }
  [[nodiscard]] const std::string& thousands_example() const { return thousands_; }
  [[nodiscard]] const std::string& open_example() const { return open_; }

 private:
  std::string decimal_, thousands_, open_;
};

}  // namespace overland::lfq
