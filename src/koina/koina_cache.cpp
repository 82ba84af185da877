#include "koina/koina_cache.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <vector>

#include "base/files/hash.h"

namespace overland::koina {
namespace {

constexpr std::string_view kMagic = "OVLKOI01";
constexpr std::size_t kHead = sizeof(std::uint32_t) + sizeof(RecordKey);
constexpr std::size_t kChecksum = sizeof(std::uint64_t);
constexpr std::uint32_t kLongestPayload = 1U << 20;

std::unexpected<Error> cannot_write(const std::filesystem::path& file, std::string_view step) {
  return fail("OVL-IO-002", fmt::format("{} failed: {}", step, std::strerror(errno)), file.string(),
              "Check that the folder is writable and that the disk is not full.");
}

std::uint64_t checksum_of(std::string_view bytes) {
  return record_key(bytes).high;
}

std::string record_bytes(const KeyedRecord& record) {
  const auto length = static_cast<std::uint32_t>(record.second.size());
  std::string bytes(reinterpret_cast<const char*>(&length), sizeof length);
  bytes.append(reinterpret_cast<const char*>(&record.first), sizeof record.first);
  bytes += record.second;
  const std::uint64_t checksum = checksum_of(bytes);
  return bytes.append(reinterpret_cast<const char*>(&checksum), sizeof checksum);
}

bool read_all(int handle, char* bytes, std::size_t size, std::uint64_t offset) {
  while (size > 0) {
    const ssize_t got = ::pread(handle, bytes, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    bytes += got;
    size -= static_cast<std::size_t>(got);
    offset += static_cast<std::uint64_t>(got);
  }
  return true;
}

bool write_all(int handle, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(handle, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
  return true;
}

}  // namespace

RecordKey record_key(std::string_view identity) {
  const std::string hex = hash_text(identity);
  RecordKey key;
  std::from_chars(hex.data(), hex.data() + 16, key.high, 16);
  std::from_chars(hex.data() + 16, hex.data() + 32, key.low, 16);
  return key;
}

Result<std::unique_ptr<KoinaCache>> KoinaCache::open(const std::filesystem::path& file,
                                                     const Machine& machine) {
  auto lock = FileLock::of_data(file, machine);
  if (!lock) return std::unexpected(lock.error());
  if (!*lock) {
    return fail("OVL-KOI-007", "another process uses this cache of predictions", file.string(),
                "Wait for the other process to end, or give another file.");
  }
  std::unique_ptr<KoinaCache> cache(new KoinaCache(file, std::move(**lock)));
  if (auto loaded = cache->load(machine); !loaded) return std::unexpected(loaded.error());
  return cache;
}

KoinaCache::~KoinaCache() {
  ::fdatasync(handle_);
}

Result<void> KoinaCache::load(const Machine& machine) {
  struct stat status{};
  if (::fstat(handle_, &status) != 0) return cannot_write(file_, "reading the size");
  const auto file_size = static_cast<std::uint64_t>(status.st_size);
  std::string magic(kMagic.size(), '\0');
  // A process killed while it created the file leaves an incomplete signature.
  const std::size_t there = std::min<std::uint64_t>(file_size, kMagic.size());
  if (!read_all(handle_, magic.data(), there, 0) ||
      magic.compare(0, there, kMagic.substr(0, there)) != 0) {
    return fail("OVL-KOI-007", "the file is not a cache of predictions", file_.string(),
                "Give another file, or delete this file.");
  }
  if (there < kMagic.size() && !write_all(handle_, kMagic, 0))
    return cannot_write(file_, "writing");
  end_ = kMagic.size();
  std::string buffer;
  while (const std::uint64_t size = load_record(buffer, file_size)) end_ += size;
  return file_size > end_ ? cut_tail(file_size, machine) : Result<void>{};
}

std::uint64_t KoinaCache::load_record(std::string& buffer, std::uint64_t file_size) {
  std::uint32_t length = 0;
  if (end_ + kHead + kChecksum > file_size ||
      !read_all(handle_, reinterpret_cast<char*>(&length), sizeof length, end_))
    return 0;
  const std::uint64_t size = kHead + length + kChecksum;
  if (length > kLongestPayload || end_ + size > file_size) return 0;
  buffer.resize(size);
  if (!read_all(handle_, buffer.data(), size, end_)) return 0;
  std::uint64_t checksum = 0;
  std::memcpy(&checksum, buffer.data() + size - kChecksum, kChecksum);
  if (checksum != checksum_of(std::string_view(buffer).substr(0, size - kChecksum))) return 0;
  RecordKey key;
  std::memcpy(&key, buffer.data() + sizeof length, sizeof key);
  records_.try_emplace(key, StoredRecord{end_ + kHead, length});
  return size;
}

Result<void> KoinaCache::cut_tail(std::uint64_t file_size, const Machine& machine) {
  machine.warning(
      "{}: {} damaged bytes at the end are removed; their predictions are requested again",
      file_.string(), file_size - end_);
  if (::ftruncate(handle_, static_cast<off_t>(end_)) != 0) return cannot_write(file_, "cutting");
  return {};
}

std::optional<std::string> KoinaCache::find(const RecordKey& key) const {
  StoredRecord stored{};
  {
    const std::scoped_lock lock(mutex_);
    const auto found = records_.find(key);
    if (found == records_.end()) return std::nullopt;
    stored = found->second;
  }
  std::string payload(stored.length, '\0');
  if (!read_all(handle_, payload.data(), payload.size(), stored.offset)) return std::nullopt;
  return payload;
}

Result<void> KoinaCache::append(std::span<const KeyedRecord> records) {
  const std::scoped_lock lock(mutex_);
  std::string bytes;
  std::vector<std::pair<RecordKey, StoredRecord>> added;
  for (const KeyedRecord& record : records) {
    if (records_.contains(record.first)) continue;
    const auto length = static_cast<std::uint32_t>(record.second.size());
    added.emplace_back(record.first, StoredRecord{end_ + bytes.size() + kHead, length});
    bytes += record_bytes(record);
  }
  if (!write_all(handle_, bytes, end_)) {
    auto failed = cannot_write(file_, "writing predictions");
    // If this fails, the incomplete records are removed when the file is opened again.
    if (::ftruncate(handle_, static_cast<off_t>(end_)) != 0) return failed;
    return failed;
  }
  end_ += bytes.size();
  for (const auto& [key, stored] : added) records_.try_emplace(key, stored);
  return {};
}

std::size_t KoinaCache::size() const {
  const std::scoped_lock lock(mutex_);
  return records_.size();
}

}  // namespace overland::koina
