// Predictions on disk, in one append-only file: a build that was interrupted asks only for what is
// missing. Each record carries its length and a checksum; whatever a kill in mid-write left at the
// end is cut off when the file is opened. One process at a time (the file is locked).
//
// File: "OVLKOI01"; then records of length (u32, little-endian), key (16 bytes), payload, checksum
// (first 8 bytes of the XXH3-128 of what stands before).
//
// All functions may be called from several threads.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/error.h"
#include "base/file_lock.h"

namespace overland::koina {

struct RecordKey {
  std::uint64_t high = 0, low = 0;
  bool operator==(const RecordKey&) const = default;
};
struct RecordKeyHash {
  std::size_t operator()(const RecordKey& key) const { return key.low; }
};
[[nodiscard]] RecordKey record_key(std::string_view identity);

using KeyedRecord = std::pair<RecordKey, std::string>;

class KoinaCache {
 public:
  // Makes the file where there is none. Errors OVL-IO-001, OVL-IO-002, OVL-KOI-007.
  [[nodiscard]] static Result<std::unique_ptr<KoinaCache>> open(const std::filesystem::path& file);
  KoinaCache(const KoinaCache&) = delete;
  KoinaCache& operator=(const KoinaCache&) = delete;
  ~KoinaCache();

  // A record that cannot be read back counts as missing.
  [[nodiscard]] std::optional<std::string> find(const RecordKey& key) const;
  // All or none; keys that are there already are left. Errors OVL-IO-002.
  [[nodiscard]] Result<void> append(std::span<const KeyedRecord> records);
  [[nodiscard]] std::size_t size() const;

 private:
  struct Place {
    std::uint64_t offset;  // of the payload
    std::uint32_t length;
  };
  KoinaCache(std::filesystem::path file, FileLock lock)
      : file_(std::move(file)), lock_(std::move(lock)), handle_(lock_.handle()) {}
  [[nodiscard]] Result<void> load();
  // Remembers the record at end_ and returns its size; 0 where there is no whole one.
  std::uint64_t load_record(std::string& buffer, std::uint64_t file_size);
  [[nodiscard]] Result<void> cut_tail(std::uint64_t file_size);

  std::filesystem::path file_;
  FileLock lock_;
  int handle_;  // of the lock
  mutable std::mutex mutex_;
  std::uint64_t end_ = 0;  // of the last whole record
  std::unordered_map<RecordKey, Place, RecordKeyHash> places_;
};

}  // namespace overland::koina
