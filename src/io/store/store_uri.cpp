#include "io/store/store_uri.h"

#include <algorithm>
#include <array>

namespace overland::io {
namespace {

constexpr std::array<std::string_view, 6> kSchemes{"s3", "gs", "gcs", "abfs", "abfss", "file"};
// All other parameters of a query may be secret.
constexpr std::array<std::string_view, 15> kPublicParameters{
    "region",
    "scheme",
    "endpoint_override",
    "allow_bucket_creation",
    "check_directory_existence_before_creation",
    "force_virtual_addressing",
    "tls_verify_certificates",
    "smart_defaults",
    "default_bucket_location",
    "retry_limit_seconds",
    "project_id",
    "blob_storage_authority",
    "dfs_storage_authority",
    "blob_storage_scheme",
    "dfs_storage_scheme"};
constexpr std::string_view kMark = "://";

bool is_of_scheme(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '-' || c == '.';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Views of the parts of a URI.
struct UriParts {
  std::string_view scheme, user, path, query;  // path: authority and path, without user information
};

// The end of the user information, at an '@', or npos. An access key is often given with a '/' that
// should have been written %2F: what looks like USER:PASSWORD belongs to the password up to its
// '@'.
std::size_t end_of_user(std::string_view place) {
  const std::size_t slash = place.find('/');
  const std::string_view authority = place.substr(0, slash);
  const std::size_t in_authority = authority.rfind('@');
  if (in_authority != std::string_view::npos) return in_authority;
  const std::size_t colon = authority.find(':');
  if (colon == std::string_view::npos) return colon;
  const std::string_view port = authority.substr(colon + 1);
  const bool is_port = std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; });
  return is_port && !port.empty() ? std::string_view::npos : place.rfind('@');
}

UriParts parts_of(std::string_view uri) {
  UriParts parts;
  const std::size_t mark = uri.find(kMark);
  parts.scheme = uri.substr(0, mark);
  std::string_view rest = uri.substr(mark + kMark.size());
  const std::size_t question = rest.find('?');
  if (question != std::string_view::npos) parts.query = rest.substr(question + 1);
  rest = rest.substr(0, question);
  const std::size_t at = end_of_user(rest);
  if (at != std::string_view::npos) parts.user = rest.substr(0, at);
  parts.path = at == std::string_view::npos ? rest : rest.substr(at + 1);
  return parts;
}

std::string_view public_user(const UriParts& parts) {
  if (parts.scheme.starts_with("abfs")) return parts.user.substr(0, parts.user.find(':'));
  const bool is_google = parts.scheme == "gs" || parts.scheme == "gcs";
  return is_google && parts.user == "anonymous" ? parts.user : std::string_view();
}

std::string public_query(std::string_view query) {
  std::string kept;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view parameter = query.substr(0, end);
    if (std::ranges::find(kPublicParameters, parameter.substr(0, parameter.find('='))) !=
        kPublicParameters.end())
      kept.append(kept.empty() ? "?" : "&").append(parameter);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
  }
  return kept;
}

std::string public_uri(std::string_view uri) {
  const UriParts parts = parts_of(uri);
  std::string text = std::string(parts.scheme) + std::string(kMark);
  if (const std::string_view user = public_user(parts); !user.empty())
    text.append(user).append("@");
  text += parts.path;
  if (has_store_scheme(uri)) return text + public_query(parts.query);
  return parts.query.empty() ? text : text.append("?").append(parts.query);
}

// Without slashes at its end.
std::string_view place_of(const UriParts& parts) {
  const std::size_t last = parts.path.find_last_not_of('/');
  return last == std::string_view::npos ? std::string_view() : parts.path.substr(0, last + 1);
}

}  // namespace

bool is_uri(std::string_view text) {
  const std::size_t mark = text.find(kMark);
  return mark != std::string_view::npos && mark > 0 && is_letter(text.front()) &&
         std::ranges::all_of(text.substr(0, mark), is_of_scheme);
}

bool has_store_scheme(std::string_view uri) {
  return is_uri(uri) && std::ranges::find(kSchemes, parts_of(uri).scheme) != kSchemes.end();
}

std::string without_secrets(std::string_view text) {
  std::string shown;
  while (true) {
    const std::size_t mark = text.find(kMark);
    if (mark == std::string_view::npos) return shown.append(text);
    std::size_t begin = mark;
    while (begin > 0 && is_of_scheme(text[begin - 1])) --begin;
    const std::size_t end = std::min(text.find_first_of(" \t\r\n'\"", mark), text.size());
    shown.append(text.substr(0, begin)).append(public_uri(text.substr(begin, end - begin)));
    text.remove_prefix(end);
  }
}

std::string name_in_uri(std::string_view uri) {
  const std::string_view place = place_of(parts_of(uri));
  const std::string_view name = place.substr(place.rfind('/') + 1);
  return name == "." || name == ".." ? std::string() : std::string(name);
}

std::string uri_below(std::string_view uri, std::string_view name) {
  const std::size_t question = std::min(uri.find('?'), uri.size());
  std::string_view folder = uri.substr(0, question);
  while (folder.ends_with('/') && !folder.ends_with(kMark)) folder.remove_suffix(1);
  return std::string(folder).append("/").append(name).append(uri.substr(question));
}

bool is_same_or_below(std::string_view uri, std::string_view folder) {
  const UriParts mine = parts_of(uri), other = parts_of(folder);
  const std::string_view place = place_of(mine), outer = place_of(other);
  return mine.scheme == other.scheme && place.starts_with(outer) &&
         (place.size() == outer.size() || place[outer.size()] == '/');
}

}  // namespace overland::io
