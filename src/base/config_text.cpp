#include "base/config_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace overland::config_text {
namespace {

using Field = ConfigSchema::Field;
using Value = ConfigSchema::Value;

std::string range_text(const FieldDoc& doc) {
  if (doc.min && doc.max) return fmt::format(" from {} to {}", *doc.min, *doc.max);
  if (doc.min) return fmt::format(" of at least {}", *doc.min);
  if (doc.max) return fmt::format(" of at most {}", *doc.max);
  return {};
}

struct Node {  // a key or a section
  std::string name;
  const Field* field = nullptr;
  std::vector<Node> children;
};

Node& child_named(Node& parent, const std::string& name) {
  const auto found = std::ranges::find(parent.children, name, &Node::name);
  if (found != parent.children.end()) return *found;
  return parent.children.emplace_back(Node{.name = name, .field = nullptr, .children = {}});
}

Node tree_of(const std::vector<Field>& fields) {
  Node root;
  for (const Field& field : fields) {
    Node* node = &root;
    std::size_t begin = 0;
    while (begin <= field.key.size()) {
      const std::size_t end = std::min(field.key.find('.', begin), field.key.size());
      node = &child_named(*node, field.key.substr(begin, end - begin));
      begin = end + 1;
    }
    node->field = &field;
  }
  return root;
}

std::string comment_of(const Field& field) {
  const std::string about = field.doc.description.empty() ? "" : field.doc.description + "; ";
  return fmt::format("// {}{} (default {})\n", about, allowed(field),
                     value_text(field.default_value));
}

void write_node(const Node& node, const std::string& indent, bool with_comments,
                std::string& text) {
  text += "{\n";
  const std::string inner = indent + "  ";
  for (const Node& child : node.children) {
    if (child.field != nullptr && with_comments) text += inner + comment_of(*child.field);
    text += inner + value_text(child.name) + ": ";
    if (child.field != nullptr)
      text += value_text(ConfigSchema::present_value(*child.field));
    else
      write_node(child, inner, with_comments, text);
    text += &child == &node.children.back() ? "\n" : ",\n";
  }
  text += indent + "}";
}

}  // namespace

std::string value_text(const Value& value) {
  return std::visit(
      [](const auto& v) {
        return nlohmann::json(v).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      },
      value);
}

std::string allowed(const Field& field) {
  const FieldDoc& doc = field.doc;
  if (std::holds_alternative<bool*>(field.target)) return "true or false";
  if (std::holds_alternative<std::string>(field.default_value)) {
    if (doc.choices.empty()) return "a text";
    return fmt::format("one of \"{}\"", fmt::join(doc.choices, "\", \""));
  }
  const bool whole = std::holds_alternative<std::int64_t*>(field.target);
  return fmt::format("{}{}{}{}", whole ? "a whole number" : "a number", range_text(doc),
                     doc.unit.empty() ? "" : " ", doc.unit);
}

std::string write(const std::vector<Field>& fields, bool with_comments) {
  std::string text;
  write_node(tree_of(fields), "", with_comments, text);
  return text + "\n";
}

std::string markdown(const std::vector<Field>& fields) {
  std::string text = "| key | default | allowed | meaning |\n|---|---|---|---|\n";
  for (const Field& field : fields)
    text += fmt::format("| `{}` | `{}` | {} | {} |\n", field.key, value_text(field.default_value),
                        allowed(field), field.doc.description);
  return text;
}

}  // namespace overland::config_text
