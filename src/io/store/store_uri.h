// URIs that name files of object stores: s3://, gs:// (gcs://), abfs:// (abfss://), and file://,
// which names files of this machine by the same means.
//
//   s3://BUCKET/KEY?endpoint_override=HOST:PORT&scheme=http
//
// A URI may hold credentials, in the user information or in the query. They are given to the store
// and to nobody else: every text that is shown, logged or stored is without_secrets(text).
#pragma once

#include <string>
#include <string_view>

namespace overland::io {

// Whether the text begins with SCHEME://, also with a scheme that no store has.
[[nodiscard]] bool is_uri(std::string_view text);
// Whether the scheme is one of those above.
[[nodiscard]] bool has_store_scheme(std::string_view uri);

// The text, in which each URI has lost its passwords: the user information (but for the container
// or account of abfs:// and the user `anonymous` of gs://) and, in URIs of stores, the query but
// for the parameters that say where the store is and how to reach it.
[[nodiscard]] std::string without_secrets(std::string_view text);

// "s3://user@bucket/folder/a.mzML?region=x" -> "a.mzML"; "bucket" where there is no key. Empty
// where the URI ends in no name ("s3://", "s3://bucket/..").
[[nodiscard]] std::string name_in_uri(std::string_view uri);
// The URI of an object below `uri`: the name is put before the query.
[[nodiscard]] std::string uri_below(std::string_view uri, std::string_view name);
// Whether one URI is the other, or lies below it. Queries and user information do not count.
[[nodiscard]] bool is_same_or_below(std::string_view uri, std::string_view folder);

}  // namespace overland::io
