#include "koina/koina_reply.h"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

namespace overland::koina {
namespace {

constexpr std::string_view kReport =
    "Try again later; if the error persists, the service has changed: report this message.";

// Handler of the JSON parser's events. Only {"outputs": [{"name", "datatype", "shape", "data"}],
// "error"} is kept; other keys may have any value.
class ReplyReader {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  explicit ReplyReader(Reply& reply) : reply_(reply) {}
  [[nodiscard]] const std::string& problem() const { return problem_; }

  bool null() { return is_skipped() || refuse("null"); }
  bool boolean(bool) { return is_skipped() || refuse("true or false"); }
  bool number_integer(number_integer_t value) { return number(static_cast<double>(value)); }
  bool number_unsigned(number_unsigned_t value) {
    if (field_ == JsonField::shape) {
      tensor().shape.push_back(value);
      return true;
    }
    return number(static_cast<double>(value));
  }
  bool number_float(number_float_t value, const string_t&) { return number(value); }
  bool string(string_t& value) { return text(value); }
  bool binary(binary_t&) { return refuse("binary data"); }
  bool start_object(std::size_t) { return open(false); }
  bool start_array(std::size_t) { return open(true); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(string_t& name) {
    if (depth_ == 1) key_ = name;
    if (depth_ == 3 && in_outputs_) key_ = name;
    if (depth_ == 1 || (depth_ == 3 && in_outputs_)) field_ = field_of(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
    problem_ = fmt::format("invalid JSON at byte {}", position);
    return false;
  }

 private:
  enum class JsonField { other, error, outputs, name, datatype, shape, data };

  [[nodiscard]] JsonField field_of(std::string_view name) const {
    if (depth_ == 1) {
      if (name == "error") return JsonField::error;
      return name == "outputs" ? JsonField::outputs : JsonField::other;
    }
    if (name == "name") return JsonField::name;
    if (name == "datatype") return JsonField::datatype;
    if (name == "shape") return JsonField::shape;
    return name == "data" ? JsonField::data : JsonField::other;
  }
  Tensor& tensor() { return reply_.outputs.back(); }
  [[nodiscard]] bool is_skipped() const { return depth_ > 0 && field_ == JsonField::other; }
  bool refuse(std::string_view found) {
    problem_ =
        fmt::format("unexpected value: {}{}", found, key_.empty() ? "" : " ('" + key_ + "')");
    return false;
  }

  bool open(bool is_array) {
    ++depth_;
    if (depth_ == 1) return !is_array || refuse("a list");
    if (field_ == JsonField::other) return true;
    if (depth_ == 2 && field_ == JsonField::outputs) {
      in_outputs_ = is_array;
      return is_array || refuse("an object");
    }
    if (depth_ == 3 && field_ == JsonField::outputs) {
      if (is_array) return refuse("a list");
      reply_.outputs.emplace_back();
      return true;
    }
    const bool is_list = field_ == JsonField::data || (field_ == JsonField::shape && depth_ == 4);
    return (is_array && is_list) || refuse(is_array ? "a list" : "an object");
  }

  bool close() {
    --depth_;
    if (depth_ == 2 && in_outputs_) field_ = JsonField::outputs;  // the next tensor follows
    if (depth_ == 1) {
      in_outputs_ = false;
      field_ = JsonField::other;
    }
    return true;
  }

  bool number(double value) {
    if (is_skipped()) return true;
    if (field_ != JsonField::data || depth_ < 4) return refuse("a number");
    if (!(value >= -std::numeric_limits<float>::max() &&
          value <= std::numeric_limits<float>::max()))
      return refuse("a number that is too large");
    tensor().numbers.push_back(static_cast<float>(value));
    return true;
  }

  bool text(const std::string& value) {
    if (is_skipped()) return true;
    if (field_ == JsonField::error && depth_ == 1) {
      reply_.error = value.empty() ? "unknown" : value;
    } else if (field_ == JsonField::name && depth_ == 3) {
      tensor().name = value;
    } else if (field_ == JsonField::datatype && depth_ == 3) {
      tensor().datatype = value;
    } else if (field_ == JsonField::data && depth_ >= 4) {
      if (tensor().text.size() + value.size() > std::numeric_limits<std::uint32_t>::max())
        return refuse("too much text");
      tensor().text += value;
      tensor().text_end.push_back(static_cast<std::uint32_t>(tensor().text.size()));
    } else {
      return refuse("a text");
    }
    return true;
  }

  Reply& reply_;
  std::string problem_, key_;
  JsonField field_ = JsonField::other;
  std::size_t depth_ = 0;
  bool in_outputs_ = false;
};

std::string shape_text(const std::vector<std::uint64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

std::unexpected<Error> wrong(std::string what, const std::string& where) {
  return fail("OVL-KOI-005", std::move(what), where, std::string(kReport));
}

}  // namespace

Result<Reply> parse_reply(std::string_view json, const std::string& where) {
  Reply reply;
  ReplyReader reader(reply);
  if (nlohmann::json::sax_parse(json.begin(), json.end(), &reader)) return reply;
  return fail(
      "OVL-KOI-004",
      fmt::format("the reply of {} bytes cannot be read: {}", json.size(), reader.problem()), where,
      std::string(kReport));
}

Result<const Tensor*> find_output(const Reply& reply, std::string_view name,
                                  std::string_view datatype, std::size_t rows, std::size_t columns,
                                  const std::string& where) {
  const Tensor* found = nullptr;
  for (const Tensor& tensor : reply.outputs) {
    if (tensor.name != name) continue;
    if (found != nullptr) return wrong(fmt::format("the reply contains '{}' twice", name), where);
    found = &tensor;
  }
  if (found == nullptr) return wrong(fmt::format("the reply does not contain '{}'", name), where);
  if (found->datatype != datatype) {
    return wrong(
        fmt::format("'{}' has the datatype '{}' instead of {}", name, found->datatype, datatype),
        where);
  }
  const auto& shape = found->shape;
  std::uint64_t size = shape.size() < 2 || shape[0] != rows ? 0 : 1;
  for (std::size_t i = 1; i < shape.size() && size > 0; ++i) {
    size = shape[i] == 0 || shape[i] > (1ULL << 31) / size ? 0 : size * shape[i];
  }
  if (size == 0 || (columns > 0 && size != columns)) {
    return wrong(fmt::format("'{}' has the shape {} instead of [{}, {}]", name, shape_text(shape),
                             rows, columns > 0 ? std::to_string(columns) : "any"),
                 where);
  }
  const bool is_text = datatype == "BYTES";
  const std::size_t values = is_text ? found->text_end.size() : found->numbers.size();
  const std::size_t strangers = is_text ? found->numbers.size() : found->text_end.size();
  if (values != rows * size || strangers > 0) {
    return wrong(fmt::format("'{}' has {} values, but its shape {} requires {}", name,
                             values + strangers, shape_text(shape), rows * size),
                 where);
  }
  return found;
}

}  // namespace overland::koina
