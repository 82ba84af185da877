#include "io/store/open_store.h"

#include <arrow/config.h>
#include <arrow/filesystem/s3fs.h>
#include <arrow/util/config.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <mutex>

#include "io/store/object_store.h"
#include "io/store/store_uri.h"

namespace overland::io {
namespace {

std::atomic<bool> has_opened{false};

// Gives up after a few attempts, and at once when the command is to stop.
class BoundedRetries : public arrow::fs::S3RetryStrategy {
 public:
  explicit BoundedRetries(const Machine& machine) : machine_(machine) {}
  bool ShouldRetry(const AWSErrorDetail& error, std::int64_t attempted) override {
    return error.should_retry && attempted < kMost && !machine_.is_cancelled();
  }
  std::int64_t CalculateDelayBeforeNextRetry(const AWSErrorDetail&,
                                             std::int64_t attempted) override {
    return std::int64_t{250} << std::min<std::int64_t>(attempted, kMost);  // milliseconds
  }

 private:
  static constexpr std::int64_t kMost = 2;
  Machine machine_;
};

bool is_s3(const std::string& uri) {
  return uri.starts_with("s3:");
}

// Arrow 26 has the store of s3:// in a second library, in the folder of the first. Where it is part
// of the first, there is none to load; where it is missing, Arrow refuses the URI.
void load_s3_library() {
  static std::once_flag once;
  std::call_once(once, [] {
    Dl_info arrow{};
    if (::dladdr(&arrow::GetBuildInfo(), &arrow) == 0 || arrow.dli_fname == nullptr) return;
    const std::string name =
        fmt::format("libarrow_s3.so.{}", 100 * ARROW_VERSION_MAJOR + ARROW_VERSION_MINOR);
    const auto library = std::filesystem::path(arrow.dli_fname).parent_path() / name;
    (void)arrow::fs::LoadFileSystemFactories(library.c_str());
  });
}

// Google's library tries for 15 minutes where the URI does not say how long.
std::string with_limited_retries(std::string uri) {
  if (!uri.starts_with("gs:") && !uri.starts_with("gcs:")) return uri;
  if (uri.find("retry_limit_seconds=") != std::string::npos) return uri;
  return uri + (uri.find('?') == std::string::npos ? "?" : "&") + "retry_limit_seconds=20";
}

template <std::size_t N>
bool has_any(const std::string& text, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

constexpr std::array<std::string_view, 11> kRefused{
    "ACCESS_DENIED",           "INVALID_ACCESS_KEY_ID",
    "INVALID_CLIENT_TOKEN_ID", "SIGNATURE_DOES_NOT_MATCH",
    "INVALID_SIGNATURE",       "UNRECOGNIZED_CLIENT",
    "EXPIRED_TOKEN",           "PERMISSION_DENIED",
    "UNAUTHENTICATED",         "HTTP status 403",
    "AuthenticationFailed"};
constexpr std::array<std::string_view, 4> kAbsent{"NO_SUCH_BUCKET", "NO_SUCH_KEY", "NOT_FOUND",
                                                  "ContainerNotFound"};

}  // namespace

std::unexpected<Error> no_such_object(const std::string& uri) {
  return fail("OVL-IO-142", "the store has no such object, folder or bucket", without_secrets(uri),
              "Check the spelling of the bucket and of the path.");
}

std::unexpected<Error> store_error(const arrow::Status& status, const std::string& uri) {
  const std::string text = status.ToStringWithoutContextLines();
  if (has_any(text, kRefused))
    return fail("OVL-IO-143", "the store refuses access: " + without_secrets(text),
                without_secrets(uri),
                "Check the credentials that the environment gives, and what they permit.");
  if (has_any(text, kAbsent)) return no_such_object(uri);
  return fail("OVL-IO-144", "the exchange with the store failed: " + without_secrets(text),
              without_secrets(uri),
              "Check the network, the endpoint and the region; then give the command again.");
}

Result<OpenedStore> open_file_system(const std::string& uri, const Machine& machine) {
  if (!has_store_scheme(uri))
    return fail("OVL-IO-140", "this kind of URI is not known", without_secrets(uri),
                "Give a path, or a URI that begins with s3://, gs:// or abfs://.");
  if (name_in_uri(uri).empty())
    return fail("OVL-IO-141", "the URI names no bucket and no object", without_secrets(uri),
                "Write it as s3://BUCKET/PATH.");
  if (!has_opened.exchange(true)) std::signal(SIGPIPE, SIG_IGN);  // a broken connection is an error
  arrow::fs::FileSystemFactoryOptions options;
  if (is_s3(uri)) {
    load_s3_library();
    options.emplace_back("retry_strategy", std::shared_ptr<arrow::fs::S3RetryStrategy>(
                                               std::make_shared<BoundedRetries>(machine)));
  }
  OpenedStore opened;
  auto files =
      arrow::fs::FileSystemFromUriAndOptions(with_limited_retries(uri), options, &opened.path);
  if (!files.ok()) {
    const arrow::Status& status = files.status();
    if (status.IsIOError()) return store_error(status, uri);
    return fail("OVL-IO-141", "the URI cannot be used: " + without_secrets(status.message()),
                without_secrets(uri), "docs/guide/object-stores.md shows how URIs are written.");
  }
  opened.files = *files;
  return opened;
}

StoreSession::~StoreSession() {
  if (has_opened) arrow::fs::EnsureFinalized();
}

}  // namespace overland::io
